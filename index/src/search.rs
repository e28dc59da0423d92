//! Comes in: a question. Goes out: the entries worth comparing with it.
//!
//! Queries are put together from analysed tokens. tantivy's query parser never sees a text: it recurses on
//! parentheses and would end the process on a few thousand of them.

use std::collections::BTreeMap;

use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocSet, TERMINATED, TantivyError, Term};

use crate::Error;
use crate::hash::FastSet;
use crate::postings::{self, AskedTerm};
use crate::question::{Question, field_of};
use crate::semantic::Meanings;
use crate::snapshot::Snapshot;
use crate::writer::{exact_key, near_key};

/// Distinct terms of one query; the rarest are kept. More cost time and find nothing else.
const MAX_TERMS: usize = 64;

/// The entries with the best BM25 score, those nearest in meaning, and all that hold a copy of the text, in no particular order.
pub(crate) fn candidates(question: &Question, snapshot: &Snapshot, limit: usize) -> Result<Vec<Candidate>, Error> {
    let mut candidates: BTreeMap<DocAddress, Candidate> = BTreeMap::new();
    for (address, score) in by_terms(question, snapshot, limit)? {
        candidates.insert(
            address,
            Candidate {
                address,
                score,
                copy: Copy::No,
            },
        );
    }
    for address in question.meanings.iter().flat_map(Meanings::nearest) {
        let none = Candidate {
            address: *address,
            score: 0.0,
            copy: Copy::No,
        };
        candidates.entry(*address).or_insert(none);
    }
    let mut copies = vec![(Copy::Identical, exact_key(question.exact))];
    copies.extend(question.near.map(|near| (Copy::NearVerbatim, near_key(near))));
    copies.sort();
    for (copy, key) in copies {
        for address in by_fingerprint(&key, snapshot, limit)? {
            let none = Candidate {
                address,
                score: 0.0,
                copy,
            };
            candidates.entry(address).or_insert(none).copy = copy;
        }
    }
    Ok(candidates.into_values().collect())
}

/// An entry worth comparing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) address: DocAddress,
    /// BM25 over the language's field and the neutral one; 0 for others that share no telling word.
    pub(crate) score: f32,
    pub(crate) copy: Copy,
}

/// Whether the text is a copy of a wording that says the claim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Copy {
    #[default]
    No,
    /// The same words in the same order.
    NearVerbatim,
    /// The same text after normalisation.
    Identical,
}

fn by_terms(question: &Question, snapshot: &Snapshot, limit: usize) -> Result<Vec<(DocAddress, f32)>, Error> {
    let terms = rarest_terms(question, snapshot)?;
    postings::best(&terms, question, snapshot, limit)
}

fn rarest_terms(question: &Question, snapshot: &Snapshot) -> Result<Vec<AskedTerm>, Error> {
    let stemmed = question.language.map(|_| field_of(question.language, snapshot));
    let mut seen = FastSet::default();
    let mut found = Vec::new();
    for token in question
        .words
        .iter()
        .flat_map(|word| std::iter::once(&word.token).chain(&word.alternatives))
    {
        let neutral = (snapshot.fields.neutral, token.neutral.as_str());
        let term = stemmed.map(|field| (field, token.term.as_str()));
        for (field, text) in term.into_iter().chain([neutral]) {
            if seen.insert((field.field_id(), text)) {
                found.push(AskedTerm::find(snapshot, field, text)?);
            }
        }
    }
    found.retain(|term| term.entries > 0);
    found.sort_unstable_by(|a, b| (a.entries, a.field, &a.text).cmp(&(b.entries, b.field, &b.text)));
    found.truncate(MAX_TERMS);
    Ok(found)
}

/// Entries one of whose wordings has the fingerprint. Of more than are wanted, those with the lowest digests.
fn by_fingerprint(key: &[u8], snapshot: &Snapshot, limit: usize) -> Result<Vec<DocAddress>, Error> {
    let field = snapshot.fields.fingerprints;
    let term = Term::from_field_bytes(field, key);
    let mut found = Vec::new();
    for (number, segment) in (0..).zip(snapshot.searcher.segment_readers()) {
        let inverted = segment.inverted_index(field)?;
        let entries = inverted.read_postings(&term, IndexRecordOption::Basic);
        let Some(mut entries) = entries.map_err(TantivyError::from)? else {
            continue;
        };
        while entries.doc() != TERMINATED {
            if !segment.is_deleted(entries.doc()) {
                found.push(DocAddress::new(number, entries.doc()));
            }
            entries.advance();
        }
    }
    found.sort_by_cached_key(|address| snapshot.segment(*address).digest(address.doc_id));
    found.truncate(limit);
    Ok(found)
}
