//! `klarstelle crawl` on the bundled web: silent, locked, resumable, and idle when nothing is new.

use std::{path::Path, process::Command, time::Duration};

use klarstelle::{
    demo::site::{self, Web},
    domain::WebUrl,
};
use serde_json::Value;

use crate::support::process::{Ran, command, klarstelle, run};

/// The bundled web, and a data directory with its sources.
pub(super) struct Newsroom {
    web: Web,
    data: tempfile::TempDir,
}

impl Newsroom {
    pub(super) async fn open() -> Self {
        let web = site::serve().await.expect("the bundled web");
        let room = Self {
            web,
            data: tempfile::tempdir().expect("folder"),
        };
        for (kind, url) in room.web.sites.iter().flat_map(|site| &site.sources) {
            let ran = klarstelle(room.dir(), &["source", "add", url.as_str(), "--kind", kind.as_str()]);
            assert_eq!(ran.code, 0, "{}", ran.stderr);
        }
        room
    }

    /// Where a site stands.
    pub(super) fn site(&self, host: &str) -> WebUrl {
        let site = self.web.sites.iter().find(|site| site.host == host);
        site.expect("a site of the bundled web").base.clone()
    }

    /// Takes the web away; the data stay.
    pub(super) fn close(self) -> tempfile::TempDir {
        self.data
    }

    pub(super) fn dir(&self) -> &Path {
        self.data.path()
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(self.dir());
        command
            .args(arguments)
            .env("KLARSTELLE_NET_ALLOW_LOOPBACK", self.web.allow_loopback());
        command.env("KLARSTELLE_CRAWL_MIN_DELAY_MS", "0");
        command
    }

    /// Runs off the async threads, which serve the web meanwhile.
    pub(super) async fn run(&self, arguments: &[&str]) -> Ran {
        self.run_command(self.command(arguments)).await
    }

    pub(super) async fn run_command(&self, mut command: Command) -> Ran {
        tokio::task::spawn_blocking(move || run(&mut command))
            .await
            .expect("ran")
    }

    pub(super) fn standing(&self) -> Value {
        klarstelle(self.dir(), &["verify", "--format", "json"]).json()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crawl_is_silent_and_a_second_one_changes_nothing() {
    let room = Newsroom::open().await;
    let first = room.run(&["crawl"]).await;
    assert_eq!((first.code, first.stdout.as_str(), first.stderr.as_str()), (0, "", ""));
    let before = room.standing();
    assert!(before["claims"].as_u64() > Some(30), "{before}");
    assert_eq!(before["index_at"], before["store_at"]);

    let second = room.run(&["crawl", "--all", "--format", "json"]).await;
    assert_eq!(second.code, 0, "{}", second.stderr);
    assert!(second.json()["sources"].as_u64() >= Some(6), "{}", second.stdout);
    assert_eq!(
        room.standing()["store_at"],
        before["store_at"],
        "a row in the change log without a change"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_due_is_not_visited() {
    let room = Newsroom::open().await;
    assert_eq!(room.run(&["crawl"]).await.code, 0);
    let second = room.run(&["crawl", "--format", "json"]).await;
    assert_eq!(second.json()["sources"], 0, "{}", second.stdout);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_source_gets_one_line_and_the_others_land() {
    let room = Newsroom::open().await;
    let gone = room.web.sites[0].base.join("/es-gibt-mich-nicht.xml").expect("url");
    klarstelle(room.dir(), &["source", "add", gone.as_str()]);
    let ran = room.run(&["crawl"]).await;
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let told: Vec<&str> = ran.stderr.lines().filter(|line| line.contains(gone.as_str())).collect();
    assert_eq!(told.len(), 1, "{}", ran.stderr);
    assert!(room.standing()["claims"].as_u64() > Some(30));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_crawl_at_the_same_time_exits_with_4() {
    let room = Newsroom::open().await;
    let held = std::fs::File::create(room.dir().join("crawl.lock")).expect("lock");
    held.try_lock().expect("free");
    let ran = room.run(&["crawl"]).await;
    assert_eq!(ran.code, 4, "{}", ran.stderr);
}

/// Kills crawls early, again and again; then one runs to its end. The outcome is that of an unbroken run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_crawl_is_taken_up_again() {
    let unbroken = Newsroom::open().await;
    assert_eq!(unbroken.run(&["crawl"]).await.code, 0);
    let room = Newsroom::open().await;
    for pause_ms in [150, 300, 450, 600] {
        let mut child = room.command(&["crawl"]).spawn().expect("starts");
        tokio::time::sleep(Duration::from_millis(pause_ms)).await;
        let _ = child.kill();
        child.wait().expect("reaped");
    }
    assert_eq!(room.run(&["crawl", "--all"]).await.code, 0);
    let (broken, whole) = (room.standing(), unbroken.standing());
    assert_eq!(broken["claims"], whole["claims"]);
    assert_eq!(broken["index_at"], broken["store_at"]);
    let doctor = klarstelle(room.dir(), &["doctor", "--format", "json"]).json();
    let reference = klarstelle(unbroken.dir(), &["doctor", "--format", "json"]).json();
    let counts = |found: &Value| {
        found
            .as_array()
            .and_then(|f| f.iter().find(|f| f["what"] == "store").cloned())
    };
    let text = |found: &Value| {
        counts(found)
            .map(|f| f["detail"].to_string())
            .unwrap_or_default()
            .split(": ")
            .last()
            .map(str::to_owned)
    };
    assert_eq!(text(&doctor), text(&reference));
}
