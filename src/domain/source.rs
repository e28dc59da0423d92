//! What the crawler is set to read.

use serde::Serialize;

use super::{
    SourceId, Timestamp, WebUrl,
    words::{UnknownWord, words},
};

/// The word names no kind of source.
pub type SourceKindError = UnknownWord;

/// A feed, page, data file or account that the crawler visits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Its identifier.
    pub id: SourceId,
    /// Where it is read.
    pub url: WebUrl,
    /// How it is read.
    pub kind: SourceKind,
    /// Since when it is set.
    pub created_at: Timestamp,
}

/// How a source is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceKind {
    /// RSS, Atom or JSON Feed; each item's page is fetched.
    Feed,
    /// One page, read as an article, with its ClaimReview markup if it has any.
    Page,
    /// ClaimReview: a page with JSON-LD, or a `DataFeed` or NDJSON file.
    ClaimReview,
    /// A Mastodon timeline (`/api/v1/timelines/…`).
    Mastodon,
}

words!(SourceKind {
    Feed => "feed",
    Page => "page",
    ClaimReview => "claimreview",
    Mastodon => "mastodon",
});
