//! What came back.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, header};

use crate::domain::WebUrl;

/// What a fetch brought, whatever its status.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// Where it was found in the end.
    pub url: WebUrl,
    /// The HTTP status.
    pub status: u16,
    /// `Content-Type` as sent.
    pub content_type: Option<String>,
    /// What a later visit may send to be told "nothing new".
    pub validators: Validators,
    /// `Retry-After` as sent: seconds or a date.
    pub retry_after: Option<String>,
    /// Where the answer goes on: `Link: <…>; rel="next"` (RFC 8288).
    pub next: Option<WebUrl>,
    /// The body, decompressed. Its characters are not decoded yet.
    pub body: Bytes,
}

/// One request's answer.
#[derive(Debug)]
pub enum Step {
    /// It is elsewhere.
    Redirect(WebUrl),
    /// It is here.
    Done(Fetched),
}

/// What makes a GET conditional (RFC 9110, 8.8), verbatim.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
}

impl Validators {
    /// Longest validator kept, in bytes. A longer one is dropped: cut, it would never match.
    pub const MAX_BYTES: usize = 1024;

    /// Whether there is nothing to send.
    pub const fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }

    pub(super) fn of(headers: &HeaderMap) -> Self {
        let short = |name| text(headers, &name).filter(|value| value.len() <= Self::MAX_BYTES);
        Self {
            etag: short(header::ETAG),
            last_modified: short(header::LAST_MODIFIED),
        }
    }
}

/// The target of the first link whose relation is `next`. Targets with a comma in them are not looked for.
pub(super) fn next_link(headers: &HeaderMap, base: &WebUrl) -> Option<WebUrl> {
    let text = text(headers, &header::LINK)?;
    let target = text.split(',').find_map(|link| {
        let (target, parameters) = link.split_once(';')?;
        let is_next = parameters
            .split(';')
            .any(|p| matches!(p.trim(), "rel=\"next\"" | "rel=next"));
        target.trim().strip_prefix('<')?.strip_suffix('>').filter(|_| is_next)
    });
    base.join(target?).ok()
}

/// A header's value, if it is printable ASCII.
pub(super) fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
