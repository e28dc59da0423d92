//! One struct a section. Times are in milliseconds unless the name says otherwise; an empty string means "not set".

use std::{fmt, net::SocketAddr, path::PathBuf};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// A text that nobody but its service may see: `Debug` does not show it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The text itself, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "(not set)" } else { "(set)" })
    }
}

/// How data are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OutputFormat {
    /// For people.
    Text,
    /// For programs: one JSON value, or one a line for lists.
    Json,
}

/// How log lines are written (to standard error).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// `[store]`: where the truth lives.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StoreSettings {
    /// `postgres://user:password@host/database`; empty: the embedded SQLite file in the data directory.
    pub url: String,
}

/// `[index]`: the rebuildable copy that answers lookups.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IndexSettings {
    /// Its directory; empty: `index` in the data directory.
    pub dir: PathBuf,
    /// A model's folder in Hugging Face layout; empty: texts are matched by their words only.
    pub model: PathBuf,
}

/// `[server]`: who may connect, and how long they may take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerSettings {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Connections served at once; further ones wait.
    pub max_connections: usize,
    /// Time for a request's headers to arrive.
    pub header_timeout_ms: u64,
    /// Time for a request's body to arrive.
    pub body_timeout_ms: u64,
    /// How long a connection may stay without a request.
    pub idle_timeout_ms: u64,
    /// Time for an answer to begin.
    pub request_timeout_ms: u64,
    /// Time for requests under way to finish after SIGTERM.
    pub drain_timeout_ms: u64,
    /// Proxies whose last `X-Forwarded-For` entry is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Host names answered to; empty: any.
    pub allowed_hosts: Vec<String>,
    /// Requests a minute for a caller without a key.
    pub anonymous_per_minute: u32,
    /// Requests at once for a caller without a key.
    pub anonymous_burst: u32,
    /// The address under which the public reaches this server.
    pub base_url: String,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            max_connections: 1024,
            header_timeout_ms: 10_000,
            body_timeout_ms: 30_000,
            idle_timeout_ms: 30_000,
            request_timeout_ms: 30_000,
            drain_timeout_ms: 10_000,
            trusted_proxies: Vec::new(),
            allowed_hosts: Vec::new(),
            anonymous_per_minute: 600,
            anonymous_burst: 100,
            base_url: String::new(),
        }
    }
}

/// `[lookup]`: how questions are answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LookupSettings {
    /// Candidates returned at the most.
    pub candidates: usize,
}

impl Default for LookupSettings {
    fn default() -> Self {
        Self { candidates: 5 }
    }
}

/// `[reports]`: requests for a check by the public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReportSettings {
    /// Reports an hour for a caller without a key.
    pub per_hour: u32,
    /// Of these at once.
    pub burst: u32,
}

impl Default for ReportSettings {
    fn default() -> Self {
        Self {
            per_hour: 20,
            burst: 10,
        }
    }
}

/// `[crawl]`: how politely and how much.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CrawlSettings {
    /// A page or mail address that tells site owners who we are; part of the User-Agent.
    pub contact: String,
    /// Shortest time between two requests to one host.
    pub min_delay_ms: u64,
    /// Hosts visited at once.
    pub concurrency: usize,
    /// Time from one visit of a source to the next, if it brings something each time.
    pub interval_ms: u64,
    /// The same of a source that never does; others lie between.
    pub max_interval_ms: u64,
    /// Pages fetched in one run at the most.
    pub max_pages_per_run: u32,
    /// Pages fetched from one host in one run at the most.
    pub max_pages_per_host: u32,
    /// How long one visit listens to a stream; also `crawl --max-time`, in seconds.
    pub listen_ms: u64,
    /// How long a host stays reserved for a run that gives no sign of life.
    pub lease_ms: u64,
    /// The key under which accounts become pseudonyms, the same on every machine that crawls into one store; empty: `account.key` in the
    /// data directory, made on first use.
    pub account_key: Secret,
    /// The key for the Google Fact Check Tools API.
    pub google_fact_check_key: Secret,
    /// A folder in which everything that is fetched is kept as WARC files; also `crawl --archive`. Empty: nothing is kept, and copies
    /// are looked for in `archive` in the data directory.
    pub archive: PathBuf,
    /// A WARC file that would exceed so many bytes is ended, and the next one begun.
    pub archive_file_bytes: u64,
    /// Most bytes of all WARC files in the folder; what would exceed them is crawled and not kept.
    pub archive_budget_bytes: u64,
}

impl Default for CrawlSettings {
    fn default() -> Self {
        Self {
            contact: String::new(),
            min_delay_ms: 1000,
            concurrency: 8,
            interval_ms: 15 * 60 * 1000,
            max_interval_ms: 6 * 60 * 60 * 1000,
            max_pages_per_run: 5000,
            max_pages_per_host: 500,
            listen_ms: 30_000,
            lease_ms: 60_000,
            account_key: Secret::default(),
            google_fact_check_key: Secret::default(),
            archive: PathBuf::new(),
            archive_file_bytes: 1_000_000_000,
            archive_budget_bytes: 50_000_000_000,
        }
    }
}

/// `[net]`: what the one guarded HTTP client may reach and take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NetSettings {
    /// For development: loopback addresses, networks or host:port pairs that may be fetched, separated by commas.
    pub allow_loopback: String,
    /// Ports that may be connected to.
    pub allow_ports: Vec<u16>,
    /// Time for one fetch, redirects and body included.
    pub timeout_ms: u64,
    /// Largest body taken, in bytes, on the wire and after decompression.
    pub max_body_bytes: u64,
    /// Largest file taken (ClaimReview data, sitemaps), in bytes, on the wire and after decompression. It goes to a temporary file.
    pub max_file_bytes: u64,
}

impl Default for NetSettings {
    fn default() -> Self {
        Self {
            allow_loopback: String::new(),
            allow_ports: vec![80, 443],
            timeout_ms: 30_000,
            max_body_bytes: 8 * 1024 * 1024,
            max_file_bytes: 4 * 1024 * 1024 * 1024,
        }
    }
}

/// `[retention]`: for how many days each kind of thing is kept; 0: for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RetentionSettings {
    /// What a document says in which no claim with a fact-check was seen: title, text, author, quotes. Its address and the hash
    /// of its content stay.
    pub unanswered_days: u32,
    /// Title, text and author of a document in which a claim with a fact-check was seen. The quotes stay.
    pub answered_days: u32,
    /// Records of the archive that no claim with a fact-check was read from.
    pub copies_days: u32,
    /// The words and addresses of requests for a check, and those of claims that nobody else says. Receipts still tell what
    /// became of them.
    pub requests_days: u32,
}

impl Default for RetentionSettings {
    fn default() -> Self {
        Self {
            unanswered_days: 90,
            answered_days: 90,
            copies_days: 90,
            requests_days: 365,
        }
    }
}

/// `[log]`: what is said on standard error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogSettings {
    /// A filter as `tracing` reads it: `warn`, `info`, `klarstelle=debug`. Empty: `info` for `serve`, `error` for other commands.
    pub filter: String,
    /// How lines are written.
    pub format: LogFormat,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            filter: String::new(),
            format: LogFormat::Text,
        }
    }
}
