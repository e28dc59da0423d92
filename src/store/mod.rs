//! What came in and what reviewers did goes in; the same, in one order, comes out: the only truth, on SQLite or PostgreSQL.

mod attachments;
mod changes;
mod check;
mod claims;
mod cursor;
mod documents;
mod entries;
mod error;
mod fact_checks;
mod import;
mod keys;
mod sources;

use std::path::PathBuf;

pub use changes::{ChangeQuery, Touched};
pub use check::Counts;
pub use claims::{Attached, Checked, ClaimQuery, ClaimSort, ClaimSummary, Dossier};
pub use cursor::Cursor;
pub use documents::{Origin, Recorded};
pub use error::Error;
pub use import::ImportTally;

use uuid::Uuid;

/// Where a store lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// An SQLite database file; made if it is not there.
    Sqlite(PathBuf),
    /// A PostgreSQL database, as `postgres://…` (libpq connection URI).
    Postgres(String),
}

/// Names a store for its whole life: random, made once. The index remembers which store it was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StoreId(Uuid);

impl std::fmt::Display for StoreId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Some rows, and where to go on.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The rows, at most as many as were asked for.
    pub items: Vec<T>,
    /// Where the next page starts; `None` after the last one.
    pub next: Option<Cursor>,
}

/// Whether a thing was made by the call or was there before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added<T> {
    /// It was made.
    New(T),
    /// It was there: nothing was written.
    Known(T),
}

impl<T> Added<T> {
    /// The thing, made or found.
    pub fn into_inner(self) -> T {
        match self {
            Self::New(thing) | Self::Known(thing) => thing,
        }
    }
}

/// The store: a cheap handle, to be cloned.
#[derive(Debug, Clone)]
pub struct Store {
    id: StoreId,
}

impl Store {
    /// Opens a store; makes it and brings its tables up to date if need be. Of two processes at once one does so, the
    /// other waits. A store written by a newer version is refused untouched ([`Error::FromTheFuture`]).
    pub async fn open(url: &StoreUrl) -> Result<Self, Error> {
        let _ = url;
        todo!()
    }

    /// Which store this is.
    pub const fn id(&self) -> &StoreId {
        &self.id
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), Error> {
        todo!()
    }
}
