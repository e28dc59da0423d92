//! Comes in: how far the caller's change log was followed. Goes out: the text kept in tantivy's commit payload, and back.

use serde::{Deserialize, Serialize};

/// Where an index stands: which store it was built from, and up to which change.
///
/// Written into tantivy's commit payload together with the schema, analyzer and normaliser versions, so that
/// position and contents become durable in one rename of `meta.json` and can never disagree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Identifies the store; an index of another store must be rebuilt.
    pub store_id: String,
    /// Number of the last change that the index contains.
    pub change: u64,
}
