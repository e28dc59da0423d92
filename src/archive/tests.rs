use std::{
    fs::{self, OpenOptions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Version};
use tempfile::TempDir;

use super::*;
use crate::domain::{Kept, Timestamp, WebUrl};

const WIDE: Limits = Limits {
    file_bytes: 1 << 20,
    budget_bytes: 1 << 20,
};

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&'static str, &str)| {
        (
            HeaderName::from_static(name),
            HeaderValue::from_str(value).expect("a header value"),
        )
    };
    pairs.iter().map(pair).collect()
}

/// An exchange with this body, which does not compress to next to nothing if it is long.
fn exchange(path: &str, body: impl Into<Bytes>) -> Exchange {
    Exchange {
        url: WebUrl::parse(&format!("https://news.example{path}")).expect("an address"),
        at: Timestamp::from_millis(1_795_000_000_123),
        peer: Some([192, 0, 2, 7].into()),
        version: Version::HTTP_2,
        sent: headers(&[("host", "news.example"), ("accept", "text/html")]),
        status: 200,
        received: headers(&[
            ("content-type", "text/html; charset=utf-8"),
            ("transfer-encoding", "chunked"),
        ]),
        body: body.into(),
        extent: Extent::Whole,
    }
}

/// Bytes without a pattern.
fn noise(length: usize) -> Vec<u8> {
    let next = |seed: &u64| Some(seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
    let seeds = std::iter::successors(Some(7), next);
    seeds.map(|seed| (seed >> 33) as u8).take(length).collect()
}

fn open(limits: Limits) -> (TempDir, Archive) {
    let dir = tempfile::tempdir().expect("a folder");
    let archive = Archive::open(&dir.path().join("kept"), limits, "https://desk.example/bot").expect("an archive");
    (dir, archive)
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir.join("kept")).expect("the archive's folder");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

fn records(file: &Path) -> Vec<Record> {
    let records = Records::open(file, 0).expect("a file");
    records.map(|record| record.expect("a whole record")).collect()
}

async fn kept(archive: &Archive, exchange: Exchange) -> Kept {
    archive.keep(exchange).await.expect("kept")
}

#[tokio::test]
async fn what_is_kept_is_read_again_by_file_and_offset() {
    let (dir, archive) = open(WIDE);
    let first = kept(&archive, exchange("/1?a=b", "<p>eins")).await;
    let second = kept(&archive, exchange("/2", noise(5000))).await;
    for (place, path, body) in [(&second, "/2", noise(5000)), (&first, "/1?a=b", b"<p>eins".to_vec())] {
        let record = read(&dir.path().join("kept"), place).expect("whole");
        assert_eq!(
            record.field("warc-target-uri"),
            Some(&*format!("https://news.example{path}"))
        );
        let answer = record.answer().expect("an answer");
        assert_eq!(answer.body, body);
        assert_eq!(answer.content_type.as_deref(), Some("text/html; charset=utf-8"));
    }
    let [file] = &files(dir.path())[..] else {
        panic!("not one file")
    };
    let all = records(file);
    let kinds: Vec<_> = all.iter().filter_map(|record| record.field("WARC-Type")).collect();
    assert_eq!(kinds, ["warcinfo", "response", "request", "response", "request"]);
    assert_eq!(
        (all[1].offset, all[3].offset),
        (first.offset, second.offset),
        "a member a record"
    );
}

/// The block of a record, and what it says of itself, to the letter.
#[tokio::test]
async fn records_say_what_the_standard_wants() {
    let (dir, archive) = open(WIDE);
    kept(&archive, exchange("/1?a=b", "<p>eins")).await;
    let all = records(&files(dir.path())[0]);
    let info = String::from_utf8_lossy(&all[0].block);
    assert!(info.contains("software: Klarstelle/") && info.contains("operator: https://desk.example/bot"));
    let name = files(dir.path())[0]
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    assert_eq!(all[0].field("WARC-Filename"), name.as_deref());
    assert_eq!(
        String::from_utf8_lossy(&all[1].block),
        "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\nX-Archive-Orig-transfer-encoding: chunked\r\n\
         content-length: 7\r\n\r\n<p>eins"
    );
    assert_eq!(
        String::from_utf8_lossy(&all[2].block),
        "GET /1?a=b HTTP/1.1\r\nhost: news.example\r\naccept: text/html\r\n\r\n"
    );
    for (name, wanted) in [
        ("WARC-Date", "2026-11-18T11:06:40.123Z"),
        ("WARC-IP-Address", "192.0.2.7"),
        ("WARC-Protocol", "h2"),
        ("Content-Type", "application/http;msgtype=response"),
    ] {
        assert_eq!(all[1].field(name), Some(wanted));
    }
    // printf '<p>eins' | sha256sum
    let payload = "sha256:640237c5e65974451039793472b33e08a41dc9f3629409249fe1acce98bb2b62";
    assert_eq!(all[1].field("WARC-Payload-Digest"), Some(payload));
    assert_eq!(all[1].field("WARC-Concurrent-To"), all[2].field("WARC-Record-ID"));
    assert_eq!(all[2].field("WARC-Concurrent-To"), all[1].field("WARC-Record-ID"));
}

#[tokio::test]
async fn what_is_not_whole_says_so_and_what_did_not_change_is_a_revisit() {
    let (dir, archive) = open(WIDE);
    for (extent, status) in [(Extent::Cut, 200), (Extent::Unread, 301), (Extent::Whole, 304)] {
        let one = Exchange {
            status,
            extent,
            ..exchange("/", "")
        };
        kept(&archive, one).await;
    }
    let all = records(&files(dir.path())[0]);
    let said = |at: usize, name| all[at].field(name);
    assert_eq!(said(1, "WARC-Truncated"), Some("length"));
    assert_eq!(said(3, "WARC-Truncated"), Some("unspecified"));
    assert_eq!(
        (said(5, "WARC-Type"), said(5, "WARC-Truncated")),
        (Some("revisit"), None)
    );
    assert!(said(5, "WARC-Profile").is_some_and(|profile| profile.ends_with("/server-not-modified")));
}

#[tokio::test]
async fn files_are_ended_at_their_size_and_private() {
    let (dir, archive) = open(Limits {
        file_bytes: 12_000,
        ..WIDE
    });
    let mut places = Vec::new();
    for number in 0..7 {
        places.push(kept(&archive, exchange(&format!("/{number}"), noise(4000))).await);
    }
    let files = files(dir.path());
    assert_eq!(files.len(), 4, "two a file");
    for file in &files {
        let about = file.metadata().expect("a file");
        assert!(about.len() <= 12_000, "{}", about.len());
        assert_eq!(about.permissions().mode() & 0o777, 0o600);
        assert_eq!(records(file)[0].field("WARC-Type"), Some("warcinfo"));
    }
    let folder = dir.path().join("kept").metadata().expect("a folder");
    assert_eq!(folder.permissions().mode() & 0o777, 0o700);
    for place in &places {
        read(&dir.path().join("kept"), place).expect("whole");
    }
}

#[tokio::test]
async fn past_the_budget_nothing_is_kept_and_nothing_deleted() {
    let limits = Limits {
        budget_bytes: 12_000,
        ..WIDE
    };
    let (dir, archive) = open(limits);
    let first = kept(&archive, exchange("/1", noise(4000))).await;
    kept(&archive, exchange("/2", noise(4000))).await;
    assert_eq!(archive.keep(exchange("/3", noise(4000))).await, None);
    assert_eq!(
        archive.keep(exchange("/4", "short enough")).await,
        None,
        "once full, full for this run"
    );
    let summary = archive.summary();
    assert_eq!((summary.kept, summary.left_out), (2, 2));
    assert_eq!(summary.halt, Some(Halt::Budget(12_000)));
    // The next run counts what is there.
    let again = Archive::open(&dir.path().join("kept"), limits, "").expect("an archive");
    assert_eq!(again.keep(exchange("/5", noise(4000))).await, None);
    read(&dir.path().join("kept"), &first).expect("still there");
    let (count, bytes) = size_of(&dir.path().join("kept")).expect("counted");
    assert!(count == 1 && bytes <= 12_000, "{count} files, {bytes} bytes");
}

#[tokio::test]
async fn a_budget_counts_what_others_write() {
    let limits = Limits {
        budget_bytes: 12_000,
        ..WIDE
    };
    let (dir, one) = open(limits);
    let two = Archive::open(&dir.path().join("kept"), limits, "").expect("an archive");
    kept(&one, exchange("/1", noise(4000))).await;
    kept(&one, exchange("/2", noise(4000))).await;
    assert_eq!(two.keep(exchange("/3", noise(4000))).await, None);
    assert_eq!(two.summary().halt, Some(Halt::Budget(12_000)));
}

#[tokio::test]
async fn two_writers_of_one_folder_never_share_a_file() {
    let (dir, one) = open(WIDE);
    let two = Archive::open(&dir.path().join("kept"), WIDE, "").expect("an archive");
    let places = [
        kept(&one, exchange("/1", "one")).await,
        kept(&two, exchange("/1", "two")).await,
        kept(&one, exchange("/2", "one")).await,
    ];
    assert!(places[0].file == places[2].file && places[0].file != places[1].file);
    assert_eq!(files(dir.path()).len(), 2);
}

/// What `kill -9` leaves: a file that ends anywhere.
#[tokio::test]
async fn a_file_that_was_cut_off_is_readable_up_to_there() {
    let (dir, archive) = open(WIDE);
    let (first, second) = (
        kept(&archive, exchange("/1", noise(3000))).await,
        kept(&archive, exchange("/2", noise(3000))).await,
    );
    let file = files(dir.path()).remove(0);
    let whole = fs::read(&file).expect("the file");
    for end in [second.offset + 1, second.offset + 900, second.offset + 3300] {
        fs::write(&file, &whole[..end as usize]).expect("cut");
        read(&dir.path().join("kept"), &first).expect("before the cut");
        let lost = read(&dir.path().join("kept"), &second);
        assert!(matches!(lost, Err(ReadError::Damaged(_))), "{end}: {lost:?}");
        let found: Vec<_> = Records::open(&file, 0).expect("a file").collect();
        assert_eq!(found.iter().filter(|record| record.is_ok()).count(), 3, "{end}");
        assert_eq!(found.len(), 4, "one error, and then the end");
    }
}

#[tokio::test]
async fn what_is_not_what_was_kept_is_refused() {
    let (dir, archive) = open(WIDE);
    let place = kept(&archive, exchange("/1", noise(3000))).await;
    let other = kept(&archive, exchange("/2", noise(3000))).await;
    let folder = dir.path().join("kept");
    let file = folder.join(&place.file);
    let whole = fs::read(&file).expect("the file");
    for at in [0, 5, 12, 100, 1000, 3000] {
        let mut bytes = whole.clone();
        bytes[place.offset as usize + at] ^= 0x10;
        fs::write(&file, &bytes).expect("meddled");
        // A changed time stamp in gzip's own head is of no account.
        let found = read(&folder, &place);
        let is_refused = matches!(found, Err(ReadError::Damaged(_)));
        assert!(
            is_refused || found.is_ok_and(|record| record.digest == place.digest),
            "{at}"
        );
    }
    fs::write(&file, &whole).expect("as it was");
    let elsewhere = Kept {
        offset: other.offset,
        ..place.clone()
    };
    assert!(
        matches!(read(&folder, &elsewhere), Err(ReadError::Damaged(_))),
        "a record of something else"
    );
    let beyond = Kept {
        offset: 1 << 40,
        ..place.clone()
    };
    assert!(matches!(read(&folder, &beyond), Err(ReadError::Damaged(_))));
    for name in ["gone.warc.gz", "../kept/x", "/etc/hostname", "..", ""] {
        let file = name.to_owned();
        let found = read(&folder, &Kept { file, ..place.clone() });
        assert!(matches!(found, Err(ReadError::Gone(_))), "{name}");
    }
}

#[tokio::test]
async fn secrets_are_not_kept_nor_answers_that_repeat_them() {
    let (dir, archive) = open(WIDE);
    let mut key = HeaderValue::from_static("Bearer klar-geheim-123");
    key.set_sensitive(true);
    let asked = |received: &[(&'static str, &str)], body: &'static str| {
        let mut one = exchange("/search?q=damm", body);
        one.sent.insert("authorization", key.clone());
        one.received = headers(received);
        one
    };
    kept(&archive, asked(&[], "no key in it")).await;
    for leak in [
        asked(&[], "your key klar-geheim-123 is fine"),
        asked(&[("link", "</next?key=klar-geheim-123>; rel=next")], ""),
    ] {
        assert_eq!(archive.keep(leak).await, None);
    }
    assert_eq!((archive.summary().kept, archive.summary().withheld), (1, 2));
    for record in records(&files(dir.path())[0]) {
        assert!(!String::from_utf8_lossy(&record.block).contains("geheim"));
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_stops_the_archive_and_not_the_crawl() {
    let (dir, archive) = open(WIDE);
    fs::remove_dir(dir.path().join("kept")).expect("removed");
    assert_eq!(archive.keep(exchange("/1", "one")).await, None);
    assert!(matches!(archive.summary().halt, Some(Halt::Disk(_))));
}

/// Any bytes in place of a record end in an error or in what was written; nothing panics.
#[test]
fn no_bytes_make_the_reader_panic() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("x.warc.gz");
    let record = Draft::new(RecordKind::Info, Timestamp::from_millis(0), b"a: b\r\n".to_vec());
    let packed = record.member().expect("packed");
    for (at, byte) in (0..packed.len()).flat_map(|at| [(at, 0), (at, 0xff), (at, packed[at] ^ 1)]) {
        let mut bytes = packed.clone();
        bytes[at] = byte;
        fs::write(&file, bytes).expect("written");
        let _ = Records::open(&file, 0).expect("a file").collect::<Vec<_>>();
    }
    OpenOptions::new()
        .write(true)
        .open(&file)
        .expect("a file")
        .set_len(0)
        .expect("emptied");
    assert_eq!(Records::open(&file, 0).expect("a file").count(), 0);
}
