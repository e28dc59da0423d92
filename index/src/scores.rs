//! Comes in: terms. Goes out: the entries that have them, best first, in an order that depends on nothing but the entries.
//!
//! tantivy's own search adds a document's scores up in the order in which its lists happen to meet, and breaks ties by
//! where a document lies. Here terms are added up one after the other, and ties go to the smaller digest.

use std::cmp::Ordering;

use tantivy::postings::Postings;
use tantivy::query::Bm25Weight;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocId, DocSet, SegmentReader, TERMINATED, TantivyError, Term};

use crate::Error;
use crate::snapshot::Snapshot;

/// The entries with the greatest sums of BM25 scores, added up in the order of the terms, which come with how many
/// entries have them.
pub(crate) fn best(terms: &[(u64, Term)], snapshot: &Snapshot, limit: usize) -> Result<Vec<(DocAddress, f32)>, Error> {
    let mut weighted = Vec::with_capacity(terms.len());
    for (doc_freq, term) in terms {
        weighted.push((term, snapshot.live.bm25(&snapshot.searcher, term, *doc_freq)?));
    }
    let mut found = Vec::new();
    for (ord, segment) in (0..).zip(snapshot.searcher.segment_readers()) {
        let scored = scored(segment, &weighted)?;
        found.extend(
            scored
                .into_iter()
                .map(|(doc, score)| (DocAddress::new(ord, doc), score)),
        );
    }
    cut(found, snapshot, limit)
}

/// Entries that have a term, whatever it scores.
pub(crate) fn having(term: &Term, snapshot: &Snapshot, limit: usize) -> Result<Vec<DocAddress>, Error> {
    let mut found = Vec::new();
    for (ord, segment) in (0..).zip(snapshot.searcher.segment_readers()) {
        each_posting(segment, term, |doc, _| found.push((DocAddress::new(ord, doc), 0.0)))?;
    }
    let found = cut(found, snapshot, limit)?;
    Ok(found.into_iter().map(|(address, _)| address).collect())
}

fn scored(segment: &SegmentReader, terms: &[(&Term, Bm25Weight)]) -> Result<Vec<(DocId, f32)>, Error> {
    // No score is zero: that is for entries without any of the terms.
    let mut scores = vec![0.0; segment.max_doc() as usize];
    let mut found = Vec::new();
    for (term, weight) in terms {
        let norms = segment.get_fieldnorms_reader(term.field())?;
        each_posting(segment, term, |doc, count| {
            let score = &mut scores[doc as usize];
            if *score == 0.0 {
                found.push(doc);
            }
            *score += weight.score(norms.fieldnorm_id(doc), count);
        })?;
    }
    Ok(found.into_iter().map(|doc| (doc, scores[doc as usize])).collect())
}

/// Documents that have a term, with how often; removed ones left out.
fn each_posting(segment: &SegmentReader, term: &Term, mut meet: impl FnMut(DocId, u32)) -> Result<(), Error> {
    let index = segment.inverted_index(term.field())?;
    let postings = index
        .read_postings(term, IndexRecordOption::WithFreqs)
        .map_err(TantivyError::from)?;
    let Some(mut postings) = postings else {
        return Ok(());
    };
    while postings.doc() != TERMINATED {
        if !segment.is_deleted(postings.doc()) {
            meet(postings.doc(), postings.term_freq());
        }
        postings.advance();
    }
    Ok(())
}

/// The best, ties by digest.
fn cut(mut found: Vec<(DocAddress, f32)>, snapshot: &Snapshot, limit: usize) -> Result<Vec<(DocAddress, f32)>, Error> {
    if found.len() > limit && limit > 0 {
        let (_, (_, worst), _) = found.select_nth_unstable_by(limit - 1, |a, b| best_first(a.1, b.1));
        let worst = *worst;
        found.retain(|(_, score)| best_first(*score, worst).is_le());
    }
    let mut digested = Vec::with_capacity(found.len());
    for (address, score) in found {
        digested.push((snapshot.digest(address)?, address, score));
    }
    digested.sort_unstable_by(|a, b| best_first(a.2, b.2).then(a.0.cmp(&b.0)));
    digested.truncate(limit);
    Ok(digested
        .into_iter()
        .map(|(_, address, score)| (address, score))
        .collect())
}

fn best_first(a: f32, b: f32) -> Ordering {
    b.total_cmp(&a)
}
