//! JSON Feed 1.0 and 1.1 (jsonfeed.org), item by item: one of a wrong type costs only itself.

use serde_json::Value;

use super::super::date;
use super::{FeedError, FeedItem, MAX_ITEMS, Words};
use crate::domain::{Lang, WebUrl};

/// Whether bytes look like a JSON Feed.
pub(in super::super) fn is_json_feed(bytes: &[u8]) -> bool {
    serde_json::from_slice(bytes).is_ok_and(|feed| is_feed(&feed))
}

fn is_feed(feed: &Value) -> bool {
    feed["version"]
        .as_str()
        .is_some_and(|version| version.contains("://jsonfeed.org/"))
        && feed["items"].is_array()
}

/// The items of a feed that was found at `base`.
pub(super) fn items(text: &str, base: &WebUrl) -> Result<Vec<FeedItem>, FeedError> {
    let feed: Value = serde_json::from_str(text).map_err(FeedError::NotJson)?;
    if !is_feed(&feed) {
        return Err(FeedError::NoJsonFeed);
    }
    let items = feed["items"].as_array().into_iter().flatten();
    Ok(items
        .filter(|item| item.is_object())
        .take(MAX_ITEMS)
        .map(|value| item(value, lang(&feed), base))
        .collect())
}

fn lang(object: &Value) -> Option<Lang> {
    object["language"].as_str().and_then(|tag| tag.parse().ok())
}

fn item(value: &Value, feed_lang: Option<Lang>, base: &WebUrl) -> FeedItem {
    let text = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| value[name].as_str())
            .unwrap_or_default()
            .to_owned()
    };
    let id = match &value["id"] {
        Value::Number(id) => id.to_string(),
        id => id.as_str().unwrap_or_default().to_owned(),
    };
    let mut addresses = ["url", "external_url"].iter().filter_map(|name| value[name].as_str());
    let url = addresses
        .find_map(|address| base.join(address).ok())
        .or_else(|| WebUrl::parse(&id).ok());
    let words = Words {
        id,
        title: text(&["title"]),
        summary: text(&["summary", "content_text", "content_html"]),
    };
    FeedItem {
        lang: lang(value).or(feed_lang),
        published_at: date::lenient(&text(&["date_published", "date_modified"])),
        ..words.item(url)
    }
}
