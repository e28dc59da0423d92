//! The pages in a real Chromium: fills a store, serves it, and lets `tests/browser/run.mjs` look at it.
//!
//! With `KLARSTELLE_HEAVY=1` what only a filled store can show; with `KLARSTELLE_BROWSER=1` all that `scripts/test-live`
//! looks at on the demo, too. Needs Chromium, Node and `npm ci --prefix tests/browser`.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use klarstelle::{
    domain::{ClaimId, Scope},
    review::keys::{self, NewKey},
    store::{Store, StoreUrl},
};

use crate::support::{
    copies,
    newsroom::{self, Newsroom},
    process::{self, Server},
};

/// Fact-checks of the bundled fixture web, which the questions in `tests/browser/data.mjs` fit.
const IMPORTED: [&str; 2] = [
    "fixtures/web/faktenwerft.example/claimreview.json",
    "fixtures/web/terazi-mizan.example/claimreviews.ndjson",
];

/// Which test files to run; `None` for none, an empty list for all.
fn suites() -> Option<&'static [&'static str]> {
    if std::env::var_os("KLARSTELLE_BROWSER").is_some() {
        Some(&[])
    } else {
        process::heavy().then_some(&["seeded", "hostile"])
    }
}

#[tokio::test]
async fn the_pages_hold_in_a_real_browser() {
    let Some(suites) = suites() else {
        println!("skipped: the_pages_hold_in_a_real_browser (KLARSTELLE_HEAVY is not set)");
        return;
    };
    let dir = tempfile::tempdir().expect("a temporary folder");
    assert_eq!(process::run(command(dir.path()).arg("import").args(IMPORTED)).code, 0);
    let seeded = dir.path().join("seeded.json");
    std::fs::write(&seeded, fill(dir.path()).await.to_string()).expect("written");
    let server = Server::start_as(command(dir.path()).args(["serve", "--listen", "127.0.0.1:0", "--log", "warn"]));
    let run = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/run.mjs");
    let mut node = Command::new("node");
    node.arg(run)
        .arg(&server.base)
        .args(suites)
        .env("KLARSTELLE_SEEDED", &seeded);
    assert!(
        node.stdin(Stdio::null()).status().expect("node runs").success(),
        "see above"
    );
}

/// The binary, for a caller who asks faster than any person.
fn command(dir: &Path) -> Command {
    let mut command = process::command(dir);
    command.env("KLARSTELLE_SERVER_ANONYMOUS_BURST", "100000");
    command
}

/// Fills the store, and says with what: `tests/browser/data.mjs` reads it.
async fn fill(dir: &Path) -> serde_json::Value {
    let url = StoreUrl::Sqlite(dir.join("store.sqlite3"));
    let store = Store::open(&url).await.expect("the store opens");
    let newsroom = Newsroom::fill(&store).await;
    let hostile = newsroom::fill_hostile(&store).await;
    let copies = kept(&store, &dir.join("archive")).await;
    let reviewer = NewKey {
        name: "browser".to_owned(),
        scope: Scope::Review,
        expires_at: None,
    };
    let (_, key) = keys::issue(&store, reviewer).await.expect("a key");
    store.close().await;
    let path = |id: &ClaimId| format!("/claims/{id}");
    serde_json::json!({
        "long": path(&newsroom.long),
        "unchecked": path(&newsroom.unchecked),
        "rated": path(&newsroom.rated),
        "known": newsroom::UNCHECKED,
        "maybe": "Werden im Hafen Grünbek im Juli die Fähren verschrottet, weil der Hafen pleite ist?",
        "hostile": hostile.iter().map(path).collect::<Vec<_>>(),
        "copies": copies,
        "key": key,
    })
}

/// Keeps each of `fixtures/copies`; says where the copies are.
async fn kept(store: &Store, archive: &Path) -> Vec<String> {
    let mut paths = Vec::new();
    for case in copies::cases() {
        let id = copies::document(store, archive, &case.url, &case.content_type, &case.body()).await;
        paths.push(format!("/v1/documents/{id}/copy"));
    }
    paths
}
