//! Mastodon timelines: of a hashtag, an account, or a whole server (<https://docs.joinmastodon.org/methods/timelines/>,
//! <https://docs.joinmastodon.org/methods/accounts/>). An account that is known by its name only is looked up first.

use serde_json::Value;

use super::{Findings, Found, Kind, Located, Plan, findings, problem, with_default};
use crate::{
    domain::{SourceKind, WebUrl},
    extract,
    net::Fetched,
};

/// What the API is asked for as.
const ACCEPT: &str = "application/json";

/// Most posts that one answer holds.
const LIMIT: &str = "40";

const LOOKUP: &str = "/api/v1/accounts/lookup";

pub(super) struct Mastodon;

impl Kind for Mastodon {
    fn name(&self) -> SourceKind {
        SourceKind::named("mastodon")
    }

    fn about(&self) -> &'static str {
        "a Mastodon timeline: a hashtag (/tags/…), an account (/@…), a server (/public/local)"
    }

    fn endpoints(&self) -> &'static [&'static str] {
        &[
            "/api/v1/timelines/tag/:hashtag",
            "/api/v1/timelines/public?local=true",
            "/api/v1/accounts/lookup?acct=:name",
            "/api/v1/accounts/:id/statuses",
        ]
    }

    fn locate(&self, url: &WebUrl) -> Located {
        let path = url.to_url().path().trim_end_matches('/').to_owned();
        if path.starts_with("/api/v1/timelines/") || is_account(&path) {
            return Located::Sure(url.clone());
        }
        api_address(url, &path).map_or(
            Located::No("a timeline is at /tags/…, /@…, /public/local or /api/v1/…"),
            Located::Possible,
        )
    }

    fn plan(&self, source: &WebUrl) -> Plan {
        if source.to_url().path() == LOOKUP {
            return Plan {
                answers: 4,
                ..Plan::ask(source.clone(), ACCEPT)
            };
        }
        Plan {
            answers: 3,
            ..Plan::ask(with_default(source, "limit", LIMIT), ACCEPT)
        }
    }

    fn read(&self, _: &WebUrl, answer: &Fetched) -> Findings {
        if answer.url.to_url().path() == LOOKUP {
            return statuses_of(answer);
        }
        match extract::mastodon(&answer.body, &answer.url) {
            Ok(posts) => {
                let posts = posts.into_iter().map(|post| Found::Document(Box::new(post.document)));
                findings(posts.chain(answer.next.clone().map(Found::Next)))
            }
            Err(error) => problem(error.to_string()),
        }
    }
}

fn is_account(path: &str) -> bool {
    path == LOOKUP || (path.starts_with("/api/v1/accounts/") && path.ends_with("/statuses"))
}

/// The API's address for one that people see.
fn api_address(url: &WebUrl, path: &str) -> Option<WebUrl> {
    if path == "/public/local" {
        return url.join("/api/v1/timelines/public?local=true").ok();
    }
    if let Some(tag) = path.strip_prefix("/tags/").filter(|tag| !tag.contains('/')) {
        return url.join(&format!("/api/v1/timelines/tag/{tag}")).ok();
    }
    let name = path
        .strip_prefix("/@")
        .filter(|name| !name.contains('/') && !name.is_empty())?;
    url.join(&format!("{LOOKUP}?acct={name}")).ok()
}

/// Where the posts of an account are that was looked up by its name. Of the account only its identifier is read.
fn statuses_of(answer: &Fetched) -> Findings {
    let account: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let id = account.as_ref().and_then(|account| account["id"].as_str());
    let id = id.filter(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric()));
    let path = |id| format!("/api/v1/accounts/{id}/statuses?exclude_reblogs=true&limit={LIMIT}");
    match id.and_then(|id| answer.url.join(&path(id)).ok()) {
        Some(url) => findings([Found::Pointer, Found::Next(url)]),
        None => problem("not a Mastodon account"),
    }
}
