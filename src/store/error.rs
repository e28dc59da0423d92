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
    Full(#[source] Cause),
    /// Other writers held the store for too long.
    #[error("the store is busy")]
    Busy(#[source] Cause),
    /// The database or its disk does not answer.
    #[error("the store cannot be reached")]
    Unreachable(#[source] Cause),
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
    Damaged(#[source] Cause),
    /// The database refused: a fault of ours.
    #[error("the database refused")]
    Database(#[source] Cause),
}

/// What is behind it.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    /// SQLite, or a file of its.
    #[error(transparent)]
    Lite(#[from] rusqlite::Error),
    /// The server, or the way to it.
    #[error(transparent)]
    Server(#[from] sqlx::Error),
    /// What was read is not what is stored there.
    #[error("{0}")]
    Unreadable(Box<dyn std::error::Error + Send + Sync>),
    /// Another writer was faster and holds the unique row that this one wanted.
    #[error("another writer was faster")]
    LostRace,
    /// All connections were lent for too long.
    #[error("no connection was free in time")]
    Waited,
    /// The store was closed, or the process is about to end.
    #[error("the store was closed")]
    Closed,
}

impl Error {
    fn meaning(meaning: &Meaning, cause: Cause) -> Self {
        match meaning {
            Meaning::Full => Self::Full(cause),
            Meaning::Busy => Self::Busy(cause),
            Meaning::Unreachable => Self::Unreachable(cause),
            Meaning::Damaged => Self::Damaged(cause),
            Meaning::Refused => Self::Database(cause),
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error as E;
        match error.sqlite_error().copied() {
            Some(code) => Self::meaning(dialect::lite_meaning(code), error.into()),
            None => match error {
                E::FromSqlConversionFailure(..) | E::InvalidColumnType(..) | E::Utf8Error(..) => {
                    Self::Damaged(error.into())
                }
                error => Self::Database(error.into()),
            },
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match error {
            E::Database(ref cause) => Self::meaning(dialect::pg_meaning(cause.as_ref()), error.into()),
            E::Io(ref cause) if cause.kind() == std::io::ErrorKind::StorageFull => Self::Full(error.into()),
            E::Configuration(_)
            | E::Io(_)
            | E::Tls(_)
            | E::Protocol(_)
            | E::PoolTimedOut
            | E::PoolClosed
            | E::WorkerCrashed => Self::Unreachable(error.into()),
            E::Decode(_) | E::ColumnDecode { .. } => Self::Damaged(error.into()),
            error => Self::Database(error.into()),
        }
    }
}

impl Error {
    /// Another writer was faster and holds the unique row that this one wanted.
    pub(super) const fn lost_race() -> Self {
        Self::Busy(Cause::LostRace)
    }

    /// What was read makes no sense.
    pub(super) fn damaged(what: &'static str) -> Self {
        Self::Damaged(Cause::Unreadable(what.into()))
    }

    /// Whether the same work, begun anew, may well succeed.
    pub(super) fn is_lost_race(&self) -> bool {
        match self {
            Self::Busy(Cause::LostRace | Cause::Server(sqlx::Error::Io(_))) => true,
            Self::Busy(Cause::Server(sqlx::Error::Database(error))) => dialect::is_lost_race(error.as_ref()),
            _ => false,
        }
    }

    /// The same error of work whose transaction was not to be committed yet: a connection that broke meanwhile has undone it,
    /// as another writer may have.
    pub(super) fn before_commit(self) -> Self {
        match self {
            Self::Unreachable(cause @ Cause::Server(sqlx::Error::Io(_))) => Self::Busy(cause),
            error => error,
        }
    }
}
