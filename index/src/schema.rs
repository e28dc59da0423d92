//! The fields of the index, each with the reason it exists.

use tantivy::IndexSettings;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};

use crate::analyzer::language::{LANGUAGES, Language};

/// Version of the fields and of what is stored in them.
pub(crate) const SCHEMA_VERSION: u32 = 3;

/// Name of the column of words.
pub(crate) const WORDS: &str = "words";
/// Name of the column of passages.
pub(crate) const PASSAGE: &str = "passage";
/// Name of the column of digests.
pub(crate) const DIGEST: &str = "digest";

/// Entries' ids are all that is stored, and thirty of them are read for a lookup: small blocks, or most of what is
/// unpacked is not wanted.
const STORE_BLOCK: usize = 1024;

/// How files are written.
pub(crate) fn settings() -> IndexSettings {
    IndexSettings {
        docstore_blocksize: STORE_BLOCK,
        ..IndexSettings::default()
    }
}

/// Handles to the fields; their numbers follow from the order in [`schema`].
#[derive(Clone, Debug)]
pub(crate) struct Fields {
    /// The entry's id: indexed to replace and remove it, stored to answer with it.
    pub(crate) id: Field,
    /// [`crate::Entry::digest`]: a column, so that the whole index can be compared with its store in one scan.
    pub(crate) digest: Field,
    /// The hash of the text whose vector is the entry's: see [`crate::semantic`].
    pub(crate) passage: Field,
    /// Exact and near-verbatim fingerprints of the wordings: finds a copy even where no word is telling.
    pub(crate) fingerprints: Field,
    /// Folded, unstemmed words of all wordings: reached from every language, right guess or wrong.
    pub(crate) neutral: Field,
    /// Stemmed words of the wordings in one language, in the order of [`LANGUAGES`]. A field each, because a
    /// word's rarity and a text's usual length are facts about a language.
    languages: Vec<Field>,
    /// The wordings as tokens, a column of numbers: what candidates are scored and compared by, without analysing
    /// them again, and without unpacking text. See [`crate::profile`].
    pub(crate) words: Field,
}

impl Fields {
    /// The field of a language.
    pub(crate) fn of(&self, language: &Language) -> Field {
        let row = LANGUAGES.iter().position(|known| known.lang == language.lang);
        row.and_then(|row| self.languages.get(row))
            .copied()
            .unwrap_or(self.neutral)
    }
}

/// The schema, and the handles to its fields.
pub(crate) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let fields = Fields {
        id: builder.add_text_field("id", STRING | STORED),
        digest: builder.add_u64_field(DIGEST, FAST),
        passage: builder.add_u64_field(PASSAGE, FAST),
        fingerprints: builder.add_bytes_field("fingerprints", INDEXED),
        neutral: builder.add_text_field("neutral", terms()),
        languages: LANGUAGES
            .iter()
            .map(|row| builder.add_text_field(row.field, terms()))
            .collect(),
        words: builder.add_text_field(WORDS, TextOptions::default().set_fast("whitespace")),
    };
    (builder.build(), fields)
}

/// Terms come ready from our analyzer, joined by spaces; so tantivy needs no tokenizer that would have to be
/// registered anew at each open. Frequencies and lengths for BM25, no positions: no query uses phrases.
fn terms() -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("whitespace")
        .set_fieldnorms(true)
        .set_index_option(IndexRecordOption::WithFreqs);
    TextOptions::default().set_indexing_options(indexing)
}
