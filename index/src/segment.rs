//! One segment of the index, with what lookups read of it opened once: a segment never changes, but for what is deleted.

use std::sync::Arc;

use tantivy::columnar::Column;
use tantivy::{DocId, SegmentReader};

use crate::profile::Profile;
use crate::schema::{DIGEST, PASSAGE, WORDS};
use crate::vocabulary::{Known, Vocabulary};
use crate::{Error, Lang};

/// What is read of a segment beside its postings.
pub(crate) struct Segment {
    pub(crate) vocabulary: Vocabulary,
    /// Numbers in the vocabulary; `None` where no entry has a wording.
    words: Option<Column<u64>>,
    digests: Column<u64>,
    passages: Column<u64>,
}

impl Segment {
    pub(crate) fn open(reader: &SegmentReader) -> Result<Arc<Segment>, Error> {
        let fast = reader.fast_fields();
        let column = fast.str(WORDS)?;
        let vocabulary = column.as_ref().map(Vocabulary::of).transpose()?.unwrap_or_default();
        Ok(Arc::new(Segment {
            vocabulary,
            words: column.map(|column| column.into_parts().1),
            digests: fast.u64(DIGEST)?,
            passages: fast.u64(PASSAGE)?,
        }))
    }

    /// The words of an entry and the marks between its wordings, in reading order, as numbers in the vocabulary.
    pub(crate) fn numbers(&self, doc: DocId, numbers: &mut Vec<u64>) {
        numbers.clear();
        if let Some(words) = &self.words {
            let rows = words.index.value_row_ids(doc);
            numbers.resize(rows.len(), 0);
            words.values.get_range(rows.start.into(), numbers);
        }
    }

    /// [`crate::Entry::digest`]: orders entries that nothing else does, whatever segments they are in.
    pub(crate) fn digest(&self, doc: DocId) -> u64 {
        self.digests.first(doc).unwrap_or_default()
    }

    /// The hash of the text whose vector is the entry's; 0 for none.
    pub(crate) fn passage(&self, doc: DocId) -> u64 {
        self.passages.first(doc).unwrap_or_default()
    }

    /// The language of an entry's first wording; `und` where it has none.
    pub(crate) fn lang(&self, doc: DocId) -> Lang {
        let words = self.words.as_ref();
        let first = words.and_then(|words| words.first(doc));
        match first.and_then(|number| self.vocabulary.get(number)) {
            Some(Known::Mark(_, lang)) => *lang,
            _ => Lang::UND,
        }
    }

    /// The wordings of an entry.
    pub(crate) fn profiles(&self, doc: DocId) -> Result<Vec<Profile<'_>>, Error> {
        let mut profiles: Vec<Profile> = Vec::new();
        let mut numbers = Vec::new();
        self.numbers(doc, &mut numbers);
        for number in numbers {
            let known = self.vocabulary.get(number).ok_or_else(|| Error::Damaged {
                what: "an entry with a word that its segment lacks".to_owned(),
            })?;
            match known {
                Known::Mark(kind, lang) => profiles.push(Profile {
                    kind: *kind,
                    lang: *lang,
                    words: Vec::new(),
                }),
                Known::Word(word) => {
                    let word = self.vocabulary.spelt(word);
                    profiles.last_mut().into_iter().for_each(|last| last.words.push(word));
                }
            }
        }
        Ok(profiles)
    }
}
