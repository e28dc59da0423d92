//! Where fetched bytes go. A trait, because what is in them is no concern of the crawler's.

use std::future::Future;

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
    fn read(&self, visit: &Visit, fetched: &Fetched) -> impl Future<Output = Result<Reading, Self::Error>> + Send;
}

/// The circumstances of a fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The source visited, or the one that named the page.
    pub source: SourceId,
    /// How to read it. A page that a source named is a [`SourceKind::Page`].
    pub kind: SourceKind,
    /// When.
    pub at: Timestamp,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// Pages named there, the most important first. Followed from feeds only.
    pub pages: Vec<WebUrl>,
    /// How many documents.
    pub documents: u64,
    /// How many fact-checks.
    pub fact_checks: u64,
    /// Why it is not what it should be ("not a feed"): the visit counts as failed, whatever else was found.
    pub problem: Option<String>,
}
