//! The accept loop on real sockets: who is slow, silent, too big or too many, and what happens to the others.

use std::time::{Duration, Instant};

use klarstelle::config::ServerSettings;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};

use crate::support::{
    live::{Live, PATIENCE, read_to_end, request},
    process::{self, Server},
};

/// Short times, so that tests are quick.
fn quick() -> ServerSettings {
    ServerSettings {
        header_timeout_ms: 400,
        body_timeout_ms: 500,
        idle_timeout_ms: 600,
        drain_timeout_ms: 1500,
        ..ServerSettings::default()
    }
}

/// Reads one answer's head and body, by its content-length.
async fn read_answer(socket: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().expect("a length")) {
                return text;
            }
        }
        let read = timeout(PATIENCE, socket.read_buf(&mut bytes))
            .await
            .expect("an answer")
            .expect("bytes");
        assert!(read > 0, "closed after {text:?}");
    }
}

async fn closes_within(socket: &mut TcpStream, from_ms: u64, to_ms: u64) -> String {
    let start = Instant::now();
    let text = read_to_end(socket).await;
    let took = start.elapsed().as_millis() as u64;
    assert!((from_ms..to_ms).contains(&took), "closed after {took} ms: {text}");
    text
}

#[tokio::test]
async fn silent_and_slow_headers_are_cut_off() {
    let server = Live::start(quick()).await;
    let mut silent = server.connect().await;
    closes_within(&mut silent, 300, 3000).await;
    let mut begun = server.connect().await;
    begun
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: a")
        .await
        .expect("written");
    closes_within(&mut begun, 300, 3000).await;
    let mut slow = server.connect().await;
    let start = Instant::now();
    while start.elapsed() < PATIENCE && slow.write_all(b"P").await.is_ok() {
        sleep(Duration::from_millis(50)).await;
    }
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "a trickle of bytes held the connection"
    );
    assert!(server.answers().await);
}

#[tokio::test]
async fn a_slow_body_is_answered_with_408() {
    let server = Live::start(quick()).await;
    let mut socket = server.connect().await;
    let head = request(
        "POST",
        "/v1/lookup",
        "content-type: application/json\r\ncontent-length: 100\r\n",
    );
    socket.write_all(&head).await.expect("written");
    socket.write_all(b"{\"text\":").await.expect("written");
    let text = closes_within(&mut socket, 400, 4000).await;
    assert!(
        text.starts_with("HTTP/1.1 408") && text.contains("body_timeout"),
        "{text}"
    );
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_a_used_one_is_kept() {
    let server = Live::start(quick()).await;
    let mut socket = server.connect().await;
    for _ in 0..4 {
        socket
            .write_all(&request("GET", "/healthz", ""))
            .await
            .expect("written");
        assert!(read_answer(&mut socket).await.starts_with("HTTP/1.1 200"));
        sleep(Duration::from_millis(300)).await;
    }
    let rest = closes_within(&mut socket, 100, 3000).await;
    assert_eq!(rest, "");
}

#[tokio::test]
async fn beyond_the_cap_connections_wait_for_their_turn() {
    let settings = ServerSettings {
        max_connections: 2,
        header_timeout_ms: 2000,
        ..quick()
    };
    let server = Live::start(settings).await;
    let first = server.connect().await;
    let _second = server.connect().await;
    let mut third = server.connect().await;
    third
        .write_all(&request("GET", "/healthz", "connection: close\r\n"))
        .await
        .expect("written");
    let mut byte = [0];
    assert!(
        timeout(Duration::from_millis(500), third.peek(&mut byte))
            .await
            .is_err(),
        "answered beyond the cap"
    );
    drop(first);
    assert!(read_to_end(&mut third).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn requests_under_way_finish_when_the_server_stops() {
    let server = Live::start(ServerSettings {
        body_timeout_ms: 5000,
        ..quick()
    })
    .await;
    let mut idle = server.connect().await;
    idle.write_all(&request("GET", "/healthz", "")).await.expect("written");
    read_answer(&mut idle).await;
    let mut busy = server.connect().await;
    let body = r#"{"text":"Stimmt das?"}"#;
    let head = format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
    busy.write_all(&request("POST", "/v1/lookup", &head))
        .await
        .expect("written");
    sleep(Duration::from_millis(200)).await;
    server.stop.send_replace(true);
    sleep(Duration::from_millis(200)).await;
    assert!(
        TcpStream::connect(server.address).await.is_err(),
        "new connections are taken while draining"
    );
    busy.write_all(body.as_bytes()).await.expect("written");
    let answer = read_to_end(&mut busy).await;
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.contains("\"outcome\""),
        "{answer}"
    );
    assert_eq!(read_to_end(&mut idle).await, "");
    timeout(PATIENCE, server.server)
        .await
        .expect("it ends")
        .expect("without a panic");
}

#[tokio::test]
async fn draining_ends_at_its_deadline() {
    let server = Live::start(ServerSettings {
        body_timeout_ms: 60_000,
        drain_timeout_ms: 500,
        ..quick()
    })
    .await;
    let mut stuck = server.connect().await;
    let head = request(
        "POST",
        "/v1/lookup",
        "content-type: application/json\r\ncontent-length: 100\r\n",
    );
    stuck.write_all(&head).await.expect("written");
    sleep(Duration::from_millis(200)).await;
    let start = Instant::now();
    server.stop.send_replace(true);
    timeout(PATIENCE, server.server)
        .await
        .expect("it ends")
        .expect("without a panic");
    assert!(start.elapsed() < Duration::from_secs(3));
    assert_eq!(read_to_end(&mut stuck).await, "");
}

#[tokio::test]
async fn malformed_and_oversized_requests_are_refused() {
    let server = Live::start(ServerSettings {
        header_timeout_ms: 5000,
        ..quick()
    })
    .await;
    let huge = "a".repeat(70_000);
    let many = "x: y\r\n".repeat(150);
    let head = |more: &str| {
        String::from_utf8(request("GET", "/healthz", &format!("{more}connection: close\r\n"))).expect("text")
    };
    let two_hosts = head("host: klarstelle.example\r\n");
    let body = "connection: close\r\ncontent-type: application/json\r\n";
    let chunked = format!("POST /v1/lookup HTTP/1.1\r\nhost: a\r\n{body}transfer-encoding: chunked\r\n\r\n");
    for (sent, status) in [
        ("GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n".to_owned(), "400"),
        ("GET /healthz HTTP/1.0\r\n\r\n".to_owned(), "200"),
        (two_hosts, "400"),
        (head("host : evil.example\r\n"), "400"),
        (head(&format!("x: {huge}\r\n")), "431"),
        (head(&many), "431"),
        (
            format!(
                "GET /{} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
                &huge[..20_000]
            ),
            "414",
        ),
        (
            format!("GET /{huge} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"),
            "4",
        ),
        (
            "TRACE /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".to_owned(),
            "405",
        ),
        (
            "CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example:443\r\nconnection: close\r\n\r\n".to_owned(),
            "405",
        ),
        (
            "OPTIONS * HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".to_owned(),
            "204",
        ),
        (
            format!("POST /v1/lookup HTTP/1.1\r\nhost: a\r\n{body}content-length: +5\r\n\r\n"),
            "400",
        ),
        (
            format!("POST /v1/lookup HTTP/1.1\r\nhost: a\r\n{body}content-length: 5\r\ncontent-length: 6\r\n\r\n"),
            "400",
        ),
        (format!("{chunked}zz\r\n"), "400"),
        (format!("{chunked}1ffff\r\n{}\r\n0\r\n\r\n", "a".repeat(0x1ffff)), "413"),
        (format!("{chunked}c\r\n{{\"text\":\"a\"}}\r\n0\r\n\r\n"), "200"),
        ("nonsense\r\n\r\n".to_owned(), "400"),
    ] {
        let answer = server.exchange(sent.as_bytes()).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")) || answer.starts_with(&format!("HTTP/1.0 {status}")),
            "{sent:.60} -> {answer:.200}"
        );
        assert_eq!(answer.matches("HTTP/1.").count(), 1, "{sent:.60} -> {answer:.200}");
    }
    assert!(server.answers().await);
}

#[tokio::test]
async fn head_has_the_length_and_no_body() {
    let server = Live::start(quick()).await;
    for path in ["/openapi.yaml", "/v1/meta", "/no/such/address"] {
        let get = server.exchange(&request("GET", path, "connection: close\r\n")).await;
        let head = server.exchange(&request("HEAD", path, "connection: close\r\n")).await;
        let length = |text: &str| {
            text.lines()
                .find(|l| l.starts_with("content-length"))
                .map(str::to_owned)
        };
        assert!(
            length(&get).is_some() && length(&get) == length(&head),
            "{path}: {head}"
        );
        assert_eq!(head.split_once("\r\n\r\n").expect("a head").1, "", "{path}");
    }
}

#[tokio::test]
async fn http_2_is_spoken_without_an_upgrade() {
    let server = Live::start(quick()).await;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .http2_prior_knowledge()
        .no_proxy()
        .build()
        .expect("a client");
    let url = format!("http://{}/v1/lookup", server.address);
    let asked = client
        .post(&url)
        .header("content-type", "application/json")
        .body(r#"{"text":"Stimmt das?"}"#);
    let answer = asked.send().await.expect("an answer");
    assert_eq!(
        (answer.status().as_u16(), answer.version()),
        (200, http::Version::HTTP_2)
    );
    let head = client
        .head(format!("http://{}/openapi.yaml", server.address))
        .send()
        .await
        .expect("an answer");
    assert_eq!(head.status().as_u16(), 200);
    assert!(head.bytes().await.expect("no body").is_empty());
}

#[tokio::test]
async fn only_a_trusted_proxy_says_who_calls() {
    let limited = |trusted_proxies| ServerSettings {
        anonymous_per_minute: 1,
        anonymous_burst: 1,
        trusted_proxies,
        ..quick()
    };
    for (trusted, wanted) in [
        (Vec::new(), 429),
        (vec!["127.0.0.0/8".parse().expect("a network")], 200),
    ] {
        let server = Live::start(limited(trusted)).await;
        let mut last = String::new();
        for caller in 1..=3 {
            let forwarded = format!("x-forwarded-for: 192.0.2.{caller}\r\nconnection: close\r\n");
            last = server.exchange(&request("GET", "/v1/claims", &forwarded)).await;
        }
        assert!(last.starts_with(&format!("HTTP/1.1 {wanted}")), "{last}");
        let again = request(
            "GET",
            "/v1/claims",
            "x-forwarded-for: 192.0.2.3\r\nconnection: close\r\n",
        );
        assert!(server.exchange(&again).await.starts_with("HTTP/1.1 429"));
    }
}

#[tokio::test]
async fn many_slow_connections_do_not_keep_others_waiting() {
    let server = Live::start(ServerSettings {
        header_timeout_ms: 3000,
        ..quick()
    })
    .await;
    let mut slow = Vec::new();
    for _ in 0..500 {
        let mut socket = server.connect().await;
        socket.write_all(b"GET / HTTP/1.1\r\n").await.expect("written");
        slow.push(socket);
    }
    let start = Instant::now();
    assert!(server.answers().await);
    assert!(start.elapsed() < Duration::from_secs(2), "took {:?}", start.elapsed());
    assert_eq!(server.app.store.last_change().await.expect("a number"), 0);
}

#[tokio::test]
async fn who_does_not_read_the_answers_is_cut_off() {
    let server = Live::start(quick()).await;
    let mut socket = server.connect().await;
    let wanted = 40;
    let asked = request("GET", "/docs/redoc.standalone.js", "").repeat(wanted);
    socket.write_all(&asked).await.expect("written");
    // Longer than the idle timeout, with more to come than the system's buffers hold.
    sleep(Duration::from_secs(3)).await;
    let got = read_to_end(&mut socket).await.len();
    assert!(got < wanted * 1_000_000, "all was sent to somebody who did not read");
    assert!(server.answers().await);
}

#[test]
fn without_free_file_descriptors_the_server_waits_and_recovers() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut limited = std::process::Command::new("sh");
    limited
        .args(["-c", "ulimit -n 96; exec \"$0\" serve --listen 127.0.0.1:0 --log error"])
        .arg(process::command(dir.path()).get_program())
        .env("KLARSTELLE_DATA_DIR", dir.path());
    let server = Server::start_as(&mut limited);
    let address = server.base.trim_start_matches("http://").to_owned();
    let held: Vec<_> = (0..150)
        .map(|_| std::net::TcpStream::connect(&address).expect("queued"))
        .collect();
    let before = cpu_ticks(server.id());
    std::thread::sleep(Duration::from_secs(2));
    let used = cpu_ticks(server.id()) - before;
    assert!(used < 60, "{used} ticks of 10 ms in two seconds: the accept loop spins");
    drop(held);
    assert!(answers_soon(&address), "the server did not recover");
    assert_eq!(server.stop(), 0);
}

/// User and system time of a process, in ticks of 10 ms.
fn cpu_ticks(process: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("a process");
    let after_name = stat.rsplit_once(')').expect("a name").1;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    fields[11].parse::<u64>().expect("utime") + fields[12].parse::<u64>().expect("stime")
}

fn answers_soon(address: &str) -> bool {
    use std::io::{Read, Write};
    let ask = || {
        let mut socket = std::net::TcpStream::connect(address).ok()?;
        socket.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
        socket
            .write_all(&request("GET", "/healthz", "connection: close\r\n"))
            .ok()?;
        let mut text = String::new();
        socket.read_to_string(&mut text).ok()?;
        text.starts_with("HTTP/1.1 200").then_some(())
    };
    (0..10).any(|_| ask().is_some())
}
