//! A request and its answer come in; the records that keep them go out. Secrets do not.
//!
//! Bodies are kept as they are read: without the codings of their transfer. So that block and headers fit each other, what speaks of
//! those codings is renamed to `X-Archive-Orig-…`, as other WARC tools do, and `Content-Length` is that of what is kept. An
//! answer by HTTP/2 has no status line; it gets that of HTTP/1.1, and `WARC-Protocol` says what was spoken.

use std::net::IpAddr;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header};

use super::record::{Draft, RecordKind, label, sha256};
use crate::domain::{Timestamp, WebUrl};

/// Headers about how a body travelled, which is not how it is kept.
const OF_THE_TRANSFER: &[HeaderName] = &[
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
];

/// What a record says that stands for "304 Not Modified" (ISO 28500:2017, 6.7.3).
const NOT_MODIFIED: &str = "http://netpreserve.org/warc/1.1/revisit/server-not-modified";

/// How much of a body there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Whole,
    /// Its beginning.
    Cut,
    /// Nothing: that of a redirect is not read.
    Unread,
}

/// One request and what came back.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Where it was asked.
    pub url: WebUrl,
    /// When the answer was there.
    pub at: Timestamp,
    /// The address really connected to.
    pub peer: Option<IpAddr>,
    /// The version of HTTP that was spoken.
    pub version: Version,
    /// What was sent. Values that are marked as sensitive are not kept.
    pub sent: HeaderMap,
    /// The answer's status.
    pub status: u16,
    /// The answer's headers.
    pub received: HeaderMap,
    /// The answer's body, decompressed.
    pub body: Bytes,
    /// How much of it that is.
    pub extent: Extent,
}

impl Exchange {
    /// Whether the answer, or the address, repeats a secret that was sent. Then nothing of it may be kept.
    pub(super) fn repeats_secrets(&self) -> bool {
        let secrets = self.sent.values().filter(|value| value.is_sensitive());
        let bare = |value: &'_ HeaderValue| -> Vec<u8> {
            let text = value.as_bytes();
            text.strip_prefix(b"Bearer ").unwrap_or(text).to_vec()
        };
        secrets.map(bare).filter(|secret| !secret.is_empty()).any(|secret| {
            let mut places = self.received.values().map(HeaderValue::as_bytes);
            holds(&self.body, &secret)
                || holds(self.url.as_str().as_bytes(), &secret)
                || places.any(|place| holds(place, &secret))
        })
    }

    /// The answer's record, and the request's.
    pub(super) fn drafts(&self) -> (Draft, Draft) {
        let answer = self.answer();
        let request = self
            .draft(RecordKind::Request, self.request_block())
            .with("WARC-Concurrent-To", answer.urn());
        (answer.with("WARC-Concurrent-To", request.urn()), request)
    }

    fn answer(&self) -> Draft {
        let block = self.answer_block();
        if self.status == StatusCode::NOT_MODIFIED {
            return self
                .draft(RecordKind::Revisit, block)
                .with("WARC-Profile", NOT_MODIFIED);
        }
        let draft = self
            .draft(RecordKind::Response, block)
            .with("WARC-Payload-Digest", label(&sha256(&self.body)));
        match self.extent {
            Extent::Whole => draft,
            Extent::Cut => draft.with("WARC-Truncated", "length"),
            Extent::Unread => draft.with("WARC-Truncated", "unspecified"),
        }
    }

    fn draft(&self, kind: RecordKind, block: Vec<u8>) -> Draft {
        let draft = Draft::new(kind, self.at, block)
            .with("WARC-Target-URI", self.url.as_str())
            .with("WARC-Protocol", protocol(self.version));
        match self.peer {
            Some(peer) => draft.with("WARC-IP-Address", peer.to_string()),
            None => draft,
        }
    }

    fn request_block(&self) -> Vec<u8> {
        let url = self.url.to_url();
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let mut block = format!("GET {}{query} HTTP/1.1\r\n", url.path()).into_bytes();
        for (name, value) in self.sent.iter().filter(|(_, value)| !value.is_sensitive()) {
            line(&mut block, name.as_str(), value.as_bytes());
        }
        block.extend_from_slice(b"\r\n");
        block
    }

    fn answer_block(&self) -> Vec<u8> {
        let reason = StatusCode::from_u16(self.status).ok();
        let reason = reason.and_then(|status| status.canonical_reason()).unwrap_or_default();
        let mut block = format!("HTTP/1.1 {} {reason}\r\n", self.status).into_bytes();
        for (name, value) in &self.received {
            if OF_THE_TRANSFER.contains(name) {
                line(&mut block, &format!("X-Archive-Orig-{name}"), value.as_bytes());
            } else {
                line(&mut block, name.as_str(), value.as_bytes());
            }
        }
        line(&mut block, "content-length", self.body.len().to_string().as_bytes());
        block.extend_from_slice(b"\r\n");
        block.extend_from_slice(&self.body);
        block
    }
}

fn line(block: &mut Vec<u8>, name: &str, value: &[u8]) {
    for part in [name.as_bytes(), b": ", value, b"\r\n"] {
        block.extend_from_slice(part);
    }
}

fn holds(text: &[u8], secret: &[u8]) -> bool {
    text.windows(secret.len()).any(|window| window == secret)
}

/// The version as ALPN names it.
fn protocol(version: Version) -> &'static str {
    match version {
        Version::HTTP_2 => "h2",
        Version::HTTP_10 => "http/1.0",
        _ => "http/1.1",
    }
}
