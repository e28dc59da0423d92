//! What there is to visit, and what earlier visits left behind. A trait, because the rows live in the store.

use std::{fmt, future::Future};

use crate::{
    domain::{SourceId, SourceKind, Timestamp, WebUrl},
    net::Validators,
};

/// The crawler's memory. Crawl state is no domain object: nothing of it is in the change log.
pub trait Frontier: Sync {
    /// What goes wrong in it.
    type Error: std::error::Error + Send + Sync + 'static;

    /// The sources to visit, those waiting longest first.
    fn due_sources(&self, due: Due) -> impl Future<Output = Result<Vec<Target>, Self::Error>> + Send;

    /// The pages to visit that sources named, those waiting longest first.
    fn due_pages(&self, quota: PageQuota) -> impl Future<Output = Result<Vec<Target>, Self::Error>> + Send;

    /// Adds the pages that are not known yet, by [`UrlKey`](crate::domain::UrlKey) and whichever source named them first,
    /// up to their limit.
    fn add_pages(
        &self,
        pages: NewPages<'_>,
        at: Timestamp,
    ) -> impl Future<Output = Result<AddedPages, Self::Error>> + Send;

    /// Writes down what a visit came to.
    fn visited(&self, target: &Target, record: &Record) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// What is remembered of a host; the default for one never met.
    fn host(&self, host: &Authority) -> impl Future<Output = Result<HostMemory, Self::Error>> + Send;

    /// Writes down what is to be remembered of a host.
    fn remember_host(
        &self,
        host: &Authority,
        memory: &HostMemory,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// Which sources a run visits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Those due by this time.
    By(Timestamp),
    /// All: somebody wants it now.
    All,
}

/// How many pages a run takes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageQuota {
    /// Due by this time.
    pub by: Timestamp,
    /// Of one host.
    pub per_host: u32,
    /// In all.
    pub limit: u32,
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
}

/// What became of pages offered to the frontier.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AddedPages {
    /// How many were not known.
    pub new: u64,
    /// How many more there were that are not known, past the limit.
    pub left_over: u64,
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
}

/// What a visit came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// When it was.
    pub visited_at: Timestamp,
    /// When the next one is due.
    pub due_at: Timestamp,
    /// Why it brought nothing, if it failed.
    pub error: Option<String>,
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
        let url = url.to_url();
        let host = url.host_str().unwrap_or_default().trim_end_matches('.');
        Self(format!("{host}:{}", url.port_or_known_default().unwrap_or_default()))
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
