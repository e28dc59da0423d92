//! What there is to visit, and what earlier visits left behind. A trait, because the rows live in the store.

use std::{fmt, future::Future};

use uuid::Uuid;

use crate::{
    domain::{Failure, SourceId, SourceKind, Timestamp, WebUrl},
    net::Validators,
};

/// The crawler's memory. Crawl state is no domain object: nothing of it is in the change log.
///
/// Several runs may share it. What one of them has in hand is a host, by a [`Lease`]: sources and pages of a host are
/// visited, and what is remembered of it is written, by the run that has it. A run that lost its lease (it was paused for
/// too long) finds its writes [refused](Kept::Late).
pub trait Frontier: Sync {
    /// What goes wrong in it.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Makes ready for a run that begins at this time: sources that are new wait at their hosts from now on, and with
    /// [`Due::All`] all are due. Says how many sources and pages are due.
    fn begin(&self, due: Due, at: Timestamp) -> impl Future<Output = Result<u64, Self::Error>> + Send;

    /// Leases the host that has waited longest, of those that nobody has in hand and that have something due.
    fn claim(&self, call: &Call<'_>) -> impl Future<Output = Result<Option<Claimed>, Self::Error>> + Send;

    /// Leases this host, unless somebody has it in hand.
    fn claim_host(
        &self,
        host: &Authority,
        term: &Term<'_>,
    ) -> impl Future<Output = Result<Option<Claimed>, Self::Error>> + Send;

    /// Extends all leases that a run still has, and names their hosts.
    fn renew(&self, run: &RunId, until: Timestamp) -> impl Future<Output = Result<Vec<Authority>, Self::Error>> + Send;

    /// Extends one lease, if it still stands.
    fn hold(&self, lease: &Lease, until: Timestamp) -> impl Future<Output = Result<Kept, Self::Error>> + Send;

    /// Hosts with something due that the run does not have in hand, with the ends of the leases on them; a hundred at the most.
    /// One whose lease has ended, and that [`Frontier::claim`] does not give, is just being written to.
    fn in_other_hands(
        &self,
        call: &Call<'_>,
    ) -> impl Future<Output = Result<Vec<(Authority, Timestamp)>, Self::Error>> + Send;

    /// Gives a host back, with what is to be remembered of it. It is not claimed before the time given, whatever is due.
    fn release(
        &self,
        lease: &Lease,
        memory: &HostMemory,
        rests_until: Option<Timestamp>,
    ) -> impl Future<Output = Result<Kept, Self::Error>> + Send;

    /// What is due at a host: its sources, then its pages, each those waiting longest first.
    fn due(
        &self,
        host: &Authority,
        which: &Which,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Target>, Self::Error>> + Send;

    /// How many pages are due at a host.
    fn due_pages(&self, host: &Authority, by: Timestamp) -> impl Future<Output = Result<u64, Self::Error>> + Send;

    /// Writes down what a visit came to, and adds the pages that it named: both or neither, so that a visit that was broken
    /// off and is made again finds as much that is new as it did. `None`: the lease is lost, and nothing was written.
    fn visited(
        &self,
        lease: &Lease,
        target: &Target,
        end: &VisitEnd<'_>,
    ) -> impl Future<Output = Result<Option<AddedPages>, Self::Error>> + Send;

    /// Puts a visit off that did not take place.
    fn put_off(
        &self,
        lease: &Lease,
        target: &Target,
        until: Timestamp,
    ) -> impl Future<Output = Result<Kept, Self::Error>> + Send;

    /// Writes down what is to be remembered of a host.
    fn remember_host(
        &self,
        lease: &Lease,
        memory: &HostMemory,
    ) -> impl Future<Output = Result<Kept, Self::Error>> + Send;
}

/// Which sources a run visits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Those due by this time.
    By(Timestamp),
    /// All: somebody wants it now.
    All,
}

/// What of a host is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Which {
    /// Due by this time.
    pub by: Timestamp,
    /// What.
    pub work: Work,
}

/// What a run still takes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Sources and pages.
    All,
    /// Sources: it has fetched as many pages as it may.
    Sources,
}

/// A run names itself when it claims hosts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RunId(String);

impl RunId {
    /// What the names of crawls begin with; other callers of the fetcher have words of their own.
    pub const CRAWL: &'static str = "crawl";

    /// A name that no other run has.
    pub fn new(word: &'static str) -> Self {
        Self(format!("{word}-{}", Uuid::now_v7().simple()))
    }

    /// As stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// For whom and for how long a host is leased.
#[derive(Debug, Clone, Copy)]
pub struct Term<'a> {
    /// The run that asks.
    pub run: &'a RunId,
    /// Leases that ended by now are free.
    pub now: Timestamp,
    /// When the lease ends, unless it is extended.
    pub until: Timestamp,
}

/// A run asks for a host with something due.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// For whom and for how long.
    pub term: Term<'a>,
    /// What must be due there.
    pub which: Which,
}

/// The right to be the only one at a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The host.
    pub host: Authority,
    /// The fencing token: larger than that of any lease of this host before.
    pub token: u64,
}

/// A host that was leased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The lease.
    pub lease: Lease,
    /// What is remembered of the host.
    pub memory: HostMemory,
}

/// Whether something was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Kept {
    /// It was.
    Yes,
    /// The lease had gone to another run, and nothing was written.
    Late,
}

/// Pages offered to the frontier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewPages<'a> {
    /// The source that led to them.
    pub source: SourceId,
    /// Where they are, the most important first.
    pub urls: &'a [WebUrl],
    /// How many links they are away from the source: 1 if it names them itself.
    pub depth: u32,
    /// How many are taken at the most.
    pub limit: usize,
    /// When their first visit is due.
    pub due_at: Timestamp,
}

/// What became of pages offered to the frontier.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AddedPages {
    /// How many were not known.
    pub new: u64,
    /// How many more there were that are not known, past the limit.
    pub left_over: u64,
}

/// What a visit leaves to be written.
pub struct VisitEnd<'a> {
    /// Pages that it named.
    pub pages: Option<NewPages<'a>>,
    /// What is written down, which depends on how many of them were new. May be asked more than once.
    pub record: &'a (dyn Fn(AddedPages) -> Record + Sync),
}

/// One address to visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The address.
    pub url: WebUrl,
    /// The source that it is, or that named it first.
    pub source: SourceId,
    /// Which of the two.
    pub role: Role,
    /// What earlier visits left behind.
    pub memory: Memory,
}

/// Why an address is visited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// It is a source of this kind.
    Source(SourceKind),
    /// A source led to it.
    Page(Named),
}

/// Who led to a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The kind of the source.
    pub kind: SourceKind,
    /// The address of the source.
    pub source_url: WebUrl,
    /// How many links the page is away from it.
    pub depth: u32,
}

impl Role {
    /// The kind of the source, or of the one that led here.
    pub const fn kind(&self) -> SourceKind {
        match self {
            Self::Source(kind) | Self::Page(Named { kind, .. }) => *kind,
        }
    }

    /// How many links it is away from its source.
    pub const fn depth(&self) -> u32 {
        match self {
            Self::Source(_) => 0,
            Self::Page(named) => named.depth,
        }
    }
}

/// What visits leave behind for the next one to the same address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Memory {
    /// What makes the next request conditional.
    pub validators: Validators,
    /// A hash of the body that was last read, for servers without validators.
    pub content: Option<String>,
    /// How far a stream was read, in the words of its service. Of sources only: pages have none.
    pub cursor: Option<String>,
    /// Failed visits in a row.
    pub failures: u32,
    /// Of a page: visits in a row that brought nothing new. Of a source: how calm it is, in steps that these take up and
    /// others take down.
    pub unchanged: u32,
    /// When the first of the failures in a row was. Of sources only.
    pub failing_since: Option<Timestamp>,
}

/// What a visit came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// When it was.
    pub visited_at: Timestamp,
    /// When the next one is due.
    pub due_at: Timestamp,
    /// Why it brought nothing, if it failed.
    pub failure: Option<Failure>,
    /// What it leaves behind.
    pub memory: Memory,
}

/// What is remembered of a host from run to run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HostMemory {
    /// No request before this time.
    pub not_before: Option<Timestamp>,
    /// Its robots.txt.
    pub robots: Option<RobotsMemory>,
}

/// What is remembered of a robots.txt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RobotsMemory {
    /// Its rules for us, as robots.txt; `None` if it could not be had, which forbids everything.
    pub rules: Option<String>,
    /// How long this holds.
    pub until: Timestamp,
}

/// `host:port`: what one robots.txt and one queue of requests are for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Authority(String);

impl Authority {
    /// The authority of an address, its port always said.
    pub fn of(url: &WebUrl) -> Self {
        let url = url.parts();
        let host = url.host.trim_end_matches('.');
        Self(format!("{host}:{}", url.port.unwrap_or(url.usual_port)))
    }

    /// No host's: leased by a run that wants to be alone.
    pub(super) fn whole_run() -> Self {
        Self(RunId::CRAWL.to_owned())
    }

    /// As it was stored.
    pub(crate) const fn stored(text: String) -> Self {
        Self(text)
    }

    /// As stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_is_host_and_port() {
        for (url, wanted) in [
            ("https://News.Example/a", "news.example:443"),
            ("http://news.example./", "news.example:80"),
            ("http://127.0.0.1:8000/", "127.0.0.1:8000"),
            ("http://[::1]:8000/", "[::1]:8000"),
        ] {
            assert_eq!(Authority::of(&WebUrl::parse(url).expect(url)).as_str(), wanted);
        }
    }
}
