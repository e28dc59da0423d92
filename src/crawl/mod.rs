//! What is due, may we, and what came back? Sources come in from the frontier; what was fetched goes out to the
//! [`Reader`], which says what further pages it names.
//!
//! Polite by construction: robots.txt (RFC 9309) before every first request to a host, one request at a time to each, a
//! delay after it, conditional requests, and long waits after failures. Nothing that one host does stops the others.

mod fetch;
mod frontier;
mod host;
mod obstacle;
mod permission;
mod reader;
mod report;
pub mod robots;
mod run;
mod schedule;
mod sources;
mod trap;

use std::time::Duration;

pub use frontier::{
    AddedPages, Authority, Due, Frontier, HostMemory, Memory, PageQuota, Record, RobotsMemory, Role, Target,
};
pub use obstacle::Obstacle;
pub use reader::{Reader, Reading, Visit};
pub use report::{Event, Outcome, PageCounts, Progress, Report, SourceReport};
pub use run::{Context, Error, crawl};

pub use crate::net::Validators;

/// Our product token: what robots.txt calls us.
pub const AGENT: &str = "klarstelle";

/// How politely and how much.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Shortest time between the end of one request to a host and the start of the next.
    pub min_delay: Duration,
    /// Hosts visited at once.
    pub concurrency: usize,
    /// Time from one visit of a source to the next.
    pub interval: Duration,
    /// Pages fetched in one run at the most.
    pub max_pages_per_run: u32,
    /// Requests to one host in one run at the most.
    pub max_pages_per_host: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            min_delay: Duration::from_secs(1),
            concurrency: 8,
            interval: Duration::from_mins(15),
            max_pages_per_run: 5000,
            max_pages_per_host: 500,
        }
    }
}
