//! One commit of the index, opened for lookups. The next one is opened beside it and then takes its place, so no lookup
//! waits for a commit or a merge.

use std::sync::Arc;

use tantivy::{DocAddress, Searcher};

use crate::live::LiveCounts;
use crate::segment::Segment;
use crate::{Error, Position};

/// What lookups read.
pub(crate) struct Commit {
    pub(crate) searcher: Searcher,
    pub(crate) position: Option<Position>,
    pub(crate) live: LiveCounts,
    /// In the order of the searcher's.
    segments: Vec<Arc<Segment>>,
}

impl Commit {
    /// Opens a commit; segments that the one before had are taken from it.
    pub(crate) fn open(
        searcher: Searcher,
        position: Option<Position>,
        before: Option<&Commit>,
    ) -> Result<Commit, Error> {
        let mut segments = Vec::new();
        for reader in searcher.segment_readers() {
            let known = before.and_then(|before| before.segment_of(reader.segment_id()));
            segments.push(known.map_or_else(|| Segment::open(reader), Ok)?);
        }
        Ok(Commit {
            live: LiveCounts::of(&searcher),
            searcher,
            position,
            segments,
        })
    }

    fn segment_of(&self, id: tantivy::index::SegmentId) -> Option<Arc<Segment>> {
        let mut readers = self.searcher.segment_readers().iter();
        let at = readers.position(|reader| reader.segment_id() == id)?;
        self.segments.get(at).cloned()
    }

    pub(crate) fn segments(&self) -> &[Arc<Segment>] {
        &self.segments
    }

    /// The segment of an entry.
    pub(crate) fn segment(&self, address: DocAddress) -> &Segment {
        &self.segments[address.segment_ord as usize]
    }
}
