//! Which kinds of source are there, and how is each read? An address that somebody gives comes in; what to ask for, and what
//! an answer holds, goes out.
//!
//! A kind is one file here and one row of [`STANDARD`]. It never fetches: it makes a [`Plan`] and reads answers, so that
//! what is polite and safe stands in one place, for every kind alike.

mod bluesky;
mod claimreview;
mod feed;
mod googlefactcheck;
mod jetstream;
mod mastodon;
mod page;
mod reddit;
mod section;
mod sitemap;
mod telegram;
mod youtube;

use html5ever::local_name;
use scraper::Html;

use crate::{
    domain::{Document, ExternalFactCheck, SourceKind, WebUrl},
    extract,
    net::Fetched,
};

/// All kinds that are built in. An address that more than one is sure of goes to the first.
const STANDARD: &[&dyn Kind] = &[
    &bluesky::Bluesky,
    &googlefactcheck::GoogleFactCheck,
    &jetstream::Jetstream,
    &mastodon::Mastodon,
    &reddit::Reddit,
    &telegram::Telegram,
    &youtube::YouTube,
    &sitemap::Sitemap,
    &feed::Feed,
    &claimreview::ClaimReview,
    &section::Section,
    &page::Page,
];

/// One kind of source.
pub trait Kind: Send + Sync {
    /// Its name: what is stored, and what `--kind` takes.
    fn name(&self) -> SourceKind;

    /// What it is for, in one line.
    fn about(&self) -> &'static str;

    /// The addresses that it asks, as the service documents them.
    fn endpoints(&self) -> &'static [&'static str];

    /// What an address that somebody gives means to this kind.
    fn locate(&self, url: &WebUrl) -> Located;

    /// How a source at this address is asked.
    fn plan(&self, source: &WebUrl) -> Plan;

    /// What an answer holds: the first one or, after [`Found::Next`], a further one.
    fn read(&self, source: &WebUrl, answer: &Fetched) -> Findings;

    /// Where a stream goes on that was read as far as a [cursor](Found::Cursor).
    fn resume(&self, stream: &WebUrl, _cursor: Option<&str>) -> WebUrl {
        stream.clone()
    }

    /// How a page that such a source led to is asked.
    fn page_plan(&self, page: &WebUrl) -> Plan {
        Plan::ask(page.clone(), page::ACCEPT)
    }

    /// What such a page holds. Usually it is read as one of kind [`SourceKind::PAGE`].
    fn read_page(&self, _source: &WebUrl, answer: &Fetched) -> Findings {
        page::findings(answer)
    }
}

/// What an address means to a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Located {
    /// It can be nothing else: it is read at this address.
    Sure(WebUrl),
    /// It may be, if somebody says so: it is read at this address.
    Possible(WebUrl),
    /// It is not, and why.
    No(&'static str),
    /// It can be nothing else, and cannot be read like this: read as anything else it would only disappoint, or give away a key.
    Refused(&'static str),
}

/// How a source or page is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Where the first answer is asked for.
    pub url: WebUrl,
    /// `Accept`.
    pub accept: &'static str,
    /// How many answers one visit asks for at the most.
    pub answers: usize,
    /// How many links away pages are visited: 0 none, 1 those that it names, 2 those that they name too.
    pub depth: u32,
    /// How many new pages one visit adds at the most; the rest waits for the next visit.
    pub new_pages: usize,
    /// How it is asked.
    pub way: Way,
    /// The header in which the operator's key for this kind is shown, if it wants one.
    pub key: Option<&'static str>,
}

/// How something is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By GET; the answer is held in memory.
    Get,
    /// By GET; a long answer goes to a temporary file.
    GetFile,
    /// By a WebSocket that is listened to for a while.
    Listen,
}

impl Plan {
    /// One GET, and nothing beyond the answer.
    pub const fn ask(url: WebUrl, accept: &'static str) -> Self {
        Self {
            url,
            accept,
            answers: 1,
            depth: 0,
            new_pages: 200,
            way: Way::Get,
            key: None,
        }
    }
}

/// Something that an answer holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// A page, the most important first. Visited if the plan says so.
    Page(WebUrl),
    /// A document.
    Document(Box<Document>),
    /// Another publisher's fact-check.
    FactCheck(Box<ExternalFactCheck>),
    /// Where the answer goes on.
    Next(WebUrl),
    /// The answer only points on, and may stay as it is while there is news where it points: it is asked for in full again.
    Pointer,
    /// How far a stream was read.
    Cursor(String),
    /// Why some or all of it cannot be read. If nothing else was found, the visit has failed.
    Problem(String),
}

/// What an answer holds, one by one: a file of any size is never in memory as a whole.
pub type Findings = Box<dyn Iterator<Item = Found> + Send>;

/// Findings that are all there.
pub fn findings(found: impl IntoIterator<Item = Found, IntoIter: Send + 'static>) -> Findings {
    Box::new(found.into_iter())
}

/// Findings that are nothing but a problem.
pub fn problem(reason: impl Into<String>) -> Findings {
    findings([Found::Problem(reason.into())])
}

/// The kinds that a crawler knows.
#[derive(Clone)]
pub struct Sources(Vec<&'static dyn Kind>);

impl Sources {
    /// Those that are built in.
    pub fn standard() -> Self {
        Self(STANDARD.to_vec())
    }

    /// Another kind besides. It is asked before those that are there.
    #[must_use]
    pub fn with(mut self, kind: &'static dyn Kind) -> Self {
        self.0.insert(0, kind);
        self
    }

    /// All of them, in the order in which they are asked about an address.
    pub fn all(&self) -> impl Iterator<Item = &'static dyn Kind> {
        self.0.iter().copied()
    }

    /// The kind of this name.
    pub fn get(&self, name: SourceKind) -> Option<&'static dyn Kind> {
        self.all().find(|kind| kind.name() == name)
    }

    /// The kind that is sure of an address, and where it reads it.
    pub fn recognise(&self, url: &WebUrl) -> Option<(SourceKind, WebUrl)> {
        self.all().find_map(|kind| match kind.locate(url) {
            Located::Sure(at) => Some((kind.name(), at)),
            Located::Possible(_) | Located::No(_) | Located::Refused(_) => None,
        })
    }

    /// The kind that refuses an address, and why.
    pub fn refusal(&self, url: &WebUrl) -> Option<(SourceKind, &'static str)> {
        self.all().find_map(|kind| match kind.locate(url) {
            Located::Refused(why) => Some((kind.name(), why)),
            Located::Sure(_) | Located::Possible(_) | Located::No(_) => None,
        })
    }
}

/// What addresses in a page are relative to: its own, or what its `<base href>` says (HTML Standard, 2.4.1).
pub(super) fn base_of(page: &Html, url: &WebUrl) -> WebUrl {
    let mut bases = extract::named(page, local_name!("base"));
    let href = bases.find_map(|base| extract::attribute(base, &local_name!("href")));
    href.and_then(|href| url.join(href).ok()).unwrap_or_else(|| url.clone())
}

/// The path of an address in lower case, without slashes at its end.
fn path(url: &WebUrl) -> String {
    url.to_url().path().trim_end_matches('/').to_ascii_lowercase()
}

/// A parameter of an address's query.
fn parameter(url: &WebUrl, name: &str) -> Option<String> {
    let url = url.to_url();
    let mut pairs = url.query_pairs();
    pairs
        .find(|(found, _)| found == name)
        .map(|(_, value)| value.into_owned())
}

/// The address with a parameter, instead of the one that it may have.
fn with_parameter(url: &WebUrl, name: &str, value: &str) -> WebUrl {
    let mut changed = url.to_url();
    let kept: Vec<_> = changed
        .query_pairs()
        .into_owned()
        .filter(|(found, _)| found != name)
        .collect();
    changed
        .query_pairs_mut()
        .clear()
        .extend_pairs(kept)
        .append_pair(name, value);
    WebUrl::try_from(changed).unwrap_or_else(|_| url.clone())
}

/// The address with a parameter, unless it has one.
fn with_default(url: &WebUrl, name: &str, value: &str) -> WebUrl {
    match parameter(url, name) {
        Some(_) => url.clone(),
        None => with_parameter(url, name, value),
    }
}

#[cfg(test)]
mod tests;
