//! RSS 0.9x to 2.0, Atom and JSON Feed: a feed names pages, and those are what it is for.

use super::{Findings, Found, Kind, Located, Plan, findings, path, problem};
use crate::{
    domain::{SourceKind, WebUrl},
    extract,
    net::Fetched,
};

/// Endings of addresses at which feeds usually are.
const ENDINGS: &[&str] = &[".xml", ".rss", ".atom", ".rdf", "/feed", "/rss", "/atom", "feed.json"];

pub(super) struct Feed;

impl Kind for Feed {
    fn name(&self) -> SourceKind {
        SourceKind::named("feed")
    }

    fn about(&self) -> &'static str {
        "RSS, Atom or JSON Feed; each item's page is visited"
    }

    fn endpoints(&self) -> &'static [&'static str] {
        &["any address of a feed"]
    }

    fn locate(&self, url: &WebUrl) -> Located {
        let path = path(url);
        if ENDINGS.iter().any(|ending| path.ends_with(ending)) {
            Located::Sure(url.clone())
        } else {
            Located::Possible(url.clone())
        }
    }

    fn plan(&self, source: &WebUrl) -> Plan {
        const ACCEPT: &str = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, application/json;q=0.8, */*;q=0.5";
        Plan {
            depth: 1,
            ..Plan::ask(source.clone(), ACCEPT)
        }
    }

    fn read(&self, _: &WebUrl, answer: &Fetched) -> Findings {
        match extract::feed(&answer.body, &answer.url) {
            Ok(items) => findings(items.into_iter().filter_map(|item| item.url.map(Found::Page))),
            Err(error) => problem(error.to_string()),
        }
    }
}
