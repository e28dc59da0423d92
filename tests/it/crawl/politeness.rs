//! One request at a time to a host, with a distance; waits that are asked for; no more than a run may send.

use std::time::Duration;

use klarstelle::domain::SourceKind;

use super::Stage;
use crate::support::fake_web::{Hit, Script, answer, html, status};

/// The shortest time from the end of one request to a host to the start of the next.
fn gap(hits: &[Hit]) -> Duration {
    let pairs = hits.windows(2).map(|pair| {
        let ended = pair[0].ended.expect("the answer is out");
        pair[1].began.checked_duration_since(ended).expect("one at a time")
    });
    pairs.min().expect("two requests")
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_to_a_host_keep_their_distance_and_hosts_do_not_wait_for_each_other() {
    let mut stage = Stage::hosts(&["one", "two", "three"]);
    stage.settings.min_delay = Duration::from_millis(150);
    for host in ["one", "two", "three"] {
        let pages: Vec<_> = (0..4).map(|n| stage.web.url(host, &format!("/{n}"))).collect();
        for n in 0..4 {
            stage.web.put(host, &format!("/{n}"), html("x"));
        }
        stage.feed(host, &pages);
    }
    let report = stage.crawl().await;
    assert_eq!(report.pages.fetched, 12);
    for host in ["one", "two", "three"] {
        let hits = stage.web.hits(host, "/");
        assert_eq!(hits.len(), 6, "robots.txt, feed, pages");
        assert!(gap(&hits) >= Duration::from_millis(145), "{:?}", gap(&hits));
    }
    let all = stage.web.log();
    let overlapping = all.windows(2).any(|pair| pair[0].host != pair[1].host);
    let first = all.iter().map(|hit| hit.began).min().expect("hits");
    let last = all.iter().map(|hit| hit.began).max().expect("hits");
    assert!(
        overlapping && last - first < Duration::from_millis(3 * 5 * 150),
        "{:?}",
        last - first
    );
}

#[tokio::test]
async fn crawl_delays_are_obeyed() {
    let stage = Stage::hosts(&["slow"]);
    stage
        .web
        .put("slow", "/robots.txt", answer("", b"User-agent: *\nCrawl-delay: 0.3\n"));
    stage.web.put("slow", "/a", html("a"));
    stage.feed("slow", &[stage.web.url("slow", "/a")]);
    stage.crawl().await;
    let hits = stage.web.hits("slow", "/");
    assert!(gap(&hits[1..]) >= Duration::from_millis(295), "{:?}", gap(&hits[1..]));
}

/// What a host asks for is done, within a day, and by the next run too.
#[tokio::test]
async fn a_host_that_asks_for_a_pause_gets_it() {
    for (header, hours) in [
        ("Retry-After: 7200\r\n", 2),
        ("Retry-After: 99999999\r\n", 24),
        ("", 0),
        ("Retry-After: -1\r\n", 0),
    ] {
        let stage = Stage::hosts(&["busy"]);
        let pages: Vec<_> = (0..3).map(|n| stage.web.url("busy", &format!("/{n}"))).collect();
        stage.feed("busy", &pages);
        stage.web.put("busy", "/0", status(503, header));
        stage.web.put("busy", "/1", html("1"));
        stage.web.put("busy", "/2", html("2"));
        let report = stage.crawl().await;
        assert_eq!((report.pages.failed, report.pages.postponed), (1, 2), "{header:?}");
        let almost = Duration::from_mins(if hours == 0 { 13 } else { hours * 60 - 2 });
        stage.wait(almost);
        let before = stage.web.log().len();
        stage.crawl().await;
        assert_eq!(stage.web.log().len(), before, "{header:?}");
        stage.web.put("busy", "/0", html("0"));
        stage.wait(Duration::from_mins(3));
        let report = stage.crawl().await;
        assert_eq!(report.pages.fetched, 3, "{header:?}");
    }
}

#[tokio::test]
async fn a_host_that_does_not_answer_is_left_alone() {
    let stage = Stage::hosts(&["dead", "alive"]);
    let pages: Vec<_> = (0..8).map(|n| stage.web.url("dead", &format!("/{n}"))).collect();
    for n in 0..8 {
        stage.web.put("dead", &format!("/{n}"), Script::Silent);
    }
    stage.feed("alive", &pages);
    let report = stage.crawl().await;
    assert_eq!((report.pages.failed, report.pages.postponed), (3, 5));
    assert_eq!(stage.web.hits("dead", "/").len(), 1 + 3);
}

#[tokio::test]
async fn a_run_sends_a_host_only_so_much() {
    let mut stage = Stage::hosts(&["news"]);
    let pages: Vec<_> = (0..10).map(|n| stage.web.url("news", &format!("/{n}"))).collect();
    for n in 0..10 {
        stage.web.put("news", &format!("/{n}"), html("x"));
    }
    stage.feed("news", &pages);
    stage.settings.max_pages_per_host = 6;
    // robots.txt and the feed count too.
    let report = stage.crawl().await;
    assert_eq!((report.pages.fetched, report.pages.postponed), (4, 6));
    stage.wait(Duration::from_millis(5));
    assert_eq!(stage.crawl().await.pages.fetched, 6);
    stage.settings.max_pages_per_run = 0;
    stage.source(SourceKind::PAGE, "news", "/1");
    assert_eq!(stage.crawl().await.sources.len(), 1);
}
