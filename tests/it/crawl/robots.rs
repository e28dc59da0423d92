//! robots.txt from run to run and from host to host. What becomes of each answer stands in `corpus/robots.rs`, row by row.

use std::time::Duration;

use klarstelle::domain::SourceKind;

use super::Stage;
use crate::support::fake_web::{answer, redirect, status};

const FORBIDS: &[u8] = b"User-agent: *\nDisallow: /page\n";

#[tokio::test]
async fn a_host_without_anybody_there_is_closed() {
    let stage = Stage::hosts(&["site"]);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let dead = listener.local_addr().expect("bound");
    drop(listener);
    let mut stage = stage;
    stage.client = klarstelle::net::Client::new(klarstelle::net::Settings {
        allowed: "127.0.0.1".parse().expect("loopback"),
        ..klarstelle::net::Settings::default()
    })
    .expect("a client");
    let url = klarstelle::domain::WebUrl::parse(&format!("http://{dead}/page")).expect("an address");
    stage.frontier.add_source(SourceKind::PAGE, url.clone());
    stage.crawl().await;
    assert_eq!(stage.frontier.error_at(&url).as_deref(), Some("robots_unreachable"));
}

#[tokio::test]
async fn rules_are_kept_for_a_day_and_silence_for_an_hour() {
    for (script, wait, hits) in [
        (answer("", FORBIDS), Duration::from_hours(23), 1),
        (answer("", FORBIDS), Duration::from_hours(25), 2),
        (status(500, ""), Duration::from_mins(50), 1),
        (status(500, ""), Duration::from_mins(70), 2),
    ] {
        let stage = Stage::hosts(&["site"]);
        stage.web.put("site", "/robots.txt", script);
        stage.source(SourceKind::PAGE, "site", "/page");
        stage.crawl().await;
        stage.wait(wait);
        stage.crawl().await;
        assert_eq!(stage.web.hits("site", "/robots.txt").len(), hits, "after {wait:?}");
        assert_eq!(stage.web.hits("site", "/page").len(), 0);
    }
}

/// A redirect is a request to another host, which has its own rules.
#[tokio::test]
async fn each_hop_asks_its_own_host() {
    let stage = Stage::hosts(&["open", "closed"]);
    stage.web.put("closed", "/robots.txt", answer("", FORBIDS));
    stage
        .web
        .put("open", "/go", redirect(stage.web.url("closed", "/page").as_str()));
    stage.source(SourceKind::PAGE, "open", "/go");
    stage.crawl().await;
    assert_eq!(stage.error_at("open", "/go").as_deref(), Some("robots"));
    assert_eq!(stage.web.hits("closed", "/page").len(), 0);
}

/// A robots.txt on another host is obeyed for the host that sent us there.
#[tokio::test]
async fn a_robots_txt_may_live_elsewhere() {
    let stage = Stage::hosts(&["site", "cdn"]);
    stage.web.put(
        "site",
        "/robots.txt",
        redirect(stage.web.url("cdn", "/robots/site.txt").as_str()),
    );
    stage.web.put("cdn", "/robots/site.txt", answer("", FORBIDS));
    stage
        .web
        .put("cdn", "/robots.txt", answer("", b"User-agent: *\nDisallow: /robots/\n"));
    stage.source(SourceKind::PAGE, "site", "/page");
    stage.crawl().await;
    assert_eq!(stage.error_at("site", "/page").as_deref(), Some("robots"));
}
