//! What reviewers did to a claim itself: merged it, split it, rewrote it.

use serde::Serialize;

use super::{ActId, Actor, ClaimId, Reason, Timestamp, words::words};

/// One thing that was done to a claim. Acts are only added: undoing one is another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Act {
    /// Its identifier.
    pub id: ActId,
    /// What was done.
    pub kind: ActKind,
    /// The claim that it was done to.
    pub claim_id: ClaimId,
    /// The other claim that it was about: see [`ActKind`].
    pub other_id: Option<ClaimId>,
    /// The claim's text before, where it has another one since.
    pub text_before: Option<String>,
    /// Who did it.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: Option<Reason>,
}

/// What can be done to a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActKind {
    /// The other claim stands for it from now on.
    Merged,
    /// It stands for itself again; the other had stood for it.
    Split,
    /// It was founded of sightings that had been the other's.
    TakenOut,
    /// It has another text.
    Rewritten,
}

words!(ActKind {
    Merged => "merged",
    Split => "split",
    TakenOut => "taken_out",
    Rewritten => "rewritten",
});
