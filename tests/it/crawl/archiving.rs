//! What a crawl keeps of what came over the wire.

use std::{fs, io::Write, path::Path};

use flate2::{Compression, write::GzEncoder};
use klarstelle::{
    archive::{self, Archive, Limits, Record, Records},
    crawl::Keys,
    domain::SourceKind,
};
use tempfile::TempDir;

use super::{Stage, streams::STREAM};
use crate::support::fake_web::{answer, close_frame, header, html, redirect, socket, status, text_frame};

const WIDE: Limits = Limits {
    file_bytes: 1 << 30,
    budget_bytes: 1 << 30,
};

fn archived(stage: &mut Stage, limits: Limits) -> TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    stage.settings.archive = Some(Archive::open(dir.path(), limits, "").expect("an archive"));
    dir
}

/// All records but those about files, in their order.
fn records(dir: &Path) -> Vec<Record> {
    let mut files: Vec<_> = fs::read_dir(dir)
        .expect("the folder")
        .map(|e| e.expect("an entry").path())
        .collect();
    files.sort();
    let all = files.iter().flat_map(|file| Records::open(file, 0).expect("a file"));
    let all = all.map(|record| record.expect("a whole record"));
    all.filter(|record| record.field("WARC-Type") != Some("warcinfo"))
        .collect()
}

/// `response 200 /a`, for each record.
fn lines(dir: &Path) -> Vec<String> {
    let line = |record: &Record| {
        let kind = record.field("WARC-Type").expect("a type");
        let first = String::from_utf8_lossy(&record.block)
            .lines()
            .next()
            .expect("a line")
            .to_owned();
        let url = record.field("WARC-Target-URI").expect("an address");
        let path = url.splitn(4, '/').nth(3).unwrap_or_default().to_owned();
        match kind {
            "request" => format!("request /{path}"),
            _ => format!("{kind} {} /{path}", first.split(' ').nth(1).expect("a status")),
        }
    };
    records(dir).iter().map(line).collect()
}

#[tokio::test]
async fn every_request_is_kept_with_its_answer() {
    let mut stage = Stage::hosts(&["news"]);
    let dir = archived(&mut stage, WIDE);
    stage.web.put("news", "/b", html("b"));
    stage.web.put("news", "/a", redirect("/b"));
    stage.web.put("news", "/gone", status(410, ""));
    let pages = ["/a", "/gone"].map(|path| stage.web.url("news", path));
    stage.feed("news", &pages);
    stage.crawl().await;
    stage.wait(std::time::Duration::from_mins(24));
    stage.crawl().await;
    assert_eq!(
        lines(dir.path()),
        [
            "response 404 /robots.txt",
            "request /robots.txt",
            "response 200 /feed",
            "request /feed",
            "response 302 /a",
            "request /a",
            "response 200 /b",
            "request /b",
            "response 410 /gone",
            "request /gone",
            "revisit 304 /feed",
            "request /feed",
        ]
    );
    let redirected = &records(dir.path())[4];
    assert_eq!(
        redirected.field("WARC-Truncated"),
        None,
        "its body was empty, and it said so"
    );
    assert!(String::from_utf8_lossy(&redirected.block).contains("location: /b"));
}

/// What is kept as the request is what arrived, but for headers that only this connection needs.
#[tokio::test]
async fn the_request_on_record_is_the_one_that_was_seen() {
    let mut stage = Stage::hosts(&["news"]);
    let dir = archived(&mut stage, WIDE);
    stage.feed("news", &[]);
    stage.crawl().await;
    stage.wait(std::time::Duration::from_mins(24));
    stage.crawl().await;
    let seen: Vec<_> = stage
        .web
        .hits("news", "/feed")
        .iter()
        .map(|hit| sorted(&hit.head))
        .collect();
    let all = records(dir.path());
    let asked = all.iter().filter(|record| {
        record.field("WARC-Type") == Some("request")
            && record
                .field("WARC-Target-URI")
                .is_some_and(|url| url.ends_with("/feed"))
    });
    let kept: Vec<_> = asked
        .map(|record| sorted(&String::from_utf8_lossy(&record.block)))
        .collect();
    assert_eq!(kept, seen);
    assert!(seen[1].iter().any(|line| line.starts_with("if-none-match")), "{seen:?}");
    let peer = stage.web.addresses["news"].ip().to_string();
    assert!(all.iter().all(|record| record.field("WARC-IP-Address") == Some(&peer)));
}

fn sorted(head: &str) -> Vec<String> {
    let (first, rest) = head.trim_end().split_once("\r\n").expect("a head");
    let mut lines: Vec<_> = rest
        .lines()
        .map(|line| line.split_once(':').expect("a header"))
        .map(|(name, value)| format!("{}:{value}", name.to_ascii_lowercase()))
        .collect();
    lines.sort();
    lines.insert(0, first.to_owned());
    lines
}

#[tokio::test]
async fn a_body_is_kept_as_it_is_read_and_its_headers_fit() {
    let mut stage = Stage::hosts(&["news"]);
    let dir = archived(&mut stage, WIDE);
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(b"gezippt").expect("packed");
    let packed = packed.finish().expect("packed");
    let coded = format!(
        "Content-Encoding: gzip\r\nContent-Length: {}\r\nX-Own: here\r\n",
        packed.len()
    );
    stage.web.put("news", "/zip", answer(&coded, &packed));
    let chunked = b"5\r\nStuec\r\n2\r\nke\r\n0\r\n\r\n";
    stage
        .web
        .put("news", "/chunks", answer("Transfer-Encoding: chunked\r\n", chunked));
    stage.feed("news", &["/zip", "/chunks"].map(|path| stage.web.url("news", path)));
    stage.crawl().await;
    for (path, body, says, lacks) in [
        ("/zip", "gezippt", "x-own: here", "content-encoding: gzip"),
        (
            "/chunks",
            "Stuecke",
            "X-Archive-Orig-transfer-encoding: chunked",
            "\r\ntransfer-encoding",
        ),
    ] {
        let all = records(dir.path());
        let record = all.iter().find(|record| {
            record.field("WARC-Type") == Some("response")
                && record.field("WARC-Target-URI").is_some_and(|url| url.ends_with(path))
        });
        let record = record.expect(path);
        let text = String::from_utf8_lossy(&record.block);
        assert_eq!(record.answer().expect("an answer").body, body.as_bytes());
        assert!(text.contains(says) && !text.contains(lacks), "{text}");
        assert!(
            text.contains(&format!("\r\ncontent-length: {}\r\n", body.len())),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_key_is_shown_to_its_service_and_to_nobody_else() {
    let mut stage = Stage::hosts(&["google"]);
    let dir = archived(&mut stage, WIDE);
    let kind = SourceKind::named("googlefactcheck");
    stage.settings.keys = Keys::default().with(kind, "geheimer-schluessel");
    let path = "/v1alpha1/claims:search?query=damm";
    let asked = format!("{path}&pageSize=50");
    stage.web.put("google", &asked, answer("", b"{\"claims\":[]}"));
    stage.source(kind, "google", path);
    stage.crawl().await;
    let hits = stage.web.hits("google", "/v1alpha1/claims:search");
    assert_eq!(
        header(&hits[0].head, "x-goog-api-key").as_deref(),
        Some("geheimer-schluessel")
    );
    assert!(
        lines(dir.path())
            .iter()
            .any(|line| line.starts_with("request /v1alpha1/claims:search"))
    );
    for record in records(dir.path()) {
        assert!(!String::from_utf8_lossy(&record.block).contains("geheimer"));
    }
}

/// A stream is a whole network's talk; a data file is no page.
#[tokio::test]
async fn of_streams_nothing_is_kept_and_of_large_files_the_beginning() {
    let mut stage = Stage::hosts(&["stream", "data"]);
    let dir = archived(&mut stage, WIDE);
    stage
        .web
        .put("stream", STREAM, socket(&[text_frame("{}"), close_frame()]));
    stage.source(SourceKind::named("jetstream"), "stream", "/subscribe");
    let rows = "{\"claimReviewed\":\"Es ist so.\",\"identifier\":\"7\"}\n".repeat(60_000);
    stage.web.put("data", "/rows.ndjson", answer("", rows.as_bytes()));
    stage.source(SourceKind::named("claimreview"), "data", "/rows.ndjson");
    stage.crawl().await;
    assert_eq!(stage.web.hits("stream", "/subscribe")[0].status, 101);
    assert!(
        !lines(dir.path()).iter().any(|line| line.contains("/subscribe")),
        "{:?}",
        lines(dir.path())
    );
    let all = records(dir.path());
    let data = all
        .iter()
        .find(|record| record.field("WARC-Truncated").is_some())
        .expect("cut");
    assert_eq!(data.field("WARC-Truncated"), Some("length"));
    let body = data.answer().expect("an answer").body;
    assert!(body.len() < rows.len() && rows.as_bytes().starts_with(body) && body.len() > 1 << 20);
}

#[tokio::test]
async fn a_full_archive_does_not_stop_a_crawl() {
    let mut stage = Stage::hosts(&["news"]);
    let limits = Limits {
        budget_bytes: 2000,
        ..WIDE
    };
    let dir = archived(&mut stage, limits);
    let paths = ["/1", "/2", "/3", "/4", "/5"];
    for path in paths {
        stage.web.put("news", path, html(path));
    }
    stage.feed("news", &paths.map(|path| stage.web.url("news", path)));
    let report = stage.crawl().await;
    assert_eq!(report.pages.fetched, 5);
    let summary = stage.settings.archive.as_ref().expect("it is on").summary();
    assert_eq!(summary.kept + summary.left_out, 7, "robots.txt, the feed, the pages");
    assert!(summary.left_out > 0 && summary.halt.is_some());
    assert!(archive::size_of(dir.path()).expect("counted").1 <= 2000);
}
