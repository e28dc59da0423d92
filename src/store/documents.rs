//! What was read, and the claims seen in it.

use super::{Error, Store};
use crate::domain::{Actor, ClaimId, Document, DocumentId, Fingerprint, Mention, SourceId, Timestamp};

/// How a document came here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The source that led to it.
    pub source: Option<SourceId>,
    /// When it was read.
    pub at: Timestamp,
}

/// A mention with the claim that it belongs to: what clustering finds.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// The mention.
    pub mention: Mention,
    /// Fingerprint of the normalised quote. A claim that has it takes the mention, whatever `home` says.
    pub exact: Fingerprint,
    /// Fingerprint of the quote without decoration.
    pub near: Option<Fingerprint>,
    /// Bands of the quote's sketch.
    pub bands: Option<[i64; 16]>,
    /// The claim, unless a fingerprint names another.
    pub home: Home,
}

/// Where a mention belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// To this claim; founded anew if the store does not know it.
    Known(ClaimId),
    /// To a claim of its own.
    New,
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
