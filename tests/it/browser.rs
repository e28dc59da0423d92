//! The pages in a real Chromium: fills a store, serves it, and lets `tests/browser/run.mjs` look at it.
//!
//! Needs Chromium, Node and `npm ci --prefix tests/browser`, and takes minutes, so it runs only with `KLARSTELLE_BROWSER=1`.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use klarstelle::{
    domain::ClaimId,
    store::{Store, StoreUrl},
};

use crate::support::newsroom::{self, Newsroom};

/// Fact-checks of the bundled fixture web, which the questions in `tests/browser/data.mjs` fit.
const IMPORTED: [&str; 2] = [
    "fixtures/web/faktenwerft.example/claimreview.json",
    "fixtures/web/terazi-mizan.example/claimreviews.ndjson",
];

#[tokio::test]
async fn the_pages_hold_in_a_real_browser() {
    if std::env::var_os("KLARSTELLE_BROWSER").is_none() {
        println!("skipped: the_pages_hold_in_a_real_browser (KLARSTELLE_BROWSER is not set)");
        return;
    }
    let dir = tempfile::tempdir().expect("a temporary folder");
    assert!(
        klarstelle(dir.path())
            .arg("import")
            .args(IMPORTED)
            .status()
            .expect("runs")
            .success()
    );
    let store = Store::open(&StoreUrl::Sqlite(dir.path().join("store.sqlite3")))
        .await
        .expect("the store opens");
    let newsroom = Newsroom::fill(&store).await;
    let hostile = newsroom::fill_hostile(&store).await;
    store.close().await;
    let seeded = dir.path().join("seeded.json");
    std::fs::write(&seeded, describe(&newsroom, &hostile).to_string()).expect("written");
    let server = Server::start(dir.path());
    let run = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/run.mjs");
    let status = Command::new("node")
        .arg(run)
        .arg(&server.base)
        .env("KLARSTELLE_SEEDED", &seeded)
        .status();
    assert!(status.expect("node runs").success(), "see above");
}

/// What `tests/browser/data.mjs` reads.
fn describe(newsroom: &Newsroom, hostile: &[ClaimId]) -> serde_json::Value {
    let path = |id| format!("/claims/{id}");
    serde_json::json!({
        "long": path(&newsroom.long),
        "unchecked": path(&newsroom.unchecked),
        "rated": path(&newsroom.rated),
        "known": newsroom::UNCHECKED,
        "maybe": "Werden im Hafen Grünbek im Juli die Fähren verschrottet, weil der Hafen pleite ist?",
        "hostile": hostile.iter().map(path).collect::<Vec<_>>(),
    })
}

/// The binary, on a data directory, for a caller who asks faster than any person.
fn klarstelle(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_klarstelle"));
    command
        .arg("--data-dir")
        .arg(dir)
        .env("KLARSTELLE_SERVER_ANONYMOUS_BURST", "10000");
    command
}

struct Server {
    child: Child,
    base: String,
}

impl Server {
    fn start(dir: &Path) -> Self {
        let mut serve = klarstelle(dir);
        serve
            .args(["serve", "--listen", "127.0.0.1:0", "--log", "warn"])
            .stdout(Stdio::piped());
        let mut child = serve.spawn().expect("the server starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("stdout"))
            .read_line(&mut line)
            .expect("a line");
        let base = line.split_whitespace().last().expect("an address").to_owned();
        Self { child, base }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
