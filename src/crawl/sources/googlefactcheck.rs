//! The Google Fact Check Tools API as a source: `claims:search` by words, publisher and language
//! (<https://developers.google.com/fact-check/tools/api/reference/rest/v1alpha1/claims/search>). The operator's key goes into
//! a header, never into an address, and only to Google's own host.

use serde_json::Value;
use url::Host;

use super::{Findings, Found, Kind, Located, Plan, findings, parameter, problem, with_default, with_parameter};
use crate::{
    domain::{ClaimText, ExternalFactCheck, Lang, Publisher, Rating, SourceKind, WebUrl},
    extract,
    net::Fetched,
};

const HOST: &str = "factchecktools.googleapis.com";

const PATH: &str = "/v1alpha1/claims:search";

/// Fact-checks asked for at once; without it the API gives 10.
const PAGE_SIZE: &str = "50";

/// Longest title, rating and name taken, in characters.
const MAX_CHARS: usize = 500;

/// Most claims of one answer that are read.
const MAX_CLAIMS: usize = 1000;

pub(super) struct GoogleFactCheck;

impl Kind for GoogleFactCheck {
    fn name(&self) -> SourceKind {
        SourceKind::named("googlefactcheck")
    }

    fn about(&self) -> &'static str {
        "fact-checks that the Google Fact Check Tools API finds (claims:search?query=… or reviewPublisherSiteFilter=…)"
    }

    fn endpoints(&self) -> &'static [&'static str] {
        &["https://factchecktools.googleapis.com/v1alpha1/claims:search"]
    }

    fn locate(&self, url: &WebUrl) -> Located {
        let path = url.to_url().path().replace("%3A", ":").replace("%3a", ":");
        if path != PATH {
            return Located::No("it is asked at /v1alpha1/claims:search");
        }
        if parameter(url, "key").is_some() {
            return Located::Refused(
                "the key belongs into the setting crawl.google_fact_check_key, not into an address",
            );
        }
        let says = |name| parameter(url, name).is_some_and(|value| !value.trim().is_empty());
        if says("query") || says("reviewPublisherSiteFilter") {
            Located::Sure(url.clone())
        } else {
            Located::Refused("the API wants a query= or a reviewPublisherSiteFilter=")
        }
    }

    fn plan(&self, source: &WebUrl) -> Plan {
        Plan {
            answers: 10,
            key: may_see_the_key(source).then_some("x-goog-api-key"),
            ..Plan::ask(with_default(source, "pageSize", PAGE_SIZE), "application/json")
        }
    }

    fn read(&self, _: &WebUrl, answer: &Fetched) -> Findings {
        let value: Value = match serde_json::from_slice(&answer.body) {
            Ok(value) => value,
            Err(error) => return problem(format!("not JSON: {error}")),
        };
        let empty = value.as_object().is_some_and(serde_json::Map::is_empty);
        let Some(claims) = value["claims"].as_array() else {
            // What the API answers when it finds nothing.
            return if empty {
                findings([])
            } else {
                problem("not an answer of claims:search")
            };
        };
        let checks = claims.iter().take(MAX_CLAIMS).flat_map(fact_checks);
        let checks = checks.map(|check| Found::FactCheck(Box::new(check)));
        let token = value["nextPageToken"].as_str().filter(|token| !token.is_empty());
        let next = token.map(|token| Found::Next(with_parameter(&answer.url, "pageToken", token)));
        findings(checks.chain(next).collect::<Vec<_>>())
    }
}

/// Google's host under encryption; or this machine, for development.
fn may_see_the_key(url: &WebUrl) -> bool {
    let url = url.to_url();
    match url.host() {
        Some(Host::Domain(host)) => host == HOST && url.scheme() == "https",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// The fact-checks of one claim. One without a publisher, an address or a claim is passed over.
fn fact_checks(claim: &Value) -> Vec<ExternalFactCheck> {
    let text = claim["text"].as_str().unwrap_or_default();
    let reviews = claim["claimReview"].as_array().into_iter().flatten();
    reviews.filter_map(|review| fact_check(text, review)).collect()
}

fn fact_check(claim: &str, review: &Value) -> Option<ExternalFactCheck> {
    let text = |value: &Value| extract::line(value.as_str().unwrap_or_default(), MAX_CHARS);
    let url = WebUrl::parse(review["url"].as_str()?).ok()?;
    let site = text(&review["publisher"]["site"]);
    let site = Some(site.trim_start_matches("www.").to_owned()).filter(|site| !site.is_empty());
    let name = Some(text(&review["publisher"]["name"])).filter(|name| !name.is_empty());
    let claim_reviewed = ClaimText::parse(&extract::plain(claim)).ok()?.as_str().to_owned();
    let lang = review["languageCode"].as_str().and_then(|tag| tag.parse().ok());
    Some(ExternalFactCheck {
        publisher: Publisher {
            name: name.or_else(|| site.clone())?,
            site,
        },
        url: Some(url),
        identifier: None,
        title: text(&review["title"]),
        description: String::new(),
        lang: lang
            .filter(|&lang| lang != Lang::UND)
            .unwrap_or_else(|| Lang::detect(&claim_reviewed)),
        claim_reviewed,
        rating: Rating {
            text: text(&review["textualRating"]),
            ..Rating::default()
        },
        published_at: review["reviewDate"].as_str().and_then(extract::post_date),
        appearances: Vec::new(),
    })
}
