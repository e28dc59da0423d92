//! Documents with a copy in an archive.

use std::path::Path;

use http::{HeaderMap, HeaderValue, Version, header};
use klarstelle::{
    archive::{Archive, Exchange, Extent, Limits},
    cluster::{Home, Placed, Prints},
    domain::{Actor, Document, DocumentId, Kept, Lang, Mention, Timestamp, WebUrl},
    store::{Origin, Store},
};
use serde::Deserialize;

/// A row of `fixtures/copies/cases.json`.
#[derive(Debug, Deserialize)]
pub(crate) struct Case {
    pub(crate) file: String,
    pub(crate) content_type: String,
    pub(crate) url: String,
    pub(crate) shows: Vec<String>,
    pub(crate) hides: Vec<String>,
    #[serde(rename = "why")]
    _why: String,
}

pub(crate) fn cases() -> Vec<Case> {
    let text = std::fs::read_to_string(folder().join("cases.json")).expect("the cases");
    serde_json::from_str(&text).expect("cases")
}

impl Case {
    pub(crate) fn body(&self) -> Vec<u8> {
        std::fs::read(folder().join(&self.file)).expect("the file")
    }
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/copies")
}

/// An archive in a folder.
pub(crate) fn open(dir: &Path) -> Archive {
    let limits = Limits {
        file_bytes: 1 << 30,
        budget_bytes: 1 << 30,
    };
    Archive::open(dir, limits, "").expect("an archive")
}

/// Keeps an answer as a crawl does, in a file of its own.
pub(crate) async fn keep(archive: &Path, url: &str, content_type: &str, body: &[u8]) -> Kept {
    keep_in(&open(archive), url, content_type, body).await
}

/// Keeps an answer beside those that are in the archive's file already.
pub(crate) async fn keep_in(archive: &Archive, url: &str, content_type: &str, body: &[u8]) -> Kept {
    let content_type = HeaderValue::from_str(content_type).expect("a header value");
    let exchange = Exchange {
        url: WebUrl::parse(url).expect("an address"),
        at: Timestamp::parse("2026-05-02T08:30:00Z").expect("a time"),
        peer: None,
        version: Version::HTTP_11,
        sent: HeaderMap::new(),
        status: 200,
        received: HeaderMap::from_iter([(header::CONTENT_TYPE, content_type)]),
        body: body.to_vec().into(),
        extent: Extent::Whole,
    };
    archive.keep(exchange).await.expect("kept")
}

/// Records a document that says this, and where it is kept. No claim is seen in it, so the change log does not hear of it.
pub(crate) async fn record(store: &Store, url: &str, text: &str, kept: Option<Kept>) -> DocumentId {
    record_with(store, url, text, kept, &[]).await
}

/// Records a document that is all one claim, and where it is kept.
pub(crate) async fn sighted(store: &Store, url: &str, text: &str, kept: Option<Kept>) -> DocumentId {
    let mention = Mention {
        quote: text.to_owned(),
        lang: Lang::DE,
        score: 0.9,
        speaker: None,
        reasons: Vec::new(),
    };
    let placed = Prints::of(&mention).place(mention, Home::New);
    record_with(store, url, text, kept, &[placed]).await
}

async fn record_with(store: &Store, url: &str, text: &str, kept: Option<Kept>, placed: &[Placed]) -> DocumentId {
    let document = Document {
        url: WebUrl::parse(url).expect("an address"),
        canonical_url: None,
        title: String::new(),
        text: text.to_owned(),
        lang: Lang::DE,
        author: None,
        published_at: None,
    };
    let origin = Origin {
        source: None,
        at: Timestamp::now(),
        kept,
        answer: None,
    };
    let recorded = store.record(&document, &origin, placed, &Actor::Crawl).await;
    recorded.expect("recorded").document
}

/// A document with a copy of this page.
pub(crate) async fn document(store: &Store, archive: &Path, url: &str, content_type: &str, body: &[u8]) -> DocumentId {
    let kept = keep(archive, url, content_type, body).await;
    record(store, url, &format!("Behauptet wird viel auf {url}."), Some(kept)).await
}
