//! What can go wrong in the store.

use super::dialect::{self, Meaning};
use crate::domain::{AttachmentId, ClaimId, ObjectKind, SightingId};

/// Why sightings cannot become a claim of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSplit {
    /// It belongs to another claim.
    #[error("{0} is not a sighting of this claim")]
    Foreign(SightingId),
    /// Its words are those of the claim itself, or of one that was merged into it.
    #[error(
        "the claim's own words stay with it: take out the others, split a merged claim off, or rewrite the claim first"
    )]
    OwnWords,
}

/// Why the store did not do as asked. After every one of them the store is as it was before the call.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such object.
    #[error("no such {0}")]
    NotFound(ObjectKind),
    /// This fact-check is attached to this claim already, by the attachment named.
    #[error("already attached by {0}")]
    AlreadyAttached(AttachmentId),
    /// The attachment was withdrawn before.
    #[error("already withdrawn")]
    AlreadyWithdrawn,
    /// Another claim stands for this one.
    #[error("merged into {0}")]
    Merged(ClaimId),
    /// Both are one claim already, so that neither can be merged into the other.
    #[error("a claim cannot be merged into itself")]
    SameClaim,
    /// The claim does not stand for that one, so that there is nothing to split.
    #[error("not merged into this claim")]
    NotMerged,
    /// The sightings cannot become a claim of their own.
    #[error("{0}")]
    BadSplit(BadSplit),
    /// Another claim says these words already.
    #[error("{0} says these words")]
    WordingTaken(ClaimId),
    /// Another version than the expected one is current.
    #[error("version {current} is current")]
    Stale {
        /// The version that is current.
        current: u64,
    },
    /// Another publisher's fact-check changes only by re-import.
    #[error("another publisher's fact-check changes only by re-import")]
    External,
    /// The cursor is not one that this listing gave out.
    #[error("not a cursor of this listing")]
    BadCursor,
    /// The lease that gave the right to write has gone to another run.
    #[error("another run has taken over")]
    Late,
    /// It was erased, or is by somebody whose texts are not to be kept: see [`Mark`](super::Mark).
    #[error("it must not be kept")]
    Suppressed,
    /// No room left on the device.
    #[error("no space left for the store")]
    Full(#[source] sqlx::Error),
    /// Other writers held the store for too long.
    #[error("the store is busy")]
    Busy(#[source] sqlx::Error),
    /// The database or its disk does not answer.
    #[error("the store cannot be reached")]
    Unreachable(#[source] sqlx::Error),
    /// A newer version of this program wrote the store.
    #[error("the store has schema {found}, this program knows {known}")]
    FromTheFuture {
        /// The schema found.
        found: u32,
        /// The newest schema that this program knows.
        known: u32,
    },
    /// An SQLite library with known data loss (before 3.51.3) was linked.
    #[error("SQLite {found} may lose data, 3.51.3 or later is needed")]
    SqliteTooOld {
        /// The version linked.
        found: String,
    },
    /// What is stored cannot be read.
    #[error("the store is damaged")]
    Damaged(#[source] sqlx::Error),
    /// The database refused: a fault of ours.
    #[error("the database refused")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match error {
            E::Database(ref cause) => match dialect::meaning(cause.as_ref()) {
                Meaning::Full => Self::Full(error),
                Meaning::Busy => Self::Busy(error),
                Meaning::Unreachable => Self::Unreachable(error),
                Meaning::Damaged => Self::Damaged(error),
                Meaning::Refused => Self::Database(error),
            },
            E::Io(ref cause) if cause.kind() == std::io::ErrorKind::StorageFull => Self::Full(error),
            E::Configuration(_)
            | E::Io(_)
            | E::Tls(_)
            | E::Protocol(_)
            | E::PoolTimedOut
            | E::PoolClosed
            | E::WorkerCrashed => Self::Unreachable(error),
            E::Decode(_) | E::ColumnDecode { .. } => Self::Damaged(error),
            error => Self::Database(error),
        }
    }
}

impl Error {
    /// Another writer was faster and holds the unique row that this one wanted.
    pub(super) fn lost_race() -> Self {
        Self::Busy(sqlx::Error::RowNotFound)
    }

    /// What was read makes no sense.
    pub(super) fn damaged(what: &'static str) -> Self {
        Self::Damaged(sqlx::Error::Decode(what.into()))
    }

    /// Whether the same work, begun anew, may well succeed.
    pub(super) fn is_lost_race(&self) -> bool {
        match self {
            Self::Busy(sqlx::Error::Database(error)) => dialect::is_lost_race(error.as_ref()),
            Self::Busy(sqlx::Error::RowNotFound | sqlx::Error::Io(_)) => true,
            _ => false,
        }
    }

    /// The same error of work whose transaction was not to be committed yet: a connection that broke meanwhile has undone it,
    /// as another writer may have.
    pub(super) fn before_commit(self) -> Self {
        match self {
            Self::Unreachable(error @ sqlx::Error::Io(_)) => Self::Busy(error),
            error => error,
        }
    }
}
