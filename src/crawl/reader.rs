//! Where fetched bytes go. A trait, because what becomes of what is in them is no concern of the crawler's.

use std::future::Future;

use super::{Findings, Kind, Lease, Named, Role, Target, aside};
use crate::{
    domain::{SourceId, SourceKind, Timestamp, WebUrl},
    net::Fetched,
};

/// Takes what was fetched, and keeps what it finds in it *before* it returns: only then is the visit written down, so
/// that a crawl killed between the two reads the same bytes again. Reading twice must therefore change nothing.
pub trait Reader: Sync {
    /// What stops the whole run, such as a full disk. That some bytes cannot be read does not: see [`Reading::problem`].
    type Error: std::error::Error + Send + Sync + 'static;

    /// Reads one answer with a status of 2xx.
    fn read(&self, visit: &Visit<'_>, fetched: &Fetched) -> impl Future<Output = Result<Reading, Self::Error>> + Send;
}

/// The circumstances of a fetch.
#[derive(Clone, Copy)]
pub struct Visit<'a> {
    /// The source visited, or the one that led to the page.
    pub source: SourceId,
    /// How it is read. A page that a source led to is a [`SourceKind::PAGE`].
    pub kind: SourceKind,
    /// When.
    pub at: Timestamp,
    /// By what right. What is kept after it was lost is [late](Reading::is_late).
    pub lease: &'a Lease,
    pub(super) target: &'a Target,
    pub(super) by: &'static dyn Kind,
}

impl Visit<'_> {
    /// What an answer holds, as its kind of source reads it.
    pub fn findings(&self, fetched: &Fetched) -> Findings {
        findings(self.by, self.target, fetched)
    }

    /// The same, worked out off the async threads: a page takes milliseconds, in which other hosts' answers would wait.
    pub async fn findings_aside(&self, fetched: &Fetched) -> Findings {
        let (by, target, fetched) = (self.by, self.target.clone(), fetched.clone());
        aside(move || findings(by, &target, &fetched)).await
    }
}

fn findings(by: &dyn Kind, target: &Target, fetched: &Fetched) -> Findings {
    match &target.role {
        Role::Source(_) => by.read(&target.url, fetched),
        Role::Page(Named { source_url, .. }) => by.read_page(source_url, fetched),
    }
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// Pages named there, the most important first. Visited from kinds of source that say so only.
    pub pages: Vec<WebUrl>,
    /// How many documents.
    pub documents: u64,
    /// How many documents more that must not be kept, and were not.
    pub suppressed: u64,
    /// How many fact-checks.
    pub fact_checks: u64,
    /// Where the answer goes on.
    pub next: Vec<WebUrl>,
    /// Whether the answer only [points on](super::Found::Pointer).
    pub is_pointer: bool,
    /// How far a stream was read.
    pub cursor: Option<String>,
    /// The lease was lost, and not all of it was kept. The visit is not written down; another run makes it again.
    pub is_late: bool,
    /// Why it is not what it should be ("not a feed"): the visit counts as failed, whatever else was found.
    pub problem: Option<String>,
}

impl Reading {
    /// What further answers brought to the same visit. That one of them cannot be read does not undo the first.
    pub(super) fn add(&mut self, more: Self) {
        self.pages.extend(more.pages);
        self.documents += more.documents;
        self.suppressed += more.suppressed;
        self.fact_checks += more.fact_checks;
        self.next.extend(more.next);
        self.cursor = more.cursor.or(self.cursor.take());
        self.problem = self.problem.take().filter(|_| more.problem.is_some());
    }
}
