//! What a run came to, and how it goes meanwhile.

use super::Obstacle;
use crate::domain::{SourceId, WebUrl};

/// What a run came to.
#[derive(Debug, Default)]
pub struct Report {
    /// Each source that was due.
    pub sources: Vec<SourceReport>,
    /// The pages that sources named.
    pub pages: PageCounts,
    /// Documents found, in sources and pages.
    pub documents: u64,
    /// Documents found that must not be kept: they were erased.
    pub suppressed: u64,
    /// Fact-checks found, in sources and pages.
    pub fact_checks: u64,
}

impl Report {
    /// The sources that failed, each with the reason.
    pub fn failed(&self) -> impl Iterator<Item = (&SourceReport, &Obstacle)> {
        self.sources.iter().filter_map(|source| match &source.outcome {
            Outcome::Failed(obstacle) => Some((source, obstacle)),
            Outcome::Read | Outcome::Unchanged | Outcome::Postponed => None,
        })
    }
}

/// What became of one source.
#[derive(Debug)]
pub struct SourceReport {
    /// The source.
    pub id: SourceId,
    /// Its address.
    pub url: WebUrl,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a source or a page.
#[derive(Debug)]
pub enum Outcome {
    /// It was read.
    Read,
    /// It said, or its body showed, that nothing is new.
    Unchanged,
    /// No request was made: its host is to be left alone for now. It stays due.
    Postponed,
    /// It brought nothing.
    Failed(Obstacle),
}

impl Outcome {
    /// `read`, `unchanged`, `postponed`, or the [code of the obstacle](Obstacle::code).
    pub fn code(&self) -> String {
        match self {
            Self::Read => "read".to_owned(),
            Self::Unchanged => "unchanged".to_owned(),
            Self::Postponed => "postponed".to_owned(),
            Self::Failed(obstacle) => obstacle.code(),
        }
    }
}

/// What became of the pages that sources named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PageCounts {
    /// Fetched and read.
    pub fetched: u64,
    /// Nothing new since the last visit.
    pub not_modified: u64,
    /// Failed; to be tried again later.
    pub failed: u64,
    /// Not visited, because robots.txt forbids it or cannot be had.
    pub skipped_by_robots: u64,
    /// Not visited, because the address or its port is not public.
    pub skipped_by_guard: u64,
    /// Not visited, because the host is to be left alone for now. They stay due.
    pub postponed: u64,
}

impl PageCounts {
    pub(super) const fn count(&mut self, outcome: &Outcome) {
        let counter = match outcome {
            Outcome::Read => &mut self.fetched,
            Outcome::Unchanged => &mut self.not_modified,
            Outcome::Postponed => &mut self.postponed,
            Outcome::Failed(Obstacle::Fetch(error)) if error.is_refusal() => &mut self.skipped_by_guard,
            Outcome::Failed(Obstacle::Robots | Obstacle::RobotsUnreachable { .. }) => &mut self.skipped_by_robots,
            Outcome::Failed(_) => &mut self.failed,
        };
        *counter += 1;
    }
}

/// Somebody who watches a run.
pub trait Progress: Sync {
    /// Is told what happens, in order. Must not block.
    fn happened(&self, event: Event<'_>);
}

/// What happens in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event<'a> {
    /// So many more addresses are to be visited.
    Planned(usize),
    /// One is being visited, or waits for its host's turn.
    Began(&'a WebUrl),
    /// One is done.
    Ended {
        /// Which.
        url: &'a WebUrl,
        /// Its [code](Outcome::code).
        outcome: &'a str,
    },
}

/// Nobody watches.
impl Progress for () {
    fn happened(&self, _: Event<'_>) {}
}
