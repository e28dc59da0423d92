//! What went wrong with a page, kept beside what was still read.

use serde::{Serialize, Serializer};

use super::{FeedError, Reason, Refused, Unreadable};

/// Something that could not be read, or was read in part. The rest of the page stands.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// Pictures, archives and the like, whatever the header said.
    #[error("not a page, feed or data file")]
    NotText,
    /// Bytes that mean nothing in the page's encoding were replaced by U+FFFD.
    #[error("bytes that are not of the page's encoding were replaced")]
    Lossy,
    /// The page is longer than [`super::MAX_PAGE_BYTES`] and was cut there.
    #[error("the page was cut at 2 MiB")]
    PageCut,
    /// The main text is longer than [`super::MAX_TEXT_BYTES`] and was cut there.
    #[error("the text was cut at 200 kB")]
    TextCut,
    /// The page has no main text.
    #[error("no main text found")]
    NoText,
    /// A list of links to other pages: a front page, a section, results of a search.
    #[error("not an article: a listing")]
    Listing,
    /// Posts of several people one after the other.
    #[error("not an article: a forum thread")]
    Forum,
    /// Next to nothing without scripts, which are not run.
    #[error("not an article: empty without scripts")]
    Shell,
    /// The page was not parsed at all.
    #[error("the page was refused: {0}")]
    Refused(#[from] Refused),
    /// A `script[type="application/ld+json"]` block was ignored.
    #[error("a JSON-LD block was ignored: {0}")]
    JsonLd(#[source] serde_json::Error),
    /// A ClaimReview in the page was ignored.
    #[error("a ClaimReview was ignored: {0}")]
    Review(#[source] Reason),
    /// A row of a ClaimReview file was ignored.
    #[error("line {}: {}", .0.line, .0.reason)]
    Row(Unreadable),
    /// A feed could not be read.
    #[error(transparent)]
    Feed(#[from] FeedError),
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}
