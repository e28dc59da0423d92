//! Sources that fail for long: found, named, left alone, and asked again when somebody says so.

use std::{path::Path, time::Duration};

use klarstelle::{
    domain::Timestamp,
    store::{Store, StoreUrl},
};

use crate::support::{
    fake_web::{FakeWeb, Script},
    process::{Ran, command, klarstelle, run},
    visits::{Visited, visit},
};

const EMPTY: &str = "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>x</title></channel></rss>";

struct Room {
    web: FakeWeb,
    data: tempfile::TempDir,
}

impl Room {
    fn dir(&self) -> &Path {
        self.data.path()
    }

    fn address(&self) -> String {
        self.web.url("gone", "/feed.xml").to_string()
    }

    async fn crawl(&self, arguments: &[&str]) -> Ran {
        let mut command = command(self.dir());
        let allowed = self.web.addresses["gone"].to_string();
        command
            .arg("crawl")
            .args(arguments)
            .env("KLARSTELLE_NET_ALLOW_LOOPBACK", allowed);
        command.env("KLARSTELLE_CRAWL_MIN_DELAY_MS", "1");
        tokio::task::spawn_blocking(move || run(&mut command))
            .await
            .expect("ran")
    }

    fn status(&self) -> serde_json::Value {
        let ran = klarstelle(self.dir(), &["source", "status", &self.address(), "--format", "json"]);
        ran.json()[0].clone()
    }
}

fn days_ago(days: u64) -> Timestamp {
    let ago = Duration::from_hours(24 * days).as_millis() as i64;
    Timestamp::from_millis(Timestamp::now().as_millis() - ago)
}

/// A source whose last good visit was nine days ago, in a store of its own.
async fn room() -> Room {
    let room = Room {
        web: FakeWeb::hosts(&["gone"]),
        data: tempfile::tempdir().expect("a folder"),
    };
    let url = StoreUrl::Sqlite(room.dir().join("store.sqlite3"));
    let store = Store::open(&url).await.expect("a store");
    let failed = Some("status_404".to_owned());
    let visits = [
        (days_ago(9), None),
        (days_ago(8), failed.clone()),
        (days_ago(3), failed),
    ];
    let address = room.address();
    let source = Visited {
        url: &address,
        visits: &visits,
    };
    visit(&store, &source).await;
    store.close().await;
    room
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_source_is_named_left_alone_and_asked_again_by_hand() {
    let room = room().await;
    assert_eq!(room.status()["state"], "failing", "five days are not a week");
    let ran = room.crawl(&[]).await;
    assert_eq!(ran.code, 3, "{ran:?}");
    let told: Vec<_> = ran
        .stderr
        .lines()
        .filter(|line| line.contains(&room.address()))
        .collect();
    assert!(
        told.len() == 1 && told[0].contains("; broken, failing since "),
        "{}",
        ran.stderr
    );

    // Not visited any more, and still named.
    let asked = room.web.log().len();
    let ran = room.crawl(&[]).await;
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", ""));
    assert_eq!(room.web.log().len(), asked);
    let ran = room.crawl(&["--format", "json"]).await;
    assert_eq!(ran.json()["broken"][0]["url"], room.address());
    let doctor = klarstelle(room.dir(), &["doctor"]);
    let line = doctor
        .stdout
        .lines()
        .find(|line| line.contains("sources"))
        .expect("a line");
    assert!(
        line.starts_with("warning") && line.contains(&room.address()),
        "{}",
        doctor.stdout
    );
    let status = room.status();
    assert_eq!(
        (&status["state"], &status["last_failure"]["code"]),
        (&"broken".into(), &"status_404".into())
    );
    let next = Timestamp::parse(status["next_visit_at"].as_str().expect("a time")).expect("a time");
    let days = (next.as_millis() - Timestamp::now().as_millis()) / 3_600_000;
    assert_eq!(days, 7 * 24 - 1, "in a week");
    let text = klarstelle(room.dir(), &["source", "status", "--state", "broken"]).stdout;
    assert!(
        text.starts_with("broken   feed  http://") && text.contains("the server answered 404"),
        "{text}"
    );
    assert_eq!(
        klarstelle(room.dir(), &["source", "status", "--state", "ok"]).stdout,
        ""
    );

    // Mended, and asked again.
    room.web.put(
        "gone",
        "/feed.xml",
        Script::Page("application/rss+xml", EMPTY.to_owned()),
    );
    let retried = klarstelle(room.dir(), &["source", "retry", &room.address()]);
    assert_eq!(retried.code, 0, "{}", retried.stderr);
    let ran = room.crawl(&[]).await;
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let status = room.status();
    assert_eq!(
        (&status["state"], &status["robots"]),
        (&"ok".into(), &"allowed".into()),
        "{status}"
    );
    let doctor = klarstelle(room.dir(), &["doctor"]).stdout;
    assert!(doctor.contains("1, of them 0 failing, none broken"), "{doctor}");
}

#[test]
fn a_source_that_is_not_there_cannot_be_retried() {
    let data = tempfile::tempdir().expect("folder");
    for source in ["https://nobody.example/", "01936f5e-5c00-7000-8000-000000005ace"] {
        let ran = klarstelle(data.path(), &["source", "retry", source]);
        assert_eq!(ran.code, 1, "{}", ran.stderr);
    }
}
