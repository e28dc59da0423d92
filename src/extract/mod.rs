//! Fetched bytes come in; documents, fact-checks, feed items and posts go out.
//!
//! Everything here is pure and total: no clock, no network, no panic, whatever the bytes. What could not be read is said
//! as a [`Problem`] or an error value, never left out in silence.

mod article;
mod claimreview;
mod content;
mod date;
mod decode;
mod dom;
mod feed;
mod kind;
mod markup;
mod mastodon;
pub mod measure;
mod media;
mod meta;
mod opml;
mod post;
mod prescan;
mod problem;
mod sniff;
mod text;

use scraper::Html;
use serde::Serialize;

use crate::domain::{Document, ExternalFactCheck, WebUrl};

use article::article_and;
pub use article::{Facts, MAX_PAGE_BYTES, MAX_TEXT_BYTES, Page, article};
pub use claimreview::{Defaults, Reader, Reason, Unreadable};
pub use date::{Dated, not_after};
pub use decode::{Decoded, decode};
pub use dom::{MAX_ATTRIBUTES, MAX_DEPTH, MAX_NODES, Refused, attribute, named};
pub use feed::{FeedError, FeedItem, MAX_ITEMS, feed};
pub use kind::PageKind;
pub use markup::ClaimMarkup;
pub use mastodon::{Post, PostsError, mastodon};
pub use media::{Image, Quote, QuoteKind};
pub use opml::{MAX_OUTLINES, OpmlError, Outline, opml, to_opml};
pub use post::{RawPost, SOMEONE, date as post_date, element_text, html, line, plain};
pub use problem::Problem;
pub use sniff::{MediaKind, sniff};

/// What some bytes of unknown kind hold: what `klarstelle extract` prints.
#[derive(Debug, Default, Serialize)]
pub struct Extracted {
    /// What the bytes are, by their looks.
    pub kind: MediaKind,
    /// What the page says, if they are one: its fields stand beside the others.
    #[serde(flatten)]
    pub facts: Option<Facts>,
    /// The article, if they are a page with one: what `facts` says, as the pipeline takes it.
    #[serde(skip)]
    pub document: Option<Document>,
    /// The fact-checks in their ClaimReview markup.
    pub reviews: Vec<ExternalFactCheck>,
    /// The items, if they are a feed.
    pub items: Vec<FeedItem>,
    /// The posts, if they are a Mastodon timeline.
    pub posts: Vec<Post>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// Reads bytes of unknown kind: a page, a feed, a Mastodon timeline or ClaimReview as JSON. `url` is where they were
/// found: relative addresses are resolved against it, and its host publishes what names no publisher.
pub fn read(bytes: &[u8], content_type: Option<&str>, url: &WebUrl) -> Extracted {
    read_and(bytes, content_type, url, |_| ())
}

/// The same; whoever wants something else of a page, such as its links, has a look at its tree. Parsing is what costs most.
pub fn read_and(bytes: &[u8], content_type: Option<&str>, url: &WebUrl, look: impl FnOnce(&Html)) -> Extracted {
    let kind = sniff(bytes, content_type);
    match kind {
        MediaKind::Html => read_page(bytes, content_type, url, look),
        MediaKind::Xml => read_feed(bytes, url),
        MediaKind::Json => read_json(bytes, url),
        MediaKind::Other => Extracted {
            kind,
            problems: vec![Problem::NotText],
            ..Extracted::default()
        },
    }
}

fn read_page(bytes: &[u8], content_type: Option<&str>, url: &WebUrl, look: impl FnOnce(&Html)) -> Extracted {
    let decoded = decode(bytes, content_type);
    let page = article_and(&decoded.text, url, look);
    let lossy = decoded.lossy.then_some(Problem::Lossy);
    Extracted {
        kind: MediaKind::Html,
        facts: page.facts,
        document: page.document,
        reviews: page.reviews,
        problems: lossy.into_iter().chain(page.problems).collect(),
        ..Extracted::default()
    }
}

fn read_feed(bytes: &[u8], url: &WebUrl) -> Extracted {
    let kind = sniff(bytes, None);
    match feed(bytes, url) {
        Ok(items) => Extracted {
            kind,
            items,
            ..Extracted::default()
        },
        Err(error) => Extracted {
            kind,
            problems: vec![error.into()],
            ..Extracted::default()
        },
    }
}

fn read_json(bytes: &[u8], url: &WebUrl) -> Extracted {
    if feed::is_json_feed(bytes) {
        return read_feed(bytes, url);
    }
    match mastodon(bytes, url) {
        Ok(posts) => Extracted {
            kind: MediaKind::Json,
            posts,
            ..Extracted::default()
        },
        Err(PostsError::NotStatuses | PostsError::NotJson(_)) => read_reviews(bytes, url),
    }
}

fn read_reviews(bytes: &[u8], url: &WebUrl) -> Extracted {
    let mut found = Extracted {
        kind: MediaKind::Json,
        ..Extracted::default()
    };
    for row in Reader::new(bytes, Defaults::of(url)) {
        match row {
            Ok(review) => found.reviews.push(review),
            Err(unreadable) => found.problems.push(Problem::Row(unreadable)),
        }
    }
    found
}

/// Learns the weights by which articles are told from what surrounds them, from pages and their true texts. `about` says
/// from what; it is kept with them. What comes back is the content of `src/extract/content/weights.json`.
pub fn train(pages: &[(String, &str)], about: String) -> Result<String, Refused> {
    Ok(content::learn::train(&parse(pages)?, about))
}

/// The texts of pages, in their order, each chosen by weights that were learnt from the other parts of so many.
pub fn cross_validate(pages: &[(String, &str)], parts: usize) -> Result<Vec<String>, Refused> {
    Ok(content::learn::cross_validate(&parse(pages)?, parts))
}

fn parse<'a>(pages: &[(String, &'a str)]) -> Result<Vec<(scraper::Html, &'a str)>, Refused> {
    let trees = pages.iter().map(|(page, truth)| Ok((dom::parse(page)?, *truth)));
    trees.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url() -> WebUrl {
        WebUrl::parse("https://news.example/a").unwrap()
    }

    #[test]
    fn bytes_of_unknown_kind_are_read_for_what_they_are() {
        let review = br#"{"claimReviewed":"Es ist so.","identifier":"7"}"#;
        let posts = br#"[{"id":"1","uri":"https://a.example/1","created_at":"2026-01-01","content":"<p>Hallo</p>"}]"#;
        let json_feed =
            br#"{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","url":"/b","title":"T"}]}"#;
        let rss = b"<?xml version='1.0'?><rss version='2.0'><channel><item><title>T</title><link>/b</link></item></channel></rss>";
        for (bytes, kind, counts) in [
            (&review[..], MediaKind::Json, (1, 0, 0, 0)),
            (posts, MediaKind::Json, (0, 0, 1, 0)),
            (json_feed, MediaKind::Json, (0, 1, 0, 0)),
            (rss, MediaKind::Xml, (0, 1, 0, 0)),
            (b"<p>", MediaKind::Html, (0, 0, 0, 1)),
            (b"<?xml version='1.0'?><thing/>", MediaKind::Xml, (0, 0, 0, 1)),
            (b"\x89PNG\r\n\x1a\n", MediaKind::Other, (0, 0, 0, 1)),
            (b"", MediaKind::Other, (0, 0, 0, 1)),
        ] {
            let found = read(bytes, Some("text/html"), &url());
            let counted = (
                found.reviews.len(),
                found.items.len(),
                found.posts.len(),
                found.problems.len(),
            );
            assert_eq!(
                (found.kind, counted),
                (kind, counts),
                "{}",
                String::from_utf8_lossy(bytes)
            );
        }
    }

    #[test]
    fn what_was_found_can_be_printed() {
        let words = "Gr\u{fffd}\u{fffd}e ist nicht alles, sagte der Rat der Stadt Lindrath am Montag, und beschloss die Steuer.";
        let page = b"<meta charset=utf-8><p>Gr\xf6\xdfe ist nicht alles, sagte der Rat der Stadt Lindrath am Montag, und beschloss die Steuer.";
        let found = read(page, Some("text/html"), &url());
        let printed = serde_json::to_value(&found).unwrap();
        assert_eq!(printed["kind"], "html");
        assert_eq!(
            printed["problems"][0],
            "bytes that are not of the page's encoding were replaced"
        );
        assert_eq!((&printed["page"], &printed["text"]), (&"article".into(), &words.into()));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300), start in "(<\\?xml |<rss |<html|\\{|\\[|\u{feff})?") {
            read(&[start.as_bytes(), &bytes].concat(), None, &url());
        }
    }
}
