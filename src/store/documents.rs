//! What was read, and the claims seen in it.

use super::{Error, Store};
use crate::cluster::Placed;
use crate::domain::{Actor, ClaimId, Document, DocumentId, SourceId, Timestamp};

/// How a document came here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The source that led to it.
    pub source: Option<SourceId>,
    /// When it was read.
    pub at: Timestamp,
}

/// What recording a document did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// The document.
    pub document: DocumentId,
    /// Whether it was new or had another content than stored.
    pub changed: bool,
    /// Sightings made.
    pub sightings_new: u64,
    /// Claims founded.
    pub claims_new: u64,
}

impl Store {
    /// Records a document and where its mentions belong, in one transaction. A document whose content is stored already
    /// writes nothing.
    pub async fn record(
        &self,
        document: &Document,
        origin: &Origin,
        placed: &[Placed],
        actor: &Actor,
    ) -> Result<Recorded, Error> {
        let _ = (document, origin, placed, actor);
        todo!()
    }

    /// Claims that share a band with a sketch, and their texts: candidates for near-duplicates, those with the most
    /// shared bands first, at most 50.
    pub async fn claims_near(&self, bands: &[i64; 16]) -> Result<Vec<(ClaimId, String)>, Error> {
        let _ = bands;
        todo!()
    }
}
