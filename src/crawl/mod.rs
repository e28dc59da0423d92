//! What is due, may we, and what came back? Sources come in from the frontier; what was fetched goes out to the
//! [`Reader`], which says what further pages it names.
//!
//! Polite by construction: robots.txt (RFC 9309) before every first request to a host, one request at a time to each, a
//! delay after it, conditional requests, and long waits after failures. Nothing that one host does stops the others.

mod aside;
mod bring;
mod discover;
mod fetch;
mod frontier;
mod hands;
mod host;
mod keep;
mod obstacle;
mod permission;
mod reader;
mod report;
pub mod robots;
mod robots_say;
mod run;
mod schedule;
mod sources;
mod trap;
mod visit;

use std::{collections::BTreeMap, fmt, time::Duration};

pub(crate) use aside::aside;
pub use discover::{Discovered, Discovery, FoundBy, discover};
pub use frontier::{
    AddedPages, Authority, Call, Claimed, Due, Frontier, HostMemory, Kept, Lease, Memory, Named, NewPages, Record,
    RobotsMemory, Role, RunId, Target, Term, VisitEnd, Which, Work,
};
pub use obstacle::Obstacle;
pub use reader::{Reader, Reading, Visit};
pub use report::{Event, Outcome, PageCounts, Progress, Report, SourceReport};
pub use robots_say::robots_say;
pub use run::{Context, Error, crawl};
pub use sources::{Findings, Found, Kind, Located, Plan, Sources, Way, findings, problem};

pub use crate::net::Validators;
use crate::{archive::Archive, domain::SourceKind};

/// Our product token: what robots.txt calls us.
pub const AGENT: &str = "klarstelle";

/// How politely and how much.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Shortest time between the end of one request to a host and the start of the next.
    pub min_delay: Duration,
    /// Hosts visited at once.
    pub concurrency: usize,
    /// Time from one visit of a source to the next, if it brings something each time.
    pub interval: Duration,
    /// The same of a source that never does.
    pub max_interval: Duration,
    /// Pages fetched in one run at the most.
    pub max_pages_per_run: u32,
    /// Requests to one host in one run at the most.
    pub max_pages_per_host: u32,
    /// How long one visit listens to a stream.
    pub listen: Duration,
    /// How long a host stays this run's when the run gives no sign of life.
    pub lease: Duration,
    /// Whether others may crawl the same store at the same time.
    pub company: Company,
    /// The operator's keys for services that want one, by the kind of source.
    pub keys: Keys,
    /// Where what was fetched is kept as it came; `None`: it is not.
    pub archive: Option<Archive>,
}

/// Whether a run shares its frontier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Company {
    /// With any other run.
    Shared,
    /// With none that wants to be alone, too: the second one ends at once ([`Error::NotAlone`]).
    Alone,
}

/// The operator's keys, by the kind of source. They are in no log: not even `Debug` shows them.
#[derive(Clone, Default)]
pub struct Keys(BTreeMap<SourceKind, String>);

impl Keys {
    /// Adds a key, unless it is empty.
    #[must_use]
    pub fn with(mut self, kind: SourceKind, key: &str) -> Self {
        if !key.trim().is_empty() {
            self.0.insert(kind, key.trim().to_owned());
        }
        self
    }

    fn get(&self, kind: SourceKind) -> Option<&str> {
        self.0.get(&kind).map(String::as_str)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            min_delay: Duration::from_secs(1),
            concurrency: 8,
            interval: Duration::from_mins(15),
            max_interval: Duration::from_hours(6),
            max_pages_per_run: 5000,
            max_pages_per_host: 500,
            listen: Duration::from_secs(30),
            lease: Duration::from_mins(1),
            company: Company::Shared,
            keys: Keys::default(),
            archive: None,
        }
    }
}
