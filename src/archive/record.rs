//! One record: what it says and its block come in; a gzip member goes out (ISO 28500:2017, 5 and 6; annex D for the
//! compression).

use std::io::{self, Write};

use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::domain::Timestamp;

/// The first line of each record.
pub(super) const VERSION: &str = "WARC/1.1";

/// What stands after each block.
pub(super) const END: &[u8] = b"\r\n\r\n";

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordKind {
    /// About the file that it begins.
    Info,
    /// What we sent.
    Request,
    /// What came back.
    Response,
    /// That nothing had changed.
    Revisit,
}

impl RecordKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "warcinfo",
            Self::Request => "request",
            Self::Response => "response",
            Self::Revisit => "revisit",
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Info => "application/warc-fields",
            Self::Request => "application/http;msgtype=request",
            Self::Response | Self::Revisit => "application/http;msgtype=response",
        }
    }
}

/// A record that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    kind: RecordKind,
    id: Uuid,
    at: Timestamp,
    fields: Vec<(&'static str, String)>,
    block: Vec<u8>,
}

impl Draft {
    /// A record with this block, and a name of its own.
    pub fn new(kind: RecordKind, at: Timestamp, block: Vec<u8>) -> Self {
        Self {
            kind,
            id: Uuid::now_v7(),
            at,
            fields: Vec::new(),
            block,
        }
    }

    /// Adds a named field; its text must have no line break.
    #[must_use]
    pub fn with(mut self, name: &'static str, text: impl Into<String>) -> Self {
        self.fields.push((name, text.into()));
        self
    }

    /// How other records name it.
    pub fn urn(&self) -> String {
        format!("<{}>", self.id.urn())
    }

    /// SHA-256 of the whole record: of what it keeps, and of what it says about that.
    pub fn digest(&self) -> [u8; 32] {
        let head = self.head();
        let parts = [head.as_bytes(), &self.block, END];
        parts
            .into_iter()
            .fold(Sha256::new(), Sha256::chain_update)
            .finalize()
            .into()
    }

    /// The record as one gzip member, so that it can be read without those before it.
    pub fn member(&self) -> io::Result<Vec<u8>> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        for part in [self.head().as_bytes(), &self.block, END] {
            packed.write_all(part)?;
        }
        packed.finish()
    }

    fn head(&self) -> String {
        let fixed = [
            ("WARC-Type", self.kind.as_str().to_owned()),
            ("WARC-Record-ID", self.urn()),
            ("WARC-Date", self.at.to_string()),
        ];
        let last = [
            ("WARC-Block-Digest", label(&sha256(&self.block))),
            ("Content-Type", self.kind.content_type().to_owned()),
            ("Content-Length", self.block.len().to_string()),
        ];
        let lines = fixed.iter().chain(&self.fields).chain(&last);
        let lines: String = lines.map(|(name, text)| format!("{name}: {text}\r\n")).collect();
        format!("{VERSION}\r\n{lines}\r\n")
    }
}

/// SHA-256.
pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// A digest with its algorithm's name, as WARC writes it. In base 16: the standard leaves it open, and people compare it with
/// what `sha256sum` says.
pub(super) fn label(digest: &[u8; 32]) -> String {
    digest
        .iter()
        .fold("sha256:".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}
