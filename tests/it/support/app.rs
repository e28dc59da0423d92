//! The whole service without sockets: a store, an index and the routes, and a way to ask them.

use std::path::Path;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use klarstelle::{
    api::{App, Service, routes},
    config::Settings,
    domain::{DocumentId, Scope},
    indexer::{Follower, SharedIndex},
    lookup::Lookup,
    review::keys::{self, NewKey},
    store::Store,
};
use serde_json::Value;
use tempfile::TempDir;

use super::{copies, databases::TestDb};

/// A service on a database of its own.
pub(crate) struct TestApp {
    pub(crate) store: Store,
    pub(crate) service: Service,
    follower: Follower,
    reviewer: String,
    archive: TempDir,
}

impl TestApp {
    /// A service with the default settings, but no limit that a test would meet by accident.
    pub(crate) async fn on(db: &TestDb) -> Self {
        let mut settings = Settings::default();
        settings.server.anonymous_per_minute = 1_000_000;
        settings.server.anonymous_burst = 100_000;
        settings.reports.per_hour = 1_000_000;
        settings.reports.burst = 100_000;
        Self::with(db, &settings).await
    }

    pub(crate) async fn with(db: &TestDb, settings: &Settings) -> Self {
        Self::with_index(db, settings, SharedIndex::in_memory().expect("an index in memory")).await
    }

    pub(crate) async fn with_index(db: &TestDb, settings: &Settings, index: SharedIndex) -> Self {
        let archive = tempfile::tempdir().expect("a folder");
        let mut settings = settings.clone();
        settings.crawl.archive = archive.path().to_owned();
        let store = db.open().await;
        let follower = Follower::new(store.clone(), index.clone()).expect("the index's writer");
        let app = App::new(store.clone(), Lookup::new(store.clone(), index), &settings);
        let service = Service::new(&app, routes(&app), &settings.server);
        let reviewer = key(&store, Scope::Review).await;
        Self {
            store,
            service,
            follower,
            reviewer,
            archive,
        }
    }

    /// Where its kept copies are.
    pub(crate) fn archive(&self) -> &Path {
        self.archive.path()
    }

    /// A document that was read at this address, and kept.
    pub(crate) async fn kept_document(&self, url: &str) -> DocumentId {
        let page = b"<h1>Der Damm</h1><p onclick=f()>ist <b>dicht</b>.<img src=//x>";
        copies::document(&self.store, self.archive(), url, "text/html", page).await
    }

    /// The key of a reviewer.
    pub(crate) fn reviewer(&self) -> &str {
        &self.reviewer
    }

    /// Another key.
    pub(crate) async fn key(&self, scope: Scope) -> String {
        key(&self.store, scope).await
    }

    /// Brings the index up to date, as `serve` does all the time.
    pub(crate) async fn catch_up(&self) {
        self.follower.catch_up().await.expect("the index follows");
    }

    /// Joins what was founded apart, as a crawl does at its end; gives how many claims.
    pub(crate) async fn join(&self) -> u64 {
        self.follower.join_founded().await.expect("joined")
    }

    /// Asks as a stranger.
    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Ask::new(Method::GET, path)).await
    }

    /// Asks as a stranger, with a JSON body.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(Ask::new(Method::POST, path).json(body)).await
    }

    /// Writes as a reviewer.
    pub(crate) async fn review(&self, method: Method, path: &str, body: &Value) -> Reply {
        self.send(Ask::new(method, path).key(&self.reviewer).json(body)).await
    }

    pub(crate) async fn send(&self, ask: Ask) -> Reply {
        let peer = [127, 0, 0, 1].into();
        Reply::read(self.service.answer(ask.0, peer).await).await
    }
}

async fn key(store: &Store, scope: Scope) -> String {
    let new = NewKey {
        name: "test".to_owned(),
        scope,
        expires_at: None,
    };
    keys::issue(store, new).await.expect("a key").1
}

/// A request.
pub(crate) struct Ask(pub(crate) Request<Full<Bytes>>);

impl Ask {
    pub(crate) fn new(method: Method, path: &str) -> Self {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "klarstelle.example");
        Self(request.body(Full::default()).expect("a request"))
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        let value = value.parse().expect("a header value");
        self.0.headers_mut().append(name, value);
        self
    }

    pub(crate) fn key(self, key: &str) -> Self {
        self.header("authorization", &format!("Bearer {key}"))
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.bytes(body.to_string())
    }

    pub(crate) fn bytes(self, body: impl Into<Bytes>) -> Self {
        let mut ask = self.header("content-type", "application/json");
        *ask.0.body_mut() = Full::new(body.into());
        ask
    }
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
}

impl Reply {
    async fn read(response: warp::reply::Response) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a whole body").to_bytes();
        Self {
            status: parts.status,
            headers: parts.headers,
            bytes,
        }
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// A header, empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("a text"))
    }

    /// The `code` of a problem, which has to be written as one.
    pub(crate) fn code(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        self.json()["code"].as_str().expect("a code").to_owned()
    }

    /// A member of the body by JSON Pointer, as a text.
    pub(crate) fn text(&self, pointer: &str) -> String {
        let json = self.json();
        let found = json.pointer(pointer).and_then(Value::as_str);
        found
            .unwrap_or_else(|| panic!("no text at {pointer}: {json}"))
            .to_owned()
    }

    /// The answer, which has to be of this status.
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.bytes));
        self
    }
}
