//! What a commit holds, counted without what was replaced or removed.
//!
//! tantivy counts a removed entry until its segment is rewritten, and adds up lengths in two ways. By its counts an index
//! that followed every change would weigh words otherwise than one built at once; by these the two agree to the last bit.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use tantivy::postings::Postings;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, Searcher, SegmentReader, TERMINATED, TantivyError, Term};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::Error;

/// More remembered terms than this are forgotten again; about 3 MB.
const MAX_REMEMBERED: usize = 100_000;

/// Counts of one commit, each made when it is first asked for.
#[derive(Default)]
pub(crate) struct LiveCounts {
    /// The removed documents of each segment, in order.
    removed: Vec<Vec<DocId>>,
    /// In how many entries a term is, where removed ones had to be taken off.
    doc_freqs: RwLock<HashMap<u64, u64>>,
    lengths: RwLock<HashMap<Field, u64>>,
}

impl LiveCounts {
    pub(crate) fn of(searcher: &Searcher) -> LiveCounts {
        LiveCounts {
            removed: searcher.segment_readers().iter().map(removed).collect(),
            ..LiveCounts::default()
        }
    }

    /// In how many entries a term occurs. `holders`: the segments where it may be, each with its number.
    pub(crate) fn doc_freq<'a>(
        &self,
        holders: impl Iterator<Item = (usize, &'a SegmentReader)>,
        term: &Term,
    ) -> Result<u64, Error> {
        let count = || {
            let mut count = 0;
            for (at, segment) in holders {
                count += u64::from(segment_doc_freq(segment, &self.removed[at], term)?);
            }
            Ok(count)
        };
        if self.is_untouched() {
            return count();
        }
        let key = xxh3_64_with_seed(term.serialized_value_bytes(), u64::from(term.field().field_id()));
        if let Some(count) = self.remembered(key) {
            return Ok(count);
        }
        let count = count()?;
        // What no entry has is not remembered: questions are full of it, and it costs no walk.
        if count > 0 {
            self.remember(key, count);
        }
        Ok(count)
    }

    fn remembered(&self, key: u64) -> Option<u64> {
        let known = self.doc_freqs.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&key).copied()
    }

    /// Whether nothing was removed since the segments were written, so that what they count is right.
    pub(crate) fn is_untouched(&self) -> bool {
        self.removed.iter().all(Vec::is_empty)
    }

    fn remember(&self, key: u64, count: u64) {
        let mut known = self.doc_freqs.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_REMEMBERED {
            known.clear();
        }
        known.insert(key, count);
    }

    /// Mean number of words that entries have in a field.
    pub(crate) fn mean_length(&self, searcher: &Searcher, field: Field) -> Result<f32, Error> {
        Ok(self.length(searcher, field)? as f32 / searcher.num_docs().max(1) as f32)
    }

    /// Words that all entries have in a field, each entry's number rounded as BM25 sees it.
    fn length(&self, searcher: &Searcher, field: Field) -> Result<u64, Error> {
        let known = self.lengths.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(length) = known.get(&field) {
            return Ok(*length);
        }
        drop(known);
        let mut length = 0;
        for segment in searcher.segment_readers() {
            let norms = segment.get_fieldnorms_reader(field)?;
            length += segment
                .doc_ids_alive()
                .map(|doc| u64::from(norms.fieldnorm(doc)))
                .sum::<u64>();
        }
        let mut known = self.lengths.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(field, length);
        Ok(length)
    }
}

fn removed(segment: &SegmentReader) -> Vec<DocId> {
    let Some(alive) = segment.alive_bitset() else {
        return Vec::new();
    };
    (0..segment.max_doc()).filter(|doc| alive.is_deleted(*doc)).collect()
}

fn segment_doc_freq(segment: &SegmentReader, removed: &[DocId], term: &Term) -> Result<u32, Error> {
    let index = segment.inverted_index(term.field())?;
    let Some(info) = index.get_term_info(term).map_err(TantivyError::from)? else {
        return Ok(0);
    };
    if removed.is_empty() {
        return Ok(info.doc_freq);
    }
    let postings = index
        .read_postings_from_terminfo(&info, IndexRecordOption::Basic)
        .map_err(TantivyError::from)?;
    Ok(info.doc_freq - in_both(postings, removed))
}

/// How many documents are in both; neither list is walked where the other has nothing.
fn in_both(mut postings: impl Postings, removed: &[DocId]) -> u32 {
    let (mut found, mut rest) = (0, removed);
    while postings.doc() != TERMINATED {
        rest = &rest[rest.partition_point(|doc| *doc < postings.doc())..];
        match rest.first() {
            None => break,
            Some(doc) if *doc == postings.doc() => {
                found += 1;
                postings.advance();
            }
            Some(doc) => {
                postings.seek(*doc);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::{Answer, ClaimIndex, Entry, Lang, Position, Query, Wording, WordingKind, matching};

    fn entry(number: usize, salt: usize) -> Entry {
        let words = (0..8).map(|at| format!("word{} ", (number * 7 + at * at + salt) % 23));
        let wording = Wording {
            kind: WordingKind::Claim,
            text: words.collect(),
            lang: Lang::EN,
        };
        Entry {
            id: format!("claim-{number}"),
            wordings: vec![wording],
        }
    }

    fn index(batches: &[Vec<Entry>]) -> ClaimIndex {
        let index = ClaimIndex::in_memory().unwrap();
        let mut writer = index.writer().unwrap();
        for (batch, change) in batches.iter().zip(1..) {
            writer.put_all(batch).unwrap();
            let store_id = "live".to_owned();
            writer.commit(&Position { store_id, change }).unwrap();
        }
        index
    }

    /// Where only the rarest terms can be afforded, so that the rest is counted in the entries themselves.
    fn answer(index: &ClaimIndex, text: String) -> Answer {
        let lang = Some(Lang::EN);
        matching::answer(
            &index.snapshot_within(crate::postings::Budget::Least),
            &Query { text, lang, limit: 10 },
        )
        .unwrap()
    }

    #[test]
    fn replaced_entries_count_nowhere_even_where_not_all_words_are_read() {
        let old: Vec<Entry> = (0..300).map(|number| entry(number, 5)).collect();
        let now: Vec<Entry> = (0..300)
            .map(|number| entry(number, if number % 6 == 0 { 11 } else { 5 }))
            .collect();
        let changed: Vec<Entry> = now.iter().step_by(6).cloned().collect();
        let followed = index(&[old, changed]);
        let rebuilt = index(&[now.iter().rev().cloned().collect()]);
        for entry in now.iter().step_by(17) {
            let text = format!("{} word1 word2 word3", entry.wordings[0].text);
            assert_eq!(answer(&followed, text.clone()), answer(&rebuilt, text));
        }
    }
}
