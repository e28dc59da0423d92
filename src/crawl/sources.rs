//! What to ask for, by kind of source: one row each.

use crate::domain::{SourceKind, WebUrl};

/// How a kind of source is asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asking {
    /// `Accept`.
    pub(super) accept: &'static str,
    /// A query parameter that is added if the address does not have it.
    parameter: Option<(&'static str, &'static str)>,
    /// How many answers are asked for in one visit, following `Link: <…>; rel="next"` (RFC 8288).
    pub(super) answers: usize,
    /// Whether the pages that it names are visited too.
    pub(super) follows: Follows,
}

/// Whether the pages that a source names are visited too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Follows {
    /// They are what it is for.
    Pages,
    /// It holds all there is.
    Nothing,
}

const FEED: Asking = Asking {
    accept: "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, application/json;q=0.8, */*;q=0.5",
    parameter: None,
    answers: 1,
    follows: Follows::Pages,
};

const PAGE: Asking = Asking {
    accept: "text/html, application/xhtml+xml;q=0.9, */*;q=0.5",
    parameter: None,
    answers: 1,
    follows: Follows::Nothing,
};

const CLAIM_REVIEW: Asking = Asking {
    accept: "application/ld+json, application/json;q=0.9, application/x-ndjson;q=0.9, text/html;q=0.8, */*;q=0.5",
    parameter: None,
    answers: 1,
    follows: Follows::Nothing,
};

/// <https://docs.joinmastodon.org/methods/timelines/>: 40 posts are the most that one answer holds.
const MASTODON: Asking = Asking {
    accept: "application/json",
    parameter: Some(("limit", "40")),
    answers: 3,
    follows: Follows::Nothing,
};

/// The row of a kind.
pub(super) const fn asking(kind: SourceKind) -> Asking {
    match kind {
        SourceKind::Feed => FEED,
        SourceKind::Page => PAGE,
        SourceKind::ClaimReview => CLAIM_REVIEW,
        SourceKind::Mastodon => MASTODON,
    }
}

impl Asking {
    /// The address to ask at.
    pub(super) fn address(self, url: &WebUrl) -> WebUrl {
        let Some((name, value)) = self.parameter else {
            return url.clone();
        };
        let mut asked = url.to_url();
        if asked.query_pairs().any(|(found, _)| found == name) {
            return url.clone();
        }
        asked.query_pairs_mut().append_pair(name, value);
        WebUrl::try_from(asked).unwrap_or_else(|_| url.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timelines_are_asked_for_as_much_as_they_give() {
        for (kind, url, wanted) in [
            (
                SourceKind::Mastodon,
                "https://x.example/t",
                "https://x.example/t?limit=40",
            ),
            (
                SourceKind::Mastodon,
                "https://x.example/t?local=true",
                "https://x.example/t?local=true&limit=40",
            ),
            (
                SourceKind::Mastodon,
                "https://x.example/t?limit=5",
                "https://x.example/t?limit=5",
            ),
            (SourceKind::Feed, "https://x.example/t", "https://x.example/t"),
        ] {
            let url = WebUrl::parse(url).expect(url);
            assert_eq!(asking(kind).address(&url).as_str(), wanted);
        }
    }
}
