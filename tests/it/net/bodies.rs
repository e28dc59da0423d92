//! What the client keeps of an answer, what it costs, and encryption that does not come about. What becomes of bad answers stands in
//! `crawl/corpus/answers.rs`, row by row.

use klarstelle::{domain::WebUrl, net::Request};
use tokio::io::AsyncWriteExt;

use super::{client, outcome};
use crate::support::fake_web::{FakeWeb, answer, gzip_bomb, header, html, status};

/// Row F25: a validator over 1 KB is not kept, others come back verbatim.
#[tokio::test]
async fn validators_are_kept_verbatim_and_short() {
    let (web, client) = (FakeWeb::hosts(&["news"]), client());
    let long = "e".repeat(1025);
    web.put(
        "news",
        "/",
        answer(
            &format!("ETag: W/\"ä\"\r\nETag: \"{long}\"\r\nLast-Modified: year 9999\r\n"),
            b"",
        ),
    );
    web.put("news", "/long", answer(&format!("ETag: \"{long}\"\r\n"), b""));
    let first = client
        .fetch(Request::get(web.url("news", "/")))
        .await
        .expect("fetched")
        .validators;
    assert_eq!(
        (first.etag.as_deref(), first.last_modified.as_deref()),
        (None, Some("year 9999"))
    );
    let second = client
        .fetch(Request::get(web.url("news", "/long")).unless_unchanged(&first))
        .await
        .expect("fetched");
    assert!(second.validators.is_empty());
    assert_eq!(
        header(&web.hits("news", "/long")[0].head, "if-modified-since").as_deref(),
        Some("year 9999")
    );
}

#[tokio::test]
async fn a_smaller_limit_can_be_asked_for() {
    let (web, client) = (FakeWeb::hosts(&["news"]), client());
    web.put("news", "/", html("hello"));
    let ask = |request: Request| async {
        client
            .fetch(request)
            .await
            .map(|got| got.body.len())
            .map_err(|e| e.as_str())
    };
    assert_eq!(
        ask(Request::get(web.url("news", "/")).at_most(4)).await,
        Err("too_large")
    );
    assert_eq!(ask(Request::get(web.url("news", "/")).first(4)).await, Ok(4));
}

#[tokio::test]
async fn says_who_asks_and_reports_any_status() {
    let (web, client) = (FakeWeb::hosts(&["news"]), client());
    web.put("news", "/gone", status(410, "Retry-After: 120\r\n"));
    let gone = client
        .fetch(Request::get(web.url("news", "/gone")))
        .await
        .expect("an answer");
    assert_eq!((gone.status, gone.retry_after.as_deref()), (410, Some("120")));
    let agent = header(&web.log()[0].head, "user-agent").expect("sent");
    assert!(agent.starts_with("klarstelle/"), "{agent}");
}

/// Row F21: the other side of a TLS handshake that says nothing, or something else.
#[tokio::test]
async fn tls_that_does_not_come_about_has_a_reason() {
    let (web, client) = (FakeWeb::hosts(&["silent"]), client());
    // The fake web waits for the end of a request; a handshake has none.
    let silent = WebUrl::parse(&format!("https://{}/", web.addresses["silent"])).expect("an address");
    assert_eq!(outcome(&client, silent).await, Err("timeout"));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    let garbling = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let garbled = WebUrl::parse(&format!("https://{address}/")).expect("an address");
    assert_eq!(outcome(&client, garbled).await, Err("tls"));
    garbling.abort();
}

/// A bare machine has no CA certificates; the demo must run on it all the same.
#[tokio::test]
async fn without_ca_certificates_plain_http_works() {
    const TEST: &str = "net::bodies::without_ca_certificates_plain_http_works";
    if std::env::var_os("SSL_CERT_FILE").is_none_or(|path| path != "/nonexistent") {
        let mut this = std::process::Command::new(std::env::current_exe().expect("the test binary"));
        let this = this
            .args(["--exact", TEST])
            .env("SSL_CERT_FILE", "/nonexistent")
            .env("SSL_CERT_DIR", "/nonexistent");
        let run = this.output().expect("runs");
        let said = String::from_utf8_lossy(&run.stdout);
        assert!(run.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    let (web, client) = (FakeWeb::hosts(&["news"]), client());
    web.put("news", "/", html("hello"));
    assert_eq!(outcome(&client, web.url("news", "/")).await, Ok(5));
}

/// What a bomb costs: not much more than what is taken of it, whatever it would unpack to.
#[tokio::test]
async fn a_bomb_costs_little_memory() {
    let (web, client) = (FakeWeb::hosts(&["bad"]), client());
    web.put("bad", "/plain", html("x"));
    outcome(&client, web.url("bad", "/plain")).await.expect("fetched");
    let before = peak_memory_kib();
    for n in 0..5 {
        let path = format!("/{n}");
        web.put("bad", &path, gzip_bomb());
        assert_eq!(outcome(&client, web.url("bad", &path)).await, Err("too_large"));
    }
    let grown = peak_memory_kib() - before;
    assert!(grown < 64 * 1024, "{grown} KiB");
}

fn peak_memory_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .expect("known to Linux");
    peak.trim().trim_end_matches(" kB").parse().expect("a number")
}
