//! Rows F31 to F35 on the wire: what counts is how often the page itself was asked for.

use std::time::Duration;

use klarstelle::domain::SourceKind;

use super::Stage;
use crate::support::fake_web::{Script, answer, html, redirect, status};

const FORBIDS: &[u8] = b"User-agent: *\nDisallow: /page\n";

fn robots_of_10_mb() -> Script {
    let mut text = b"User-agent: *\n".to_vec();
    text.resize(499 * 1024, b'#');
    text.extend(b"\nDisallow: /page\n");
    text.resize(10 * 1024 * 1024, b'\n');
    answer("Content-Type: text/plain\r\n", &text)
}

/// What `/robots.txt` answers, and what becomes of the page.
fn cases() -> Vec<(&'static str, Script, Option<&'static str>)> {
    const CLOSED: Option<&str> = Some("robots_unreachable");
    vec![
        ("200 that forbids", answer("", FORBIDS), Some("robots")),
        ("200 for others", answer("", b"User-agent: other\nDisallow: /\n"), None),
        ("F35 two groups of ours", answer("", b"User-agent: klarstelle\nDisallow: /x\n\nUser-agent: *\nAllow: /\n\nUser-agent: KlarStelle\nDisallow: /page\n"), Some("robots")),
        ("F31 500", status(500, ""), CLOSED),
        ("F31 503", status(503, "Retry-After: 1\r\n"), CLOSED),
        ("F31 silence", Script::Silent, CLOSED),
        ("F31 a cut connection", Script::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nUser".to_vec()), CLOSED),
        ("F31 no HTTP", Script::Raw(b"go away".to_vec()), CLOSED),
        ("F31 bad gzip", answer("Content-Encoding: gzip\r\n", FORBIDS), CLOSED),
        ("F31 redirect inside", redirect("http://10.0.0.1/robots.txt"), CLOSED),
        ("F31 redirect to a file", redirect("file:///etc/passwd"), CLOSED),
        ("F32 404", status(404, ""), None),
        ("F32 401", status(401, ""), None),
        ("F32 403", status(403, ""), None),
        ("F32 410", status(410, ""), None),
        ("F32 429", status(429, "Retry-After: 1\r\n"), CLOSED),
        ("F33 five redirects", redirect("/hop/4"), Some("robots")),
        ("F33 six redirects", redirect("/hop/5"), None),
        ("F33 a loop", redirect("/robots.txt"), None),
        ("F34 10 MB", robots_of_10_mb(), Some("robots")),
        ("F34 a page", answer("Content-Type: text/html\r\n", b"<!doctype html><p>Disallow: /page"), None),
    ]
}

#[tokio::test]
async fn the_page_is_asked_for_only_if_robots_txt_lets_us() {
    for (name, script, wanted) in cases() {
        let stage = Stage::hosts(&["site"]);
        stage.web.put("site", "/robots.txt", script);
        for hop in 1..6 {
            stage
                .web
                .put("site", &format!("/hop/{hop}"), redirect(&format!("/hop/{}", hop - 1)));
        }
        stage.web.put("site", "/hop/0", answer("", FORBIDS));
        stage.web.put("site", "/page", html("x"));
        stage.source(SourceKind::PAGE, "site", "/page");
        stage.crawl().await;
        assert_eq!(stage.error_at("site", "/page").as_deref(), wanted, "{name}");
        assert_eq!(
            stage.web.hits("site", "/page").len(),
            usize::from(wanted.is_none()),
            "{name}"
        );
    }
}

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

/// Row F33: a robots.txt on another host is obeyed for the host that sent us there.
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
