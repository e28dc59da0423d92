//! Bluesky by its public XRPC: a search (<https://docs.bsky.app/docs/api/app-bsky-feed-search-posts>) or an account's posts
//! (<https://docs.bsky.app/docs/api/app-bsky-feed-get-author-feed>). Authors who ask not to be shown to people without an
//! account (`!no-unauthenticated`) are not read.

use serde_json::Value;

use super::{Findings, Found, Kind, Located, Plan, findings, parameter, problem, with_default, with_parameter};
use crate::{
    domain::{Document, SourceKind, WebUrl},
    extract::{RawPost, SOMEONE},
    net::Fetched,
};

const API: &str = "https://public.api.bsky.app/xrpc/";

const SEARCH: &str = "/xrpc/app.bsky.feed.searchPosts";

const AUTHOR: &str = "/xrpc/app.bsky.feed.getAuthorFeed";

/// Most posts that one answer holds.
const LIMIT: &str = "100";

/// Most posts of one answer that are read.
const MAX_POSTS: usize = 200;

pub(super) struct Bluesky;

impl Kind for Bluesky {
    fn name(&self) -> SourceKind {
        SourceKind::named("bluesky")
    }

    fn about(&self) -> &'static str {
        "a Bluesky search (bsky.app/search?q=…, /hashtag/…) or account (bsky.app/profile/…)"
    }

    fn endpoints(&self) -> &'static [&'static str] {
        &[
            "https://public.api.bsky.app/xrpc/app.bsky.feed.searchPosts",
            "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed",
        ]
    }

    fn locate(&self, url: &WebUrl) -> Located {
        let says = |name| parameter(url, name).is_some_and(|value| !value.trim().is_empty());
        let parsed = url.to_url();
        match parsed.path() {
            SEARCH if says("q") => return Located::Sure(url.clone()),
            SEARCH => return Located::Refused("a search wants a q="),
            AUTHOR if says("actor") => return Located::Sure(url.clone()),
            AUTHOR => return Located::Refused("an account's posts want an actor="),
            _ => {}
        }
        match parsed.host_str() {
            Some("bsky.app" | "www.bsky.app") => for_people(url).map_or(
                Located::Refused("neither a search, a hashtag nor an account"),
                Located::Sure,
            ),
            _ => Located::No("it is at bsky.app or /xrpc/app.bsky.feed.…"),
        }
    }

    fn plan(&self, source: &WebUrl) -> Plan {
        let url = with_default(source, "limit", LIMIT);
        let url = if url.to_url().path() == AUTHOR {
            with_default(&url, "filter", "posts_no_replies")
        } else {
            with_default(&url, "sort", "latest")
        };
        Plan {
            answers: 3,
            ..Plan::ask(url, "application/json")
        }
    }

    fn read(&self, _: &WebUrl, answer: &Fetched) -> Findings {
        let value: Value = match serde_json::from_slice(&answer.body) {
            Ok(value) => value,
            Err(error) => return problem(format!("not JSON: {error}")),
        };
        let Some(posts) = value["posts"].as_array().or_else(|| value["feed"].as_array()) else {
            return problem("not a list of Bluesky posts");
        };
        let documents = posts.iter().take(MAX_POSTS).filter_map(post);
        let documents = documents.map(|document| Found::Document(Box::new(document)));
        let cursor = value["cursor"]
            .as_str()
            .filter(|cursor| !cursor.is_empty() && !posts.is_empty());
        let next = cursor.map(|cursor| Found::Next(with_parameter(&answer.url, "cursor", cursor)));
        findings(documents.chain(next).collect::<Vec<_>>())
    }
}

/// The API's address for one that people see.
fn for_people(url: &WebUrl) -> Option<WebUrl> {
    let api = WebUrl::parse(API).ok()?;
    let parsed = url.to_url();
    let parts: Vec<_> = parsed.path_segments()?.filter(|part| !part.is_empty()).collect();
    match parts[..] {
        ["search"] => {
            let words = parameter(url, "q").filter(|words| !words.trim().is_empty())?;
            Some(with_parameter(&api.join(SEARCH).ok()?, "q", &words))
        }
        ["hashtag", tag] => {
            // Its percent-encoding is undone by asking the query parser.
            let tag = parameter(&api.join(&format!("?tag={tag}")).ok()?, "tag")?;
            Some(with_parameter(&api.join(SEARCH).ok()?, "q", &format!("#{tag}")))
        }
        ["profile", actor] => Some(with_parameter(&api.join(AUTHOR).ok()?, "actor", actor)),
        _ => None,
    }
}

/// A `postView`, or a `feedViewPost` around one; reposts are not read.
fn post(item: &Value) -> Option<Document> {
    if !item["reason"].is_null() {
        return None;
    }
    let post = if item["post"].is_object() { &item["post"] } else { item };
    let labels = post["author"]["labels"].as_array();
    let hides = labels.is_some_and(|labels| labels.iter().any(|label| label["val"] == "!no-unauthenticated"));
    if hides {
        return None;
    }
    let (did, key) = post["uri"]
        .as_str()?
        .strip_prefix("at://")?
        .split_once("/app.bsky.feed.post/")?;
    document(did, key, &post["record"])
}

/// A record of `app.bsky.feed.post` (<https://docs.bsky.app/docs/advanced-guides/posts>). Its address names the account by
/// its permanent identifier; the handle is not kept.
pub(super) fn document(did: &str, key: &str, record: &Value) -> Option<Document> {
    let is_plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:~-".contains(&b));
    if !did.starts_with("did:") || !is_plain(did) || key.is_empty() || !is_plain(key) {
        return None;
    }
    let langs = record["langs"].as_array();
    let langs: Vec<_> = langs.into_iter().flatten().filter_map(Value::as_str).collect();
    // Of several languages none is that of the text.
    let lang = if let [lang] = langs[..] { Some(lang) } else { None };
    RawPost {
        url: WebUrl::parse(&format!("https://bsky.app/profile/{did}/post/{key}")).ok()?,
        title: "",
        text: &escaped(&words(record)?),
        lang,
        published: record["createdAt"].as_str().unwrap_or_default(),
        account: Some(did),
    }
    .document()
}

/// The text is plain: what looks like markup in it is none.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('\n', "<br>")
}

/// The text with accounts' names blotted out. Facets give their places in bytes of UTF-8.
fn words(record: &Value) -> Option<String> {
    let mut text = record["text"].as_str()?.to_owned();
    let facets = record["facets"].as_array().into_iter().flatten();
    let mut mentions: Vec<_> = facets.filter(|facet| is_mention(facet)).filter_map(range).collect();
    mentions.sort_by_key(|range| std::cmp::Reverse(range.start));
    for range in mentions {
        if text.get(range.clone()).is_some() {
            text.replace_range(range, SOMEONE);
        }
    }
    Some(text)
}

fn is_mention(facet: &Value) -> bool {
    let features = facet["features"].as_array().into_iter().flatten();
    features
        .into_iter()
        .any(|feature| feature["$type"] == "app.bsky.richtext.facet#mention")
}

fn range(facet: &Value) -> Option<std::ops::Range<usize>> {
    let place = |name: &str| usize::try_from(facet["index"][name].as_u64()?).ok();
    let (start, end) = (place("byteStart")?, place("byteEnd")?);
    (start < end).then_some(start..end)
}
