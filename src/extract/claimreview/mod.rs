//! ClaimReview (schema.org/ClaimReview) in pages and files comes in; other publishers' fact-checks go out.

mod cutter;
mod field;
mod page;
mod reader;
mod row;

use crate::domain::{ClaimTextError, Lang, UrlError, WebUrl};

pub(super) use page::{in_page, json_ld};
pub use reader::Reader;

/// What stands in for what a row leaves out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Defaults {
    /// The publisher's name, for rows that name none.
    pub publisher: Option<String>,
    /// That publisher's host name.
    pub site: Option<String>,
    /// Where the rows were found: relative addresses are resolved against it.
    pub base: Option<WebUrl>,
    /// The language of rows that declare none; without it, it is detected.
    pub lang: Option<Lang>,
}

impl Defaults {
    /// For what was found at an address: its host publishes what names no publisher.
    pub fn of(url: &WebUrl) -> Self {
        let host = host(url);
        Self {
            publisher: Some(host.clone()),
            site: Some(host),
            base: Some(url.clone()),
            lang: None,
        }
    }
}

/// A row that is no fact-check for us.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct Unreadable {
    /// The line on which the row begins, from 1.
    pub line: u64,
    /// What is wrong with it.
    #[source]
    pub reason: Reason,
}

/// Why a ClaimReview cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum Reason {
    /// Bad JSON; nesting deeper than 128 and numbers beyond `f64` too.
    #[error("not JSON: {}", without_line(.0))]
    NotJson(#[source] serde_json::Error),
    /// The text ends inside a value.
    #[error("not JSON: the file ends inside a value")]
    Unfinished,
    /// What looked like one object over many lines is none; what follows is read line by line.
    #[error("not JSON: the object around the rows is broken here")]
    Broken,
    /// Longer than 1 MiB.
    #[error("longer than 1 MiB")]
    TooLong,
    /// JSON without a ClaimReview in it.
    #[error("holds no ClaimReview")]
    NoReview,
    /// No `claimReviewed`.
    #[error("has no claimReviewed")]
    NoClaim,
    /// A `claimReviewed` that cannot be a claim.
    #[error("claimReviewed: {0}")]
    Claim(#[from] ClaimTextError),
    /// Neither `url` nor `identifier`: nothing to know it by.
    #[error("has neither url nor identifier")]
    NoIdentity,
    /// A `url` that is no web address, or is `javascript:` and the like.
    #[error("url: {0}")]
    Url(#[from] UrlError),
    /// An `identifier` longer than 500 characters; cut, it could meet another one.
    #[error("identifier: longer than 500 characters")]
    IdentifierTooLong,
    /// Nobody to attribute it to.
    #[error("names no publisher: pass --publisher")]
    NoPublisher,
    /// The file could not be read further.
    #[error("cannot be read: {0}")]
    Read(#[source] std::io::Error),
}

/// serde_json counts lines within the row, which would contradict the row's own number.
fn without_line(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or_default();
    if error.line() == 1 {
        format!("{what} at column {}", error.column())
    } else {
        what.to_owned()
    }
}

/// An address's host, without `www.`.
fn host(url: &WebUrl) -> String {
    let host = url.parts().host;
    host.strip_prefix("www.").unwrap_or(host).to_owned()
}
