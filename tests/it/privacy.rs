//! What somebody looks up is kept nowhere: canaries go in by every way there is, and are looked for in the log, the
//! metrics, the store and the index.

use std::{
    fs, io,
    path::Path,
    sync::{Arc, Mutex},
};

use klarstelle::{config::Settings, indexer::SharedIndex, store::StoreUrl};
use sqlx::{AssertSqlSafe, Connection, Executor};
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

use crate::support::{
    TestDb,
    app::TestApp,
    databases,
    live::{Live, request},
};

/// The start of every canary.
const CANARY: &str = "kanarienvogel";

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("the log").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Log {
    /// Takes all that is logged from now on, down to what nobody would run in production.
    fn capture() -> Self {
        let log = Self::default();
        let filter = EnvFilter::new("debug,klarstelle=trace,claim_index=trace,tantivy=trace,sqlx=trace");
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_env_filter(filter)
            .with_writer(log.clone());
        subscriber.init();
        log
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("the log")).into_owned()
    }
}

/// Each request holds one canary, in another place.
fn canaries() -> Vec<Vec<u8>> {
    let mut count = 0;
    let mut canary = || {
        count += 1;
        format!("{CANARY}{count}")
    };
    let mut all = Vec::new();
    for body in BODIES {
        let body = body.replace("CANARY", &canary());
        all.push(post("/v1/lookup", "content-type: application/json\r\n", &body));
    }
    all.push(post(
        "/v1/lookup",
        "content-type: application/json\r\n",
        &canary().repeat(10_000),
    ));
    all.push(post("/v1/lookup", "content-type: text/plain\r\n", &canary()));
    for target in TARGETS {
        all.push(request(
            "GET",
            &target.replace("CANARY", &canary()),
            "connection: close\r\n",
        ));
    }
    for header in HEADERS {
        let header = format!("{}\r\nconnection: close\r\n", header.replace("CANARY", &canary()));
        all.push(request("GET", "/v1/claims", &header));
    }
    all.push(request(&canary(), "/v1/lookup", "connection: close\r\n"));
    all.push(format!("{}\r\n\r\n", canary()).into_bytes());
    all.push(
        format!(
            "GET / HTTP/1.1\r\nhost: {}.example\r\nconnection: close\r\n\r\n",
            canary()
        )
        .into_bytes(),
    );
    all
}

const BODIES: [&str; 11] = [
    r#"{"text":"Stimmt es, dass CANARY verboten wird?"}"#,
    r#"{"text":"Stimmt es, dass CANARY verboten wird?","language":"de"}"#,
    r#"{"text":"a","language":"CANARY"}"#,
    r#"{"text":["CANARY"]}"#,
    r#"{"text":{"CANARY":1}}"#,
    r#"{"CANARY":1}"#,
    r#"{"text":"CANARY"#,
    r#"{"text":"CANARY","text":"CANARY"}"#,
    r#"{"url":"https://a.example/CANARY"}"#,
    r#"{"url":"javascript:CANARY"}"#,
    r#"{"text":"https://a.example/CANARY"}"#,
];

const TARGETS: [&str; 9] = [
    "/v1/lookup?url=https%3A%2F%2Fa.example%2FCANARY",
    "/v1/lookup?url=CANARY",
    "/v1/lookup?text=CANARY",
    "/v1/lookup?CANARY=1",
    "/v1/lookup/CANARY",
    "/CANARY?CANARY",
    "/v1/claims?q=CANARY",
    "/v1/claims?cursor=CANARY",
    "/v1/claims/CANARY",
];

const HEADERS: [&str; 9] = [
    "user-agent: CANARY",
    "referer: https://a.example/CANARY",
    "cookie: a=CANARY",
    "x-request-id: CANARY",
    "x-forwarded-for: CANARY",
    "origin: https://CANARY.example",
    "authorization: Bearer CANARY",
    "if-none-match: \"CANARY\"",
    "traceparent: CANARY",
];

fn post(path: &str, headers: &str, body: &str) -> Vec<u8> {
    let headers = format!("{headers}connection: close\r\ncontent-length: {}\r\n", body.len());
    let mut bytes = request("POST", path, &headers);
    bytes.extend_from_slice(body.as_bytes());
    bytes
}

#[tokio::test]
async fn looked_up_text_is_in_no_log_no_metric_and_no_file() {
    let log = Log::capture();
    let canaries = canaries();
    for db in databases().await {
        let index = tempfile::tempdir().expect("a folder");
        let app = app(&db, index.path()).await;
        let live = Live::of(app, Settings::default().server).await;
        for bytes in &canaries {
            live.exchange(bytes).await;
        }
        let metrics = live
            .exchange(&request("GET", "/metrics", "connection: close\r\n"))
            .await;
        assert!(
            metrics.contains("operation=\"look_up\"") && !metrics.contains(CANARY),
            "{metrics}"
        );
        // And once more while the store cannot answer.
        break_tables(&db.url).await;
        for bytes in &canaries {
            live.exchange(bytes).await;
        }
        assert_files_are_clean(index.path());
        if let StoreUrl::Sqlite(path) = &db.url {
            assert_files_are_clean(path.parent().expect("a folder"));
        }
    }
    let text = log.text();
    let logged = text
        .lines()
        .filter(|line| line.contains("\"operation\":\"look_up\""))
        .count();
    assert!(logged > 40, "the log was not captured: {logged} lines");
    assert!(text.contains("\"status\":500"), "the store did not fail");
    let leak = text.lines().find(|line| line.to_lowercase().contains(CANARY));
    assert_eq!(leak, None);
    assert_eq!(
        text.lines()
            .find(|line| line.contains("127.0.0.1") && line.contains("klarstelle::")),
        None
    );
}

async fn app(db: &TestDb, index: &Path) -> TestApp {
    let mut settings = Settings::default();
    settings.server.anonymous_burst = 100_000;
    let index = SharedIndex::open(&klarstelle::indexer::Place::without_model(index)).expect("an index");
    let app = TestApp::with_index(db, &settings, index).await;
    let claim = serde_json::json!({"text": "Die Regierung verbietet ab Januar alle Holzöfen.", "language": "de"});
    app.review(http::Method::POST, "/v1/claims", &claim).await.expect(201);
    app.catch_up().await;
    app
}

/// Renames tables away under the server.
async fn break_tables(url: &StoreUrl) {
    let statement = "ALTER TABLE claims RENAME TO gone";
    match url {
        StoreUrl::Sqlite(path) => {
            let url = format!("sqlite://{}", path.display());
            let mut db = sqlx::SqliteConnection::connect(&url).await.expect("the database");
            db.execute(AssertSqlSafe(statement)).await.expect("renamed");
        }
        StoreUrl::Postgres(url) => {
            let mut db = sqlx::PgConnection::connect(url).await.expect("the database");
            db.execute(AssertSqlSafe(statement)).await.expect("renamed");
        }
    }
}

fn assert_files_are_clean(folder: &Path) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            assert_files_are_clean(&path);
            continue;
        }
        let bytes = fs::read(&path).unwrap_or_default();
        let found = String::from_utf8_lossy(&bytes).to_lowercase().contains(CANARY);
        assert!(!found, "a canary in {}", path.display());
    }
}
