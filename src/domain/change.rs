//! The change log: what the index, feeds, packs and webhooks follow.

use serde::Serialize;

use super::{Actor, Timestamp, words::words};

/// One row of the change log. It holds no text: who needs the object asks the store for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Position in commit order, from 1, without gaps.
    pub number: u64,
    /// What kind of object changed.
    pub kind: ObjectKind,
    /// The object's identifier.
    pub id: String,
    /// The object's version after the change, from 1.
    pub version: u64,
    /// What happened to it.
    pub action: Action,
    /// Who did it.
    pub actor: Actor,
    /// When it was committed, by the store's clock.
    pub at: Timestamp,
}

/// The kinds of domain object that the change log knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ObjectKind {
    /// A claim.
    Claim,
    /// A sighting of a claim.
    Sighting,
    /// A fact-check.
    FactCheck,
    /// An attachment of a fact-check to a claim.
    Attachment,
    /// A source.
    Source,
    /// A request for a check.
    Report,
    /// An alarm.
    Alarm,
}

words!(ObjectKind {
    Claim => "claim",
    Sighting => "sighting",
    FactCheck => "fact_check",
    Attachment => "attachment",
    Source => "source",
    Report => "report",
    Alarm => "alarm",
});

/// What happened to the object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// It was made.
    Created,
    /// It has another content: re-imported, corrected, rewritten.
    Updated,
    /// It no longer counts; what it said stays readable.
    Withdrawn,
    /// It is gone.
    Removed,
    /// It stands; what it said is no longer kept.
    Erased,
    /// Another claim stands for it from now on; its address leads there.
    Merged,
    /// It stands for itself again.
    Split,
}

words!(Action {
    Created => "created",
    Updated => "updated",
    Withdrawn => "withdrawn",
    Removed => "removed",
    Erased => "erased",
    Merged => "merged",
    Split => "split",
});
