//! schema.org ClaimReview: a page with JSON-LD in it, or a file (JSON-LD, a `DataFeed`, NDJSON; gzip too) of any size.

use super::{Findings, Found, Kind, Located, Plan, Way, findings, page, path, problem};
use crate::{
    domain::{SourceKind, WebUrl},
    extract::{self, Defaults, MediaKind},
    net::Fetched,
};

/// Endings of addresses at which such files are.
const ENDINGS: &[&str] = &[".json", ".jsonld", ".ndjson", ".jsonl"];

/// Most that is read of a file that was packed: gzip makes a thousand bytes of one.
const MAX_UNPACKED: u64 = 16 << 30;

pub(super) struct ClaimReview;

impl Kind for ClaimReview {
    fn name(&self) -> SourceKind {
        SourceKind::named("claimreview")
    }

    fn about(&self) -> &'static str {
        "fact-checks as ClaimReview: a page with JSON-LD, a DataFeed or NDJSON file of any size"
    }

    fn endpoints(&self) -> &'static [&'static str] {
        &["any address of a page or file"]
    }

    fn locate(&self, url: &WebUrl) -> Located {
        let path = path(url);
        let path = path.trim_end_matches(".gz");
        if ENDINGS.iter().any(|ending| path.ends_with(ending)) {
            Located::Sure(url.clone())
        } else {
            Located::Possible(url.clone())
        }
    }

    fn plan(&self, source: &WebUrl) -> Plan {
        const ACCEPT: &str =
            "application/ld+json, application/json;q=0.9, application/x-ndjson;q=0.9, text/html;q=0.8, */*;q=0.5";
        Plan {
            way: Way::GetFile,
            ..Plan::ask(source.clone(), ACCEPT)
        }
    }

    fn read(&self, _: &WebUrl, answer: &Fetched) -> Findings {
        let is_page = extract::sniff(&answer.body, answer.content_type.as_deref()) == MediaKind::Html;
        if is_page { page::findings(answer) } else { rows(answer) }
    }
}

/// The rows of a file. Unreadable ones are told; the rest lands.
fn rows(answer: &Fetched) -> Findings {
    let input = match answer.reader(MAX_UNPACKED) {
        Ok(input) => input,
        Err(error) => return problem(error.to_string()),
    };
    findings(
        extract::Reader::new(input, Defaults::of(&answer.url)).map(|row| match row {
            Ok(check) => Found::FactCheck(Box::new(check)),
            Err(row) => Found::Problem(format!("line {}: {}", row.line, row.reason)),
        }),
    )
}
