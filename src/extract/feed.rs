//! RSS, Atom and JSON Feed to items. Entities of a document type are not expanded, nothing is fetched.

mod json_feed;

use std::collections::BTreeSet;

use feed_rs::model::Entry;
use feed_rs::parser::{Builder, ParseFeedError};
use serde::Serialize;

pub(super) use json_feed::is_json_feed;

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
    /// Its language or the feed's.
    pub lang: Option<Lang>,
    /// When it was published, where the feed gives a date that can be; dates ahead of the clock are for the caller to drop.
    pub published_at: Option<Timestamp>,
}

/// Why bytes are no feed.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// Neither RSS nor Atom, or broken within.
    #[error("not a readable feed: {0}")]
    Malformed(#[source] ParseFeedError),
    /// Broken JSON.
    #[error("not a readable feed: {0}")]
    NotJson(#[source] serde_json::Error),
    /// JSON, but no JSON Feed.
    #[error("not a readable feed: no JSON Feed")]
    NoJsonFeed,
}

/// Reads the feed that was found at `url`: RSS 0.9x to 2.0, Atom or JSON Feed, in any encoding that it declares.
pub fn feed(bytes: &[u8], url: &WebUrl) -> Result<Vec<FeedItem>, FeedError> {
    let text = decode(bytes, None).text;
    let items = if text.trim_start().starts_with('{') {
        json_feed::items(&text, url)?
    } else {
        xml_items(&text, url)?
    };
    let mut seen = BTreeSet::new();
    Ok(items.into_iter().filter(|item| seen.insert(item.identity())).collect())
}

impl FeedItem {
    /// Its page, or what the feed knows it by: some feeds give all their items one `guid`.
    fn identity(&self) -> String {
        self.url
            .as_ref()
            .map_or_else(|| self.id.clone(), |url| url.key().to_string())
    }
}

fn xml_items(text: &str, url: &WebUrl) -> Result<Vec<FeedItem>, FeedError> {
    let parser = Builder::new()
        .base_uri(Some(url.as_str()))
        .sanitize_content(false)
        .id_generator(|_, _, _| String::new())
        .timestamp_parser(|text| {
            date::lenient(text).and_then(|t| chrono::DateTime::from_timestamp_millis(t.as_millis()))
        })
        .build();
    let feed = parser
        .parse(without_declaration(text).as_bytes())
        .map_err(FeedError::Malformed)?;
    let lang = feed.language.as_deref().and_then(|tag| tag.parse().ok());
    Ok(feed
        .entries
        .into_iter()
        .take(MAX_ITEMS)
        .map(|entry| item(entry, lang, url))
        .collect())
}

/// The XML declaration names an encoding that is no longer true.
fn without_declaration(text: &str) -> &str {
    let text = text.trim_start();
    text.strip_prefix("<?xml")
        .and_then(|t| t.split_once("?>"))
        .map_or(text, |(_, rest)| rest)
}

fn item(entry: Entry, lang: Option<Lang>, base: &WebUrl) -> FeedItem {
    let url = address(&entry, base);
    let summary = entry
        .summary
        .map(|t| t.content)
        .or_else(|| entry.content.and_then(|c| c.body));
    let words = Words {
        id: entry.id,
        title: entry.title.map(|t| t.content).unwrap_or_default(),
        summary: summary.unwrap_or_default(),
    };
    let published_at = entry
        .published
        .or(entry.updated)
        .map(|t| Timestamp::from_millis(t.timestamp_millis()));
    FeedItem {
        lang,
        published_at,
        ..words.item(url)
    }
}

/// An item's texts as the feed has them.
struct Words {
    id: String,
    title: String,
    summary: String,
}

impl Words {
    /// The item, its texts cleaned and cut, without language and date.
    fn item(&self, url: Option<WebUrl>) -> FeedItem {
        let title = text::line_of_field(&self.title);
        let summary = text::of_field(&self.summary);
        let given = Some(text::one_line(&self.id)).filter(|id| !id.is_empty());
        let named = given.or_else(|| url.as_ref().map(ToString::to_string));
        let id = named.unwrap_or_else(|| Fingerprint::exact(&format!("{title}\n{summary}")).to_string());
        FeedItem {
            url,
            id: text::cut_chars(&id, MAX_LINE_CHARS).to_owned(),
            title: text::cut_chars(&title, MAX_LINE_CHARS).to_owned(),
            summary: text::cut_chars(&summary, MAX_SUMMARY_CHARS).to_owned(),
            lang: None,
            published_at: None,
        }
    }
}

/// The item's page: its first link that is one, else a `guid` that is an address.
fn address(entry: &Entry, base: &WebUrl) -> Option<WebUrl> {
    let page = |rel: Option<&str>| matches!(rel, None | Some("alternate"));
    let mut links = entry.links.iter().filter(|link| page(link.rel.as_deref()));
    let linked = links.find_map(|link| base.join(&link.href).ok());
    linked.or_else(|| WebUrl::parse(&entry.id).ok())
}
