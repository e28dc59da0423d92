//! Which claims mean what a text means, whatever words it uses? Comes in: an encoder and the entries' texts. Goes out: how near
//! each entry is to a text.
//!
//! Vectors lie beside the index in a file of their own, one for each distinct text, and are looked up by that text's hash:
//! a replaced entry, a merged segment or a rebuilt index needs none of them anew. Another model is another file. What has
//! no vector yet is found by its words alone.

mod log;
mod scan;

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tantivy::DocAddress;
use tantivy::index::SegmentId;

pub(crate) use log::retain;
pub(crate) use scan::Meanings;

use crate::snapshot::Snapshot;
use crate::{Entry, Error, Lang};
use log::Log;

/// Turns texts into vectors of length 1, so that the dot product of two says how near their meanings are.
pub trait Encoder: Send + Sync {
    /// Names the model: vectors of equal digests can be compared.
    fn digest(&self) -> &str;

    /// Numbers in a vector.
    fn dimensions(&self) -> usize;

    /// The vector of a text that is looked up.
    fn query(&self, text: &str) -> Result<Vec<f32>, String>;

    /// The vectors of texts that can be found, in their order.
    fn passages(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, String>;
}

/// An encoder and the vectors it has made.
pub(crate) struct Semantic {
    encoder: Arc<dyn Encoder>,
    log: RwLock<Arc<Log>>,
    /// For each segment, as of a state of the log.
    rows: Mutex<BTreeMap<SegmentId, (log::State, Rows)>>,
}

/// The entries of a segment.
type Rows = Arc<Vec<Located>>;

/// An entry.
#[derive(Clone, Copy, Debug)]
struct Located {
    /// In the log.
    row: u32,
    /// Of its first wording.
    lang: Lang,
}

/// In the place of a row: no vector yet.
const NONE: u32 = u32::MAX;

/// Texts encoded between two writes to the file: what a crash loses.
const PART: usize = 256;

impl Semantic {
    /// Opens the vectors in an index's directory, or begins anew where they are another model's. `None`: in memory.
    pub(crate) fn open(dir: Option<&Path>, encoder: Arc<dyn Encoder>) -> Result<Semantic, Error> {
        let log = Log::open(dir, encoder.digest(), encoder.dimensions())?;
        Ok(Semantic {
            encoder,
            log: RwLock::new(Arc::new(log)),
            rows: Mutex::default(),
        })
    }

    fn log(&self) -> Arc<Log> {
        Arc::clone(&self.log.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many vectors there are.
    pub(crate) fn len(&self) -> usize {
        self.log().len()
    }

    /// Sees what another process has written meanwhile.
    pub(crate) fn reload(&self) -> Result<(), Error> {
        if let Some(newer) = self.log().newer()? {
            *self.log.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(newer);
        }
        Ok(())
    }

    /// Encodes what has no vector yet. Only the holder of the index's writer may do so.
    pub(crate) fn add(&self, entries: &[Entry]) -> Result<(), Error> {
        let log = self.log();
        let mut seen = HashSet::new();
        let passages = entries
            .iter()
            .map(Entry::passage)
            .map(|text| (passage_key(&text), text));
        let missing: Vec<(u64, String)> = passages
            .filter(|(key, _)| *key != 0 && !log.has(*key) && seen.insert(*key))
            .collect();
        for part in missing.chunks(PART) {
            let texts: Vec<&str> = part.iter().map(|(_, text)| text.as_str()).collect();
            let vectors = self.encoder.passages(&texts).map_err(|what| Error::Model { what })?;
            let keys = part.iter().map(|(key, _)| *key);
            let longer = self.log().with(keys.zip(vectors))?;
            *self.log.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(longer);
        }
        Ok(())
    }

    /// How near every entry is to a text; `None` if the model refuses it: any text has an answer, by its words.
    pub(crate) fn meanings(&self, text: &str, snapshot: &Snapshot) -> Option<Meanings> {
        let query = self.encoder.query(text).ok()?;
        let log = self.log();
        let rows = self.rows(snapshot, &log);
        Some(scan::scan(&query, &log, rows, snapshot))
    }

    /// Entries without a vector, at most so many.
    pub(crate) fn missing(&self, snapshot: &Snapshot, limit: usize) -> Vec<DocAddress> {
        let rows = self.rows(snapshot, &self.log());
        let mut missing = Vec::new();
        for ((number, segment), rows) in (0..).zip(snapshot.searcher.segment_readers()).zip(&rows) {
            let alive = segment
                .doc_ids_alive()
                .filter(|doc| rows.get(*doc as usize).is_some_and(|entry| entry.row == NONE));
            let has_text = |doc: &u32| snapshot.segments()[number as usize].passage(*doc) != 0;
            missing.extend(
                alive
                    .filter(has_text)
                    .map(|doc| DocAddress::new(number, doc))
                    .take(limit - missing.len()),
            );
        }
        missing
    }

    /// In the order of the snapshot's segments.
    fn rows(&self, snapshot: &Snapshot, log: &Log) -> Vec<Rows> {
        let mut known = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let readers = snapshot.searcher.segment_readers();
        let of_segment = |(reader, segment): (&tantivy::SegmentReader, &Arc<crate::segment::Segment>)| {
            let located = |doc| Located {
                row: log.row(segment.passage(doc)).unwrap_or(NONE),
                lang: segment.lang(doc),
            };
            match known.get(&reader.segment_id()) {
                Some((state, rows)) if *state == log.state() => Arc::clone(rows),
                _ => {
                    let rows: Rows = Arc::new((0..reader.max_doc()).map(located).collect());
                    known.insert(reader.segment_id(), (log.state(), Arc::clone(&rows)));
                    rows
                }
            }
        };
        let rows = readers.iter().zip(snapshot.segments()).map(of_segment).collect();
        known.retain(|id, _| readers.iter().any(|reader| reader.segment_id() == *id));
        rows
    }
}

/// The hash by which a passage's vector is known; 0 for no text.
pub(crate) fn passage_key(text: &str) -> u64 {
    if text.is_empty() {
        0
    } else {
        xxhash_rust::xxh3::xxh3_64(text.as_bytes()).max(1)
    }
}
