//! `erase`, `retention`, `backup` and `restore` as an operator uses them, on the bundled web.

use std::{
    fs,
    path::{Path, PathBuf},
};

use klarstelle::store::{Store, StoreUrl};

use super::crawling::Newsroom;
use crate::support::{
    process::{Server, http_client, klarstelle},
    remains,
};

/// A page that was read, with its claims: its address, and a part of that in which it differs from all others.
async fn victim(dir: &Path) -> (String, String) {
    let store = Store::open(&StoreUrl::Sqlite(dir.join("store.sqlite3")))
        .await
        .expect("a store");
    let documents = store.documents_after(None, 1000).await.expect("documents");
    let url = documents
        .iter()
        .map(|one| one.document.url.as_str())
        .find(|url| url.contains("/lokales/"));
    let url = url.expect("a page").to_owned();
    let path = url
        .rsplit_once("/lokales/")
        .expect("a path")
        .1
        .trim_end_matches('/')
        .to_owned();
    store.close().await;
    (url, path)
}

/// Files with a word in them, but for what a sitemap of the example web may be called.
fn holding(dir: &Path, word: &str) -> Vec<PathBuf> {
    remains::holding(dir, word)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_is_erased_while_the_service_runs_and_a_recrawl_does_not_bring_it_back() {
    let room = Newsroom::open().await;
    let archive = room.dir().join("archive");
    let empty = tempfile::tempdir().expect("a folder");
    let empty = empty.path().join("sources-only");
    let empty = empty.to_str().expect("a path");
    assert_eq!(klarstelle(room.dir(), &["backup", empty]).code, 0);
    let arguments = [
        "crawl",
        "--all",
        "--format",
        "json",
        "--archive",
        archive.to_str().expect("a path"),
    ];
    assert_eq!(room.run(&arguments).await.code, 0);
    let (url, path) = victim(room.dir()).await;
    assert!(holding(room.dir(), &path).len() > 1, "{path}");
    let dir = room.dir().to_owned();
    let server = tokio::task::spawn_blocking(move || Server::start(&dir))
        .await
        .expect("started");

    let shown = klarstelle(room.dir(), &["erase", &url, "--dry-run", "--format", "json"]).json();
    assert_eq!(shown["documents"][0]["url"], url.as_str());
    let erased = klarstelle(room.dir(), &["erase", &url, "--format", "json"]);
    assert_eq!(erased.code, 0, "{}{}", erased.stdout, erased.stderr);
    let report = erased.json();
    assert_eq!(
        (report["documents"].as_u64(), report["remains"].as_array().map(Vec::len)),
        (Some(1), Some(0))
    );
    assert!(report["archive"]["records"].as_u64() > Some(2), "{report}");
    assert_eq!(holding(room.dir(), &path), Vec::<PathBuf>::new());
    let health = http_client()
        .get(format!("{}/readyz", server.base))
        .send()
        .await
        .expect("an answer");
    assert!(health.status().is_success());

    let again = room.run(&arguments).await;
    assert_eq!(again.code, 0, "{}", again.stderr);
    assert_eq!(holding(room.dir(), &path), Vec::<PathBuf>::new());
    assert_eq!(server.stop(), 0);

    // With a memory that never saw the page, all is read anew.
    assert_eq!(klarstelle(room.dir(), &["restore", empty, "--replace"]).code, 0);
    let anew = room.run(&arguments).await;
    assert_eq!(anew.code, 0, "{}", anew.stderr);
    assert!(anew.json()["suppressed"].as_u64() > Some(0), "{}", anew.stdout);
    assert!(anew.json()["documents"].as_u64() > Some(5), "{}", anew.stdout);
    let found = holding(room.dir(), &path);
    assert_eq!(
        found,
        Vec::<PathBuf>::new(),
        "the crawl took out what it had kept of it"
    );
    assert_eq!(klarstelle(room.dir(), &["verify"]).code, 0);
    assert_eq!(klarstelle(room.dir(), &["retention"]).code, 0);
    let doctor = klarstelle(room.dir(), &["doctor"]);
    assert!(doctor.stdout.contains("sound"), "{}", doctor.stdout);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_comes_back_elsewhere_and_here_without_what_was_erased_since() {
    let room = Newsroom::open().await;
    let archive = room.dir().join("archive");
    let crawled = room
        .run(&["crawl", "--archive", archive.to_str().expect("a path")])
        .await;
    assert_eq!(crawled.code, 0, "{}", crawled.stderr);
    let (url, path) = victim(room.dir()).await;
    let out = tempfile::tempdir().expect("a folder");
    let to = out.path().join("monday");
    let to = to.to_str().expect("a path");
    assert_eq!(klarstelle(room.dir(), &["backup", to]).code, 0);
    let elsewhere = out.path().join("elsewhere");
    let restored = klarstelle(&elsewhere, &["restore", to]);
    assert_eq!(restored.code, 0, "{}", restored.stderr);
    assert_eq!(klarstelle(&elsewhere, &["verify"]).code, 0);
    let copy = klarstelle(&elsewhere, &["document", "copy", &url]);
    assert_eq!(copy.code, 0, "{}", copy.stderr);

    assert_eq!(klarstelle(room.dir(), &["erase", &url]).code, 0);
    assert_eq!(klarstelle(room.dir(), &["restore", to]).code, 1, "a store is there");
    let restored = klarstelle(room.dir(), &["restore", to, "--replace", "--format", "json"]);
    assert_eq!(restored.code, 0, "{}", restored.stderr);
    assert_eq!(restored.json()["erased_again"]["documents"], 1);
    assert_eq!(holding(room.dir(), &path), Vec::<PathBuf>::new());
    assert_eq!(klarstelle(room.dir(), &["verify"]).code, 0);
    fs::write(Path::new(to).join("manifest.json"), "{}").expect("written");
    let refused = klarstelle(&elsewhere, &["restore", to, "--replace"]);
    assert!(
        refused.code == 1 && refused.stderr.contains("no whole backup"),
        "{}",
        refused.stderr
    );
}
