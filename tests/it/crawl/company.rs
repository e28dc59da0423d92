//! Hosts in hand: one flow over all of them, and other runs at some of them.

use std::time::{Duration, Instant};

use klarstelle::{
    crawl::{Authority, Frontier, RunId, Term},
    domain::{SourceKind, Timestamp},
};

use super::Stage;
use crate::support::fake_web::{html, redirect, socket, status};

/// A stream that is listened to for long holds up nothing, even if only one host is visited at once: neither the sources
/// of other hosts nor the pages that they name.
#[tokio::test]
async fn a_stream_holds_nothing_up() {
    let mut stage = Stage::hosts(&["jet", "news", "other"]);
    (stage.settings.listen, stage.settings.concurrency) = (Duration::from_secs(2), 1);
    let stream = "/subscribe?wantedCollections=app.bsky.feed.post&maxMessageSizeBytes=65536";
    stage.web.put("jet", stream, socket(&[]));
    stage.source(SourceKind::named("jetstream"), "jet", stream);
    stage.web.put("other", "/a", html("a"));
    stage.feed("news", &[stage.web.url("other", "/a")]);
    let begun = Instant::now();
    let report = stage.crawl().await;
    assert!(begun.elapsed() >= Duration::from_secs(2), "the stream was listened to");
    assert_eq!((report.sources.len(), report.pages.fetched), (2, 1));
    let page = stage.web.hits("other", "/a")[0].began;
    assert!(page - begun < Duration::from_secs(1), "the page waited for the stream");
}

fn later(ms: i64) -> Timestamp {
    Timestamp::from_millis(Timestamp::now().as_millis() + ms)
}

/// A host that another run has in hand is left to it. A page that leads there is put off; its host's other pages are not.
#[tokio::test]
async fn what_leads_to_a_host_in_other_hands_is_put_off() {
    let mut stage = Stage::hosts(&["news", "busy"]);
    stage.settings.lease = Duration::from_millis(200);
    stage.web.put("busy", "/there", html("there"));
    stage
        .web
        .put("news", "/lead", redirect(stage.web.url("busy", "/there").as_str()));
    stage.web.put("news", "/z", html("z"));
    stage.feed("news", &[stage.web.url("news", "/lead"), stage.web.url("news", "/z")]);
    let (run, host) = (RunId::new(RunId::CRAWL), Authority::of(&stage.web.url("busy", "/")));
    let term = Term {
        run: &run,
        now: later(0),
        until: later(3_600_000),
    };
    let held = stage
        .frontier
        .claim_host(&host, &term)
        .await
        .expect("asked")
        .expect("free");
    let report = stage.crawl().await;
    assert_eq!((report.pages.fetched, report.pages.postponed), (1, 1));
    assert_eq!(stage.web.hits("busy", "/").len(), 0);
    let released = stage.frontier.release(&held.lease, &held.memory, None).await;
    assert!(released.is_ok());
    assert_eq!(stage.crawl().await.pages.fetched, 0, "not before a minute has passed");
    stage.wait(Duration::from_secs(61));
    assert_eq!(stage.crawl().await.pages.fetched, 1);
    assert_eq!(stage.web.hits("busy", "/there").len(), 1);
}

/// A run that finds hosts in hands which give no sign of life waits until their leases end, and takes them.
#[tokio::test]
async fn the_hosts_of_the_dead_are_taken_over() {
    let mut stage = Stage::hosts(&["news"]);
    stage.settings.lease = Duration::from_millis(600);
    stage.feed("news", &[]);
    let (dead, host) = (RunId::new(RunId::CRAWL), Authority::of(&stage.web.url("news", "/")));
    let term = Term {
        run: &dead,
        now: later(0),
        until: later(500),
    };
    stage
        .frontier
        .claim_host(&host, &term)
        .await
        .expect("asked")
        .expect("free");
    let begun = Instant::now();
    assert_eq!(stage.crawl().await.sources.len(), 1);
    let waited = begun.elapsed();
    assert!(
        waited >= Duration::from_millis(400) && waited < Duration::from_secs(5),
        "{waited:?}"
    );
}

/// A source that has failed for a week is visited once a week; a visit that goes well ends that.
#[tokio::test]
async fn a_source_that_failed_for_a_week_is_visited_once_a_week() {
    let stage = Stage::hosts(&["news"]);
    stage.web.put("news", "/feed", status(404, ""));
    stage.source(SourceKind::named("feed"), "news", "/feed");
    let hour = Duration::from_hours(1);
    let visits = async |hours: u32| {
        let before = stage.web.hits("news", "/feed").len();
        for _ in 0..hours {
            stage.wait(hour);
            stage.crawl().await;
        }
        stage.web.hits("news", "/feed").len() - before
    };
    let first_week = visits(8 * 24).await;
    assert!((8..40).contains(&first_week), "{first_week}");
    assert!(visits(14 * 24).await <= 2);
    stage.web.put("news", "/feed", html(""));
    visits(8 * 24).await;
    assert!(visits(24).await >= 3, "as often as any other quiet one again");
}
