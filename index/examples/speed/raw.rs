//! tantivy as it comes: one text field, the plain OR of a question's words, BM25.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use tantivy::collector::TopDocs;
use tantivy::indexer::NoMergePolicy;
use tantivy::query::{BooleanQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value};
use tantivy::tokenizer::{TextAnalyzer, TokenStream};
use tantivy::{Index, IndexWriter, Searcher, SegmentMeta, TantivyDocument, Term};

use super::{Any, Row};

pub(super) struct Raw {
    searcher: Searcher,
    tokenizer: TextAnalyzer,
    id: Field,
    text: Field,
}

fn schema() -> (Schema, Field, Field) {
    let mut builder = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("default")
        .set_index_option(IndexRecordOption::WithFreqs);
    let options = TextOptions::default().set_indexing_options(indexing).set_stored();
    let id = builder.add_text_field("id", STRING | STORED);
    let text = builder.add_text_field("text", options);
    (builder.build(), id, text)
}

pub(super) fn build(dir: &Path, claims: &[Row]) -> Result<(), Any> {
    fs::create_dir_all(dir)?;
    let (schema, id, text) = schema();
    let index = Index::create_in_dir(dir, schema)?;
    let mut writer: IndexWriter = index.writer_with_num_threads(1, 100_000_000)?;
    for row in claims {
        let mut document = TantivyDocument::default();
        document.add_text(id, &row.0);
        document.add_text(text, &row.1);
        writer.add_document(document)?;
    }
    writer.commit()?;
    writer.wait_merging_threads()?;
    let mut writer: IndexWriter = index.writer_with_num_threads(1, 100_000_000)?;
    writer.set_merge_policy(Box::new(NoMergePolicy));
    let ids: Vec<_> = index.searchable_segment_metas()?.iter().map(SegmentMeta::id).collect();
    if ids.len() > 1 {
        writer.merge(&ids).wait()?;
    }
    writer.garbage_collect_files().wait()?;
    Ok(writer.wait_merging_threads()?)
}

impl Raw {
    pub(super) fn open(dir: &Path) -> Result<Raw, Any> {
        let index = Index::open_in_dir(dir)?;
        let (_, id, text) = schema();
        let tokenizer = index.tokenizers().get("default").ok_or("no tokenizer")?;
        Ok(Raw {
            searcher: index.reader()?.searcher(),
            tokenizer,
            id,
            text,
        })
    }

    pub(super) fn ask(&self, question: &str, limit: usize) -> Result<Vec<String>, Any> {
        let mut words = BTreeSet::new();
        let mut tokenizer = self.tokenizer.clone();
        tokenizer.token_stream(question).process(&mut |token| {
            words.insert(token.text.clone());
        });
        let clause = |word: &String| {
            let term = Term::from_field_text(self.text, word);
            Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)) as Box<dyn Query>
        };
        let query = BooleanQuery::union(words.iter().map(clause).collect());
        let found = self
            .searcher
            .search(&query, &TopDocs::with_limit(limit).order_by_score())?;
        let id = |(_, address)| {
            let document: TantivyDocument = self.searcher.doc(address)?;
            let id = document
                .get_first(self.id)
                .and_then(|id| id.as_str().map(str::to_owned));
            Ok(id.unwrap_or_default())
        };
        found.into_iter().map(id).collect()
    }
}
