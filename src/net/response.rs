//! What came back.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Cursor, Read, Seek},
    sync::Arc,
};

use bytes::Bytes;
use flate2::bufread::MultiGzDecoder;
use http::{HeaderMap, HeaderName, header};

use crate::domain::{Kept, WebUrl};

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
    /// How many more requests the server grants.
    pub quota: Option<Quota>,
    /// The body, decompressed; its characters are not decoded yet. Its first [`Fetched::HEAD_BYTES`] if it went to a file.
    pub body: Bytes,
    /// All of the body, if it was asked for with [`Request::into_file`](super::Request::into_file) and is longer than that.
    pub file: Option<Arc<File>>,
    /// Where the archive keeps it, once it does.
    pub kept: Option<Kept>,
}

/// What a server says about how much it will answer: `X-RateLimit-*` (Mastodon, Reddit) or `RateLimit-*` (Bluesky).
#[derive(Debug, Clone, PartialEq)]
pub struct Quota {
    /// `Remaining`: requests left.
    pub remaining: f64,
    /// `Reset` as sent: a date, a number of seconds from now, or one since 1970.
    pub reset: String,
}

impl Quota {
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        ["x-ratelimit", "ratelimit"].iter().find_map(|prefix| {
            let value = |what: &str| text(headers, &HeaderName::try_from(format!("{prefix}-{what}")).ok()?);
            let remaining = value("remaining")?.trim().parse().ok()?;
            let reset = value("reset")?;
            Some(Self { remaining, reset })
        })
    }
}

impl Fetched {
    /// How much of a body that goes to a file stays in memory: more than is read of a page.
    pub const HEAD_BYTES: usize = (2 << 20) + 1;

    /// The whole body, as it was sent.
    pub fn raw(&self) -> io::Result<Box<dyn BufRead + Send>> {
        let Some(file) = &self.file else {
            return Ok(Box::new(Cursor::new(self.body.clone())));
        };
        let mut file = file.try_clone()?;
        file.rewind()?;
        Ok(Box::new(BufReader::with_capacity(1 << 18, file)))
    }

    /// The whole body, unpacked if it is a gzip file (`sitemap.xml.gz`), of which at most `limit` bytes are read.
    pub fn reader(&self, limit: u64) -> io::Result<Box<dyn BufRead + Send>> {
        let raw = self.raw()?;
        if !self.body.starts_with(b"\x1f\x8b") {
            return Ok(Box::new(raw.take(limit)));
        }
        Ok(Box::new(BufReader::new(MultiGzDecoder::new(raw).take(limit))))
    }
}

/// One request's answer.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one for each request, and it is taken apart at once"
)]
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
