//! How much a word tells: its inverse document frequency, remembered for as long as the commit lives.

use std::cell::RefCell;
use std::sync::{PoisonError, RwLock};

use tantivy::schema::Field;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::Error;
use crate::hash::FastMap;
use crate::snapshot::Snapshot;

/// More remembered terms than this are forgotten again; about 10 MB.
const MAX_REMEMBERED: usize = 200_000;

/// Weights known so far, shared by all lookups on one index.
#[derive(Default)]
pub(crate) struct WeightCache {
    known: RwLock<Known>,
}

#[derive(Default)]
struct Known {
    /// Of the searcher they were read from.
    generation: u64,
    weights: FastMap<u64, f32>,
}

/// Weights at one commit.
pub(crate) struct Weights<'a> {
    snapshot: &'a Snapshot<'a>,
    cache: &'a WeightCache,
    entries: f32,
    fresh: RefCell<FastMap<u64, f32>>,
}

impl<'a> Weights<'a> {
    pub(crate) fn new(snapshot: &'a Snapshot<'a>, cache: &'a WeightCache) -> Weights<'a> {
        let entries = snapshot.searcher.num_docs() as f32;
        Weights {
            snapshot,
            cache,
            entries,
            fresh: RefCell::default(),
        }
    }

    /// BM25's inverse document frequency, `ln(1 + (N - n + 0.5) / (n + 0.5))`.
    pub(crate) fn of(&self, field: Field, term: &str) -> Result<f32, Error> {
        let key = xxh3_64_with_seed(term.as_bytes(), u64::from(field.field_id()));
        if let Some(weight) = self.remembered(key) {
            return Ok(weight);
        }
        let weight = idf(self.entries, self.snapshot.doc_freq(field, term)? as f32);
        self.fresh.borrow_mut().insert(key, weight);
        Ok(weight)
    }

    /// Whether any entry has the word: then it weighs no more than one that only one entry has.
    pub(crate) fn knows(&self, field: Field, term: &str) -> Result<bool, Error> {
        Ok(self.entries > 0.0 && self.of(field, term)? <= self.heaviest())
    }

    /// The weight of a word that one entry has, the most a known word can weigh here.
    pub(crate) fn heaviest(&self) -> f32 {
        idf(self.entries.max(1.0), 1.0)
    }

    fn remembered(&self, key: u64) -> Option<f32> {
        if let Some(weight) = self.fresh.borrow().get(&key) {
            return Some(*weight);
        }
        let known = self.cache.known.read().unwrap_or_else(PoisonError::into_inner);
        let is_current = known.generation == self.generation();
        is_current.then(|| known.weights.get(&key).copied()).flatten()
    }

    fn generation(&self) -> u64 {
        self.snapshot.searcher.generation().generation_id()
    }
}

/// What one lookup learnt goes to the others when it is done.
impl Drop for Weights<'_> {
    fn drop(&mut self) {
        let fresh = self.fresh.take();
        if fresh.is_empty() {
            return;
        }
        let generation = self.generation();
        let mut known = self.cache.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.generation != generation || known.weights.len() > MAX_REMEMBERED {
            *known = Known {
                generation,
                weights: FastMap::default(),
            };
        }
        known.weights.extend(fresh);
    }
}

/// BM25's inverse document frequency.
pub(crate) fn idf(entries: f32, with_term: f32) -> f32 {
    let with_term = with_term.min(entries);
    (1.0 + (entries - with_term + 0.5) / (with_term + 0.5)).ln()
}
