//! RSS, Atom and JSON Feed to items. Entities of a document type are not expanded, nothing is fetched.

use std::collections::BTreeSet;

use feed_rs::model::{Entry, Feed};
use feed_rs::parser::{Builder, ParseFeedError};
use serde::Serialize;

use super::decode::decode;
use super::{date, text};
use crate::domain::{Fingerprint, Lang, Timestamp, WebUrl};

/// Most items of a feed that are read.
pub const MAX_ITEMS: usize = 1000;

/// Longest title and identifier, in characters.
const MAX_LINE_CHARS: usize = 500;
/// Longest summary, in characters.
const MAX_SUMMARY_CHARS: usize = 5000;

/// One item of a feed: where there is something to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FeedItem {
    /// Its page.
    pub url: Option<WebUrl>,
    /// What the feed knows it by; its address or a fingerprint of its words where the feed gives nothing.
    pub id: String,
    /// Its headline.
    pub title: String,
    /// Its summary or, lacking one, its content, as plain text.
    pub summary: String,
    /// The feed's language.
    pub lang: Option<Lang>,
    /// When it was published, where the feed gives a date that can be; dates ahead of the clock are for the caller to drop.
    pub published_at: Option<Timestamp>,
}

/// Why bytes are no feed.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// Neither RSS, Atom nor JSON Feed, or broken within.
    #[error("not a readable feed: {0}")]
    Malformed(#[source] ParseFeedError),
}

/// Reads the feed that was found at `url`: RSS 0.9x to 2.0, Atom or JSON Feed, in any encoding that it declares.
pub fn feed(bytes: &[u8], url: &WebUrl) -> Result<Vec<FeedItem>, FeedError> {
    let text = decode(bytes, None).text;
    let parser = Builder::new()
        .base_uri(Some(url.as_str()))
        .sanitize_content(false)
        .id_generator(|_, _, _| String::new())
        .timestamp_parser(|text| {
            date::lenient(text).and_then(|t| chrono::DateTime::from_timestamp_millis(t.as_millis()))
        })
        .build();
    let feed = parser
        .parse(without_declaration(&text).as_bytes())
        .map_err(FeedError::Malformed)?;
    Ok(items(feed, url))
}

/// Whether bytes look like a JSON Feed (jsonfeed.org).
pub(super) fn is_json_feed(bytes: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Version {
        version: String,
    }
    serde_json::from_slice(bytes).is_ok_and(|v: Version| v.version.contains("://jsonfeed.org/"))
}

/// The XML declaration names an encoding that is no longer true.
fn without_declaration(text: &str) -> &str {
    let text = text.trim_start();
    text.strip_prefix("<?xml")
        .and_then(|t| t.split_once("?>"))
        .map_or(text, |(_, rest)| rest)
}

fn items(feed: Feed, url: &WebUrl) -> Vec<FeedItem> {
    let lang = feed.language.as_deref().and_then(|tag| tag.parse().ok());
    let mut seen = BTreeSet::new();
    let items = feed
        .entries
        .into_iter()
        .take(MAX_ITEMS)
        .map(|entry| item(entry, lang, url));
    items
        .filter(|item| seen.insert((item.id.clone(), item.url.clone())))
        .collect()
}

fn item(entry: Entry, lang: Option<Lang>, base: &WebUrl) -> FeedItem {
    let url = address(&entry, base);
    let title = entry.title.map(|t| text::line_of_field(&t.content)).unwrap_or_default();
    let summary = entry
        .summary
        .map(|t| t.content)
        .or_else(|| entry.content.and_then(|c| c.body));
    let summary = summary.map(|s| text::of_field(&s)).unwrap_or_default();
    let given = text::one_line(&entry.id);
    let named = Some(given)
        .filter(|id| !id.is_empty())
        .or_else(|| url.as_ref().map(ToString::to_string));
    let id = named.unwrap_or_else(|| Fingerprint::exact(&format!("{title}\n{summary}")).to_string());
    FeedItem {
        url,
        id: text::cut_chars(&id, MAX_LINE_CHARS).to_owned(),
        title: text::cut_chars(&title, MAX_LINE_CHARS).to_owned(),
        summary: text::cut_chars(&summary, MAX_SUMMARY_CHARS).to_owned(),
        lang,
        published_at: entry
            .published
            .or(entry.updated)
            .map(|t| Timestamp::from_millis(t.timestamp_millis())),
    }
}

/// The item's page: its first link that is one, else a `guid` that is an address.
fn address(entry: &Entry, base: &WebUrl) -> Option<WebUrl> {
    let page = |rel: Option<&str>| matches!(rel, None | Some("alternate"));
    let links = entry.links.iter().filter(|link| page(link.rel.as_deref()));
    let linked = links.filter_map(|link| base.join(&link.href).ok()).next();
    linked.or_else(|| WebUrl::parse(&entry.id).ok())
}
