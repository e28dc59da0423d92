//! What one page or host does never stops the others, and is tried again later and later.

use std::time::Duration;

use klarstelle::{
    crawl::{Due, Error, Outcome},
    domain::SourceKind,
};

use super::Stage;
use crate::support::fake_web::{Script, answer, gzip_bomb, html, redirect, status};

/// Each page, and the word recorded for it; `None` if it was read.
fn pages() -> Vec<(&'static str, Script, Option<&'static str>)> {
    let endless =
        |head: &str| Script::Endless(format!("HTTP/1.1 200 OK\r\n{head}\r\n").into_bytes(), vec![b'a'; 65536]);
    vec![
        ("/endless", endless(""), Some("too_large")),
        (
            "/lying-length",
            endless("Content-Length: 9999999999\r\n"),
            Some("too_large"),
        ),
        ("/bomb", gzip_bomb(), Some("too_large")),
        ("/loop", redirect("/loop"), Some("too_many_redirects")),
        (
            "/drip",
            Script::Drip(Duration::from_millis(50), b"HTTP/1.1 200 OK\r\n\r\n".repeat(99)),
            Some("timeout"),
        ),
        ("/good", html("good"), None),
        (
            "/cut",
            Script::Reset(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc".to_vec()),
            Some("interrupted"),
        ),
        (
            "/bad-gzip",
            answer("Content-Encoding: gzip\r\n", b"\x1f\x8b\x08"),
            Some("decode"),
        ),
        ("/gone", status(410, ""), Some("status_410")),
        ("/down", status(500, ""), Some("status_500")),
        ("/unasked-304", status(304, ""), Some("protocol")),
        (
            "/no-http",
            Script::Raw(b"HTTP/9.9 999\r\n\r\n".to_vec()),
            Some("protocol"),
        ),
        ("/file", redirect("file:///etc/passwd"), Some("url_not_allowed")),
        (
            "/inside",
            redirect("http://169.254.169.254/latest/"),
            Some("address_not_allowed"),
        ),
        ("/broken", html("!not an article"), Some("unreadable")),
        ("/last", html("last"), None),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_crawl_goes_on_to_the_next_page() {
    let stage = Stage::hosts(&["bad", "feeds"]);
    let pages = pages();
    let urls: Vec<_> = pages.iter().map(|(path, ..)| stage.web.url("bad", path)).collect();
    for (path, script, _) in &pages {
        stage.web.put("bad", path, script.clone());
    }
    stage.feed("feeds", &urls);
    let report = stage.crawl().await;
    for (path, _, wanted) in &pages {
        assert_eq!(stage.error_at("bad", path).as_deref(), *wanted, "{path}");
    }
    assert_eq!((report.pages.fetched, report.pages.skipped_by_guard), (2, 2));
    assert_eq!(report.pages.failed, pages.len() as u64 - 4);
}

#[tokio::test]
async fn a_source_that_fails_is_reported_and_the_others_are_read() {
    let stage = Stage::hosts(&["good", "bad"]);
    stage.feed("good", &[]);
    stage.web.put("bad", "/feed", html("!not a feed"));
    stage.source(SourceKind::named("feed"), "bad", "/feed");
    stage.source(SourceKind::named("mastodon"), "bad", "/nowhere");
    let report = stage.crawl().await;
    let mut failed: Vec<_> = report
        .failed()
        .map(|(source, why)| (source.url.clone(), why.to_string()))
        .collect();
    failed.sort();
    let wanted = [("/feed", "not a feed"), ("/nowhere", "the server answered 404")];
    assert_eq!(
        failed,
        wanted.map(|(path, why)| (stage.web.url("bad", path), why.to_owned()))
    );
    assert_eq!(
        report
            .sources
            .iter()
            .filter(|s| matches!(s.outcome, Outcome::Read))
            .count(),
        1
    );
}

/// 15 minutes as usual, then 20, 40, … up to a day; one success, and it starts again.
#[tokio::test]
async fn failures_wait_longer_and_longer() {
    let stage = Stage::hosts(&["bad"]);
    let url = stage.web.url("bad", "/feed");
    stage.source(SourceKind::named("feed"), "bad", "/feed");
    let mut minutes = Vec::new();
    for _ in 0..12 {
        stage.run(Due::All).await.expect("ends");
        let wait = stage.frontier.due_at(&url).as_millis() - stage.now().as_millis();
        minutes.push((wait + 30_000) / 60_000);
    }
    assert_eq!(minutes, [15, 15, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440, 1440]);
    stage.web.put("bad", "/feed", html(stage.web.url("bad", "/a").as_str()));
    stage.run(Due::All).await.expect("ends");
    assert_eq!(stage.error_at("bad", "/feed"), None);
    stage.web.put("bad", "/feed", status(404, ""));
    stage.run(Due::All).await.expect("ends");
    assert!(stage.frontier.due_at(&url).as_millis() - stage.now().as_millis() <= 15 * 60_000);
}

/// A full disk is no page's fault: the run ends, and the page stays due.
#[tokio::test]
async fn a_reader_that_cannot_keep_anything_ends_the_run() {
    let mut stage = Stage::hosts(&["news"]);
    stage.feed("news", &[]);
    stage.reader.is_full = true;
    let error = stage.run(Due::All).await.expect_err("nothing can be kept");
    assert!(matches!(error, Error::Reader(_)), "{error:?}");
    stage.reader.is_full = false;
    assert_eq!(stage.crawl().await.sources.len(), 1);
    assert_eq!(stage.reader.paths(), ["/feed"]);
}

#[tokio::test]
async fn a_page_that_recovers_is_read() {
    let stage = Stage::hosts(&["news"]);
    stage
        .web
        .put("news", "/a", Script::InTurn(vec![status(500, ""), html("a")]));
    stage.feed("news", &[stage.web.url("news", "/a")]);
    for (wait, failed, fetched) in [(0, 1, 0), (4, 0, 0), (2, 0, 1), (60, 0, 0)] {
        stage.wait(Duration::from_mins(wait));
        let pages = stage.crawl().await.pages;
        assert_eq!(
            (pages.failed, pages.fetched),
            (failed, fetched),
            "after {wait} more minutes"
        );
    }
}
