//! What came in and what reviewers did goes in; the same, in one order, comes out: the only truth, on SQLite or PostgreSQL.

mod acts;
mod alarms;
mod attaching;
mod attachments;
mod batch;
mod changes;
mod check;
mod claims;
mod concealing;
mod copies;
mod cursor;
mod db;
mod dialect;
mod documents;
mod dossiers;
mod entries;
mod erasing;
mod error;
mod fact_checks;
mod family;
mod founding;
mod frontier;
mod identity;
mod import;
mod joining;
mod keys;
mod known;
mod leases;
mod lite;
mod merging;
mod migrate;
mod near;
mod pages;
mod parting;
mod pulse;
mod queue;
mod reports;
mod retention;
mod rewording;
mod rewriting;
mod snapshot;
mod source_status;
mod sources;
mod suppressions;
mod tallies;
mod timelines;
mod transaction;
mod value;
mod watch;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

pub use alarms::{AlarmQuery, Raised};
pub use changes::{ChangeQuery, Touched};
pub use check::Counts;
pub use claims::{Checked, ClaimQuery, ClaimSort, ClaimSummary};
pub use copies::{Filed, Moved};
pub use cursor::Cursor;
pub use documents::{Origin, Recorded};
pub use dossiers::{Attached, Dossier};
pub use erasing::{Doomed, Erased, Which};
pub use error::{BadSplit, Cause, Error};
pub use import::{ImportBatch, ImportTally};
pub use joining::Unjoined;
pub use known::{Known, KnownAt};
pub use merging::Union;
pub use parting::Parting;
pub use queue::{Factors, QueueCounts, QueueQuery, Waiting};
pub use reports::{About, Fate, Filing, ReportedPage};
pub use retention::Dropped;
pub use rewriting::Rewriting;
pub use snapshot::Scrubbed;
pub use source_status::{DAYS, DayCount, SourceStatus, StatusQuery};
pub use suppressions::{Mark, Suppressed, Suppression};
pub use timelines::{Leader, MAX_DAYS, Tally, Timeline, Variant};

use uuid::Uuid;

use crate::{crawl::Lease, domain::Thresholds};

use db::Db;
use pulse::Pulse;

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

impl<T> Page<T> {
    /// Cuts off the one row too many that was fetched to see whether there is more.
    fn cut(mut items: Vec<T>, limit: u32, cursor: impl Fn(&T) -> Cursor) -> Self {
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let next = items.last().filter(|_| more).map(cursor);
        Self { items, next }
    }
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
    db: Db,
    id: StoreId,
    /// What gives the right to write, if anything does.
    fence: Option<Arc<Lease>>,
    /// What raises alarms.
    limits: Arc<Thresholds>,
    /// How far the change log is.
    pulse: Pulse,
}

impl Store {
    /// Opens a store; makes it and brings its tables up to date if need be. Of two processes at once one does so, the
    /// other waits. A store written by a newer version is refused untouched ([`Error::FromTheFuture`]).
    pub async fn open(url: &StoreUrl) -> Result<Self, Error> {
        let db = match url {
            StoreUrl::Sqlite(path) => open_file(path).await?,
            StoreUrl::Postgres(url) => dialect::open_pg(url).await?,
        };
        let id = migrate::run(&db).await?;
        Ok(Self {
            db,
            id,
            fence: None,
            limits: Arc::default(),
            pulse: Pulse::default(),
        })
    }

    /// The same store, raising alarms at other thresholds.
    #[must_use]
    pub fn watching(self, limits: Thresholds) -> Self {
        Self {
            limits: Arc::new(limits),
            ..self
        }
    }

    /// Opens a copy that nobody else uses, to look into it.
    pub async fn open_copy(file: &Path) -> Result<Self, Error> {
        let db = dialect::open_untouched(file).await?;
        let id = migrate::identify(&db).await?;
        Ok(Self {
            db,
            id,
            fence: None,
            limits: Arc::default(),
            pulse: Pulse::default(),
        })
    }

    /// Which store this is.
    pub const fn id(&self) -> &StoreId {
        &self.id
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), Error> {
        self.db
            .fetch("SELECT value FROM counters WHERE name = 'changes'", vec![])
            .await
            .map(drop)
    }

    /// Ends all connections in good order; every handle to the store is of no use afterwards. A process may also just
    /// end: nothing that was acknowledged is lost.
    pub async fn close(&self) {
        self.pulse.end().await;
        self.db.close().await;
    }
}

async fn open_file(path: &Path) -> Result<Db, Error> {
    dialect::check_library()?;
    if path.metadata().is_ok_and(|file| file.len() > 0) {
        let untouched = dialect::open_untouched(path).await?;
        let schema = migrate::inspect(&untouched).await;
        untouched.close().await;
        schema?;
    }
    dialect::open_lite(path).await
}
