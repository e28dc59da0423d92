//! A reviewer's act of tying a fact-check to a claim.

use serde::Serialize;

use super::{Actor, AttachmentId, ClaimId, FactCheckId, Timestamp, claim};

/// Ties a fact-check to a claim: who, when, why, and whether it still holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its identifier.
    pub id: AttachmentId,
    /// The claim.
    pub claim_id: ClaimId,
    /// The fact-check.
    pub fact_check_id: FactCheckId,
    /// Who attached it.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// Why, if they said so; imports do not.
    pub reason: Option<Reason>,
    /// Whether it holds.
    pub state: AttachmentState,
    /// Its version, from 1.
    pub version: u64,
}

/// Whether an attachment holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttachmentState {
    /// It holds.
    Active,
    /// It was taken back. The row stays, so that the record stays honest.
    Withdrawn {
        /// By whom.
        by: Actor,
        /// When.
        at: Timestamp,
        /// Why: a withdrawal without a reason cannot be written.
        reason: Reason,
    },
}

/// Why a text is no reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReasonError {
    /// Nothing in it.
    #[error("a reason is required")]
    Empty,
    /// Longer than [`Reason::MAX_CHARS`].
    #[error("the reason is longer than 1000 characters")]
    TooLong,
}

/// Why a reviewer did something: 1 to 1000 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Reason(String);

impl Reason {
    /// Longest reason taken, in characters.
    pub const MAX_CHARS: usize = 1000;

    /// Cleans and checks a text.
    pub fn parse(text: &str) -> Result<Self, ReasonError> {
        let text = claim::clean(text);
        match text.chars().count() {
            0 => Err(ReasonError::Empty),
            1..=Self::MAX_CHARS => Ok(Self(text)),
            _ => Err(ReasonError::TooLong),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
