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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(items: &str) -> Vec<FeedItem> {
        let feed = format!(
            "<?xml version='1.0' encoding='latin1'?><rss version='2.0'><channel><language>de-DE</language>{items}</channel></rss>"
        );
        feed_at(feed.as_bytes())
    }

    fn feed_at(bytes: &[u8]) -> Vec<FeedItem> {
        feed(bytes, &WebUrl::parse("https://blatt.example/feed").unwrap()).unwrap()
    }

    #[test]
    fn an_item_is_read_whole() {
        let found = read(
            "<item><title>Gr&#246;&#223;er &amp;amp; &lt;b&gt;teurer&lt;/b&gt;</title><link> /a?x=1 </link><guid>g1</guid>
             <description><![CDATA[<p>Eins</p><p>Zwei<script>x</script></p>]]></description>
             <pubDate>Fri, 20 Nov 2026 08:00:00 +0100</pubDate></item>",
        );
        let wanted = FeedItem {
            url: Some(WebUrl::parse("https://blatt.example/a?x=1").unwrap()),
            id: "g1".into(),
            title: "Größer & teurer".into(),
            summary: "Eins\nZwei".into(),
            lang: Some(Lang::DE),
            published_at: Timestamp::parse("2026-11-20T07:00:00Z"),
        };
        assert_eq!(found, [wanted]);
    }

    #[test]
    fn what_has_no_name_gets_one_that_stays() {
        let items = "<item><title>A</title></item><item><title>B</title></item><item><link>/c</link></item>";
        let ids = |items: &str| read(items).into_iter().map(|item| item.id).collect::<Vec<_>>();
        assert_eq!(ids(items), ids(items));
        assert_eq!(ids(items)[2], "https://blatt.example/c");
        assert_eq!(read(items).len(), 3);
    }

    #[test]
    fn dates_that_cannot_be_are_none() {
        for date in [
            "-1",
            "9999-01-01T00:00:00Z",
            "Thu, 01 Jan 0001 00:00:00 GMT",
            "gestern",
            "",
        ] {
            let found = read(&format!("<item><link>/a</link><pubDate>{date}</pubDate></item>"));
            assert_eq!(found[0].published_at, None, "{date}");
        }
    }

    #[test]
    fn an_endless_feed_is_cut() {
        let items: Vec<String> = (0..MAX_ITEMS + 5)
            .map(|i| format!("<item><link>/{i}</link></item>"))
            .collect();
        assert_eq!(read(&items.concat()).len(), MAX_ITEMS);
    }

    #[test]
    fn declared_encodings_are_believed() {
        let feed = |label: &str, title: &[u8]| {
            let head = format!("<?xml version='1.0' encoding='{label}'?><rss version='2.0'><channel><item><title>");
            feed_at(&[head.as_bytes(), title, b"</title></item></channel></rss>"].concat())[0]
                .title
                .clone()
        };
        assert_eq!(feed("ISO-8859-1", b"Gr\xf6\xdfe"), "Größe");
        assert_eq!(feed("windows-1254", b"Bo\xf0az"), "Boğaz");
        assert_eq!(feed("UTF-8", b"Gr\xf6\xdfe"), "Gr\u{fffd}\u{fffd}e");
    }

    #[test]
    fn entities_are_never_expanded() {
        let laughs = "<!DOCTYPE rss [<!ENTITY a 'haha'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c SYSTEM 'file:///etc/hostname'>]>\
             <rss version='2.0'><channel><item><title>x &b; &c; y</title><link>/a</link></item></channel></rss>";
        let url = WebUrl::parse("https://blatt.example/feed").unwrap();
        let titles: Vec<String> = feed(laughs.as_bytes(), &url)
            .unwrap_or_default()
            .into_iter()
            .map(|i| i.title)
            .collect();
        assert!(
            titles.iter().all(|title| !title.contains("haha") && title.len() < 20),
            "{titles:?}"
        );
    }
}
