//! A section of a site: the pages under an address, found by following links from it, a few links deep. `#depth=2` at the end
//! of the address says how deep; a fragment is never sent to a server.

use std::collections::HashSet;

use html5ever::local_name;
use scraper::{ElementRef, Html};
use url::Url;

use super::{Findings, Found, Kind, Located, Plan, base_of, findings, page, problem};
use crate::{
    domain::{SourceKind, WebUrl},
    extract,
    net::Fetched,
};

/// How deep links are followed unless the address says so, and at the most.
const DEPTH: u32 = 3;
const MAX_DEPTH: u32 = 10;

/// Most links of a page that are followed.
const MAX_LINKS: usize = 1000;

/// Endings of addresses at which there is nothing to read.
const NO_PAGES: &[&str] = &[
    ".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".ico", ".css", ".js", ".mp3", ".mp4", ".webm", ".zip", ".gz",
    ".pdf", ".doc", ".docx", ".xls", ".xlsx", ".woff2",
];

pub(super) struct Section;

impl Kind for Section {
    fn name(&self) -> SourceKind {
        SourceKind::named("section")
    }

    fn about(&self) -> &'static str {
        "the pages under an address, by following links; #depth=2 at its end says how deep (3 unless said)"
    }

    fn endpoints(&self) -> &'static [&'static str] {
        &["any address of a page"]
    }

    fn locate(&self, url: &WebUrl) -> Located {
        match asked_depth(url) {
            Some(0) | None => Located::No("#depth= is a number from 1 to 10"),
            Some(_) => Located::Possible(url.clone()),
        }
    }

    fn plan(&self, source: &WebUrl) -> Plan {
        Plan {
            depth: asked_depth(source).unwrap_or(DEPTH),
            ..Plan::ask(source.clone(), page::ACCEPT)
        }
    }

    /// The section's own page changes with each article: it names pages and is no document.
    fn read(&self, source: &WebUrl, answer: &Fetched) -> Findings {
        match links(source, answer) {
            Ok(links) if links.is_empty() => problem("links to nothing under its own address"),
            Ok(links) => findings(links.into_iter().map(Found::Page)),
            Err(error) => problem(error.to_string()),
        }
    }

    fn read_page(&self, source: &WebUrl, answer: &Fetched) -> Findings {
        let mut linked = None;
        let found = page::findings_and(answer, |tree| linked = Some(links_of(source, answer, tree)));
        // What was not taken for a page by its looks may have links all the same.
        let links = linked.unwrap_or_else(|| links(source, answer).unwrap_or_default());
        findings(found.chain(links.into_iter().map(Found::Page)))
    }
}

fn asked_depth(url: &WebUrl) -> Option<u32> {
    let url = url.to_url();
    let Some(depth) = url.fragment().and_then(|fragment| fragment.strip_prefix("depth=")) else {
        return Some(DEPTH);
    };
    depth.parse().ok().filter(|depth| *depth <= MAX_DEPTH)
}

/// The pages under the section's address that a page links to, in its order, once each.
fn links(source: &WebUrl, answer: &Fetched) -> Result<Vec<WebUrl>, extract::Refused> {
    let text = extract::decode(&answer.body, answer.content_type.as_deref()).text;
    Ok(links_of(source, answer, &extract::html(&text)?))
}

fn links_of(source: &WebUrl, answer: &Fetched, page: &Html) -> Vec<WebUrl> {
    let (base, section) = (base_of(page, &answer.url).to_url(), source.to_url());
    let (mut hrefs, mut seen) = (HashSet::new(), HashSet::from([source.key()]));
    let links = extract::named(page, local_name!("a"))
        .filter(|link| !says_nofollow(*link))
        .filter_map(|link| extract::attribute(link, &local_name!("href")));
    // Menus repeat themselves, and most links lead elsewhere: what is kept is parsed once more to be checked.
    let links = links
        .filter(|href| hrefs.insert(*href))
        .filter_map(|href| base.join(href.trim()).ok());
    let links = links
        .filter(|url| is_under(url, &section))
        .filter_map(|url| WebUrl::try_from(without_fragment(url)).ok());
    links.filter(|url| seen.insert(url.key())).take(MAX_LINKS).collect()
}

fn says_nofollow(link: ElementRef<'_>) -> bool {
    let rel = extract::attribute(link, &local_name!("rel")).unwrap_or_default();
    rel.split_ascii_whitespace()
        .any(|word| word.eq_ignore_ascii_case("nofollow"))
}

fn without_fragment(mut url: Url) -> Url {
    url.set_fragment(None);
    url
}

/// `/politik` and `/politik/` hold `/politik/a`, not `/politikum`. The scheme does not count, the host does.
fn is_under(url: &Url, section: &Url) -> bool {
    let folder = section.path().trim_end_matches('/');
    let rest = url.path().strip_prefix(folder);
    let is_file = || {
        let ending = url.path().rfind('.').map(|at| &url.path()[at..]);
        ending.is_some_and(|ending| NO_PAGES.iter().any(|file| file.eq_ignore_ascii_case(ending)))
    };
    url.host_str() == section.host_str()
        && url.port() == section.port()
        && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        && !is_file()
}
