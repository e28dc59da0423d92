//! Whether the store is whole, and how much is in it.

use super::{Error, Store};

/// How much is in the store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Documents read.
    pub documents: u64,
    /// Claims.
    pub claims: u64,
    /// Sightings of claims.
    pub sightings: u64,
    /// Fact-checks.
    pub fact_checks: u64,
    /// Active attachments.
    pub attachments: u64,
    /// Sources set.
    pub sources: u64,
    /// Number of the last change.
    pub last_change: u64,
}

impl Store {
    /// How much is in the store.
    pub async fn counts(&self) -> Result<Counts, Error> {
        todo!()
    }

    /// Everything that is wrong with what is stored, a line each; empty if nothing is.
    pub async fn check(&self) -> Result<Vec<String>, Error> {
        todo!()
    }
}
