//! A single page: its article, and the fact-checks in its ClaimReview markup.

use scraper::Html;

use super::{Findings, Found, Kind, Located, Plan};
use crate::{
    domain::{SourceKind, WebUrl},
    extract,
    net::Fetched,
};

/// What a page is asked for as.
pub(super) const ACCEPT: &str = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5";

pub(super) struct Page;

impl Kind for Page {
    fn name(&self) -> SourceKind {
        SourceKind::PAGE
    }

    fn about(&self) -> &'static str {
        "one page: its article, and its ClaimReview markup"
    }

    fn endpoints(&self) -> &'static [&'static str] {
        &["any address of a page"]
    }

    fn locate(&self, url: &WebUrl) -> Located {
        Located::Possible(url.clone())
    }

    fn plan(&self, source: &WebUrl) -> Plan {
        Plan::ask(source.clone(), ACCEPT)
    }

    fn read(&self, _: &WebUrl, answer: &Fetched) -> Findings {
        findings(answer)
    }
}

/// What a page holds. A fact-check's own page repeats the claim in order to refute it: it is no sighting.
pub(super) fn findings(answer: &Fetched) -> Findings {
    findings_and(answer, |_| ())
}

/// The same; whoever wants something else of the page has a look at its tree, if it is one.
pub(super) fn findings_and(answer: &Fetched, look: impl FnOnce(&Html)) -> Findings {
    let found = extract::read_and(&answer.body, answer.content_type.as_deref(), &answer.url, look);
    let document = found.document.filter(|_| found.reviews.is_empty());
    let reviews = found
        .reviews
        .into_iter()
        .map(|review| Found::FactCheck(Box::new(review)));
    let document = document.map(|document| Found::Document(Box::new(document)));
    let problems = found
        .problems
        .into_iter()
        .map(|problem| Found::Problem(problem.to_string()));
    let all: Vec<_> = reviews.chain(document).chain(problems).collect();
    super::findings(all)
}
