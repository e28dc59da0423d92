//! Rows F19 to F26: answers that are too large, too slow, cut, mislabelled, or no HTTP.

use std::{io::Write, time::Duration};

use flate2::{Compression, write::GzEncoder};

use super::{Case, article, article_with, feed, page, source};
use crate::support::fake_web::{Script, answer, gzip_bomb, html, redirect, status};

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(bytes).expect("packed");
    packer.finish().expect("packed")
}

/// Stored as it is in a brotli stream (RFC 7932, 9.2): shorter than 65,537 bytes.
fn brotli(bytes: &[u8]) -> Script {
    let head = (u32::try_from(bytes.len()).expect("a short text") - 1) << 4 | 1 << 20;
    let stream = [&head.to_le_bytes()[..3], bytes, &[3]].concat();
    answer("Content-Type: text/html\r\nContent-Encoding: br\r\n", &stream)
}

fn gzip(bytes: &[u8]) -> Script {
    answer("Content-Type: text/html\r\nContent-Encoding: gzip\r\n", bytes)
}

fn endless(headers: &str, chunk: &[u8]) -> Script {
    Script::Endless(format!("HTTP/1.1 200 OK\r\n{headers}\r\n").into_bytes(), chunk.to_vec())
}

fn raw(bytes: &[u8]) -> Script {
    Script::Raw(bytes.to_vec())
}

fn drip(bytes: &[u8]) -> Script {
    Script::Drip(Duration::from_millis(200), bytes.to_vec())
}

const TEN_LETTERS: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabcdefghij";

pub(super) fn cases() -> Vec<Case> {
    [sizes(), times(), heads(), codings(), kinds(), conditions(), pauses()]
        .into_iter()
        .flatten()
        .collect()
}

fn sizes() -> Vec<Case> {
    let letters = vec![b'a'; 65536];
    let chunk = [b"10000\r\n".as_slice(), &letters, b"\r\n"].concat();
    // The head of a gzip file, then blocks with nothing in them (RFC 1951, 3.2.4): nothing comes out, however much
    // goes in.
    let nothing = [
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n".as_slice(),
        b"\x1f\x8b\x08\0\0\0\0\0\0\xff",
    ]
    .concat();
    let nothing = Script::Endless(nothing, b"\0\0\0\xff\xff".repeat(10_000));
    let text = article_with("x", "");
    vec![
        page("F19", "gzip", gzip(&packed(text.as_bytes())), "read, 1 documents"),
        page("F19", "a bomb", gzip_bomb(), "too_large"),
        page("F19", "a gzip file of nothing, without end", nothing, "too_large"),
        page("F19", "brotli", brotli(text.as_bytes()), "read, 1 documents"),
        page(
            "F19",
            "coded twice",
            answer("Content-Encoding: gzip, gzip\r\n", &packed(&packed(b"x"))),
            "decode",
        ),
        page(
            "F19",
            "coded twice, said twice",
            answer(
                "Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n",
                &packed(&packed(b"x")),
            ),
            "decode",
        ),
        page(
            "F19",
            "a coding not asked for",
            answer("Content-Encoding: zstd\r\n", b"(\xb5/\xfd"),
            "decode",
        ),
        source("F19", "a feed as a bomb", "feed", gzip_bomb(), "too_large"),
        page("F19", "robots.txt as a bomb", article("x"), "read, 1 documents").with("/robots.txt", gzip_bomb()),
        page("F20", "endless", endless("", &letters), "too_large"),
        page(
            "F20",
            "endless chunks",
            endless("Transfer-Encoding: chunked\r\n", &chunk),
            "too_large",
        ),
        page(
            "F20",
            "more than declared",
            endless("Content-Length: 10\r\n", b"0123456789"),
            "unreadable",
        ),
        page(
            "F20",
            "declares 10 GB",
            endless("Content-Length: 10000000000\r\n", &letters),
            "too_large",
        ),
        page("F20", "robots.txt without end", article("x"), "read, 1 documents")
            .with("/robots.txt", endless("", b"# nothing\n")),
    ]
}

fn times() -> Vec<Case> {
    vec![
        page("F21", "a slow body", drip(&TEN_LETTERS.repeat(50)), "timeout"),
        page(
            "F21",
            "a slow head",
            drip(b"HTTP/1.1 200 OK\r\nX: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
            "timeout",
        ),
        page("F21", "silence", Script::Silent, "timeout"),
        source(
            "F21",
            "a data file that comes slowly",
            "claimreview",
            drip(&TEN_LETTERS.repeat(9)[..40]),
            "timeout",
        ),
        source(
            "F21",
            "a stream that never opens",
            "jetstream",
            Script::Silent,
            "timeout",
        ),
        page(
            "F21",
            "a reset in the body",
            Script::Reset(TEN_LETTERS.to_vec()),
            "interrupted",
        ),
        page("F21", "an end in the body", raw(TEN_LETTERS), "interrupted"),
        page("F21", "an end before the head", raw(b""), "interrupted"),
    ]
}

fn heads() -> Vec<Case> {
    let million = "x".repeat(1_000_000);
    vec![
        page(
            "F22",
            "10,000 headers",
            answer(&"X-Header: 1\r\n".repeat(10_000), b"x"),
            "protocol",
        ),
        page(
            "F22",
            "a header of 1 MB",
            answer(&format!("X: {million}\r\n"), b"x"),
            "protocol",
        ),
        page("F22", "no HTTP", raw(b"HTTP/9.9 999\r\n\r\n"), "protocol"),
        page("F22", "another protocol", raw(b"SSH-2.0-OpenSSH_9.2\r\n"), "protocol"),
        page(
            "F22",
            "two lengths",
            raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"),
            "protocol",
        ),
        page(
            "F22",
            "a negative length",
            raw(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nxx"),
            "protocol",
        ),
        page(
            "F22",
            "status 999",
            raw(b"HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n"),
            "status_999",
        ),
        page(
            "F22",
            "a switch of protocols",
            status(101, "Upgrade: x\r\nConnection: upgrade\r\n"),
            "status_101",
        ),
        page(
            "F22",
            "continue for ever",
            Script::Endless(Vec::new(), b"HTTP/1.1 100 Continue\r\n\r\n".repeat(1000)),
            "timeout",
        ),
        page(
            "F22",
            "continue, then a page",
            raw(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n"),
            "status_404",
        ),
    ]
}

fn codings() -> Vec<Case> {
    let whole = packed(article_with("x", "").as_bytes());
    let mut bad_sum = whole.clone();
    let sum = bad_sum.len() - 8;
    bad_sum[sum] ^= 1;
    vec![
        page("F23", "half a gzip file", gzip(&whole[..whole.len() / 2]), "decode"),
        page("F23", "gzip without its end", gzip(&whole[..whole.len() - 8]), "decode"),
        page("F23", "a bad checksum", gzip(&bad_sum), "decode"),
        page("F23", "no gzip", gzip(b"hello world"), "decode"),
        page(
            "F23",
            "brotli under the name of gzip",
            answer("Content-Encoding: br\r\n", &whole),
            "decode",
        ),
        page(
            "F23",
            "better the next time",
            Script::InTurn(vec![gzip(&bad_sum), article("x")]),
            "decode, then read, 1 documents",
        )
        .visits(&[0, 1]),
    ]
}

fn kinds() -> Vec<Case> {
    const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR<p>Die Grundsteuer steigt, sagt der Bericht der Stadt.</p>";
    let text = article_with("x", "");
    let labelled = |kind: &str| answer(&format!("Content-Type: {kind}\r\n"), text.as_bytes());
    let as_html = |bytes: &[u8]| answer("Content-Type: text/html\r\n", bytes);
    let film = [b"\0\0\0\x18ftypmp42".as_slice(), &[0; 99], text.as_bytes()].concat();
    let archive = [b"PK\x03\x04".as_slice(), text.as_bytes()].concat();
    vec![
        page("F24", "a page as a picture", labelled("image/png"), "read, 1 documents"),
        page(
            "F24",
            "a page as bytes",
            labelled("application/octet-stream"),
            "read, 1 documents",
        ),
        page(
            "F24",
            "a page without a type",
            answer("", text.as_bytes()),
            "read, 1 documents",
        ),
        page("F24", "a picture as a page", as_html(PICTURE), "unreadable"),
        page(
            "F24",
            "a PDF as a page",
            as_html(&[b"%PDF-1.7\n".as_slice(), text.as_bytes()].concat()),
            "unreadable",
        ),
        page("F24", "a film as a page", as_html(&film), "unreadable"),
        page("F24", "an archive as a page", as_html(&archive), "unreadable"),
        source(
            "F24",
            "an archive as a feed",
            "feed",
            answer("Content-Type: application/rss+xml\r\n", &archive),
            "unreadable",
        ),
        source(
            "F24",
            "a picture as a timeline",
            "mastodon",
            answer("", PICTURE),
            "unreadable",
        )
        .at("/api/v1/timelines/tag/x")
        .with("/api/v1/timelines/tag/x?limit=40", answer("", PICTURE)),
        source("F24", "a page as a sitemap", "sitemap", html(&text), "unreadable"),
        source(
            "F24",
            "a page as a data file",
            "claimreview",
            html("<p>Wartung"),
            "unreadable",
        ),
    ]
}

fn conditions() -> Vec<Case> {
    let text = article_with("x", "");
    let with = |headers: &str| answer(&format!("Content-Type: text/html\r\n{headers}"), text.as_bytes());
    let unasked = |seen: &super::Seen<'_>| {
        let hits = seen.stage.web.hits("site", "/x");
        assert!(
            hits.iter()
                .all(|hit| !hit.head.to_ascii_lowercase().contains("if-none-match")),
            "{hits:?}"
        );
    };
    vec![
        page("F25", "a 304 that was not asked for", status(304, ""), "protocol"),
        page(
            "F25",
            "a 304, then the page",
            Script::InTurn(vec![status(304, ""), article("x")]),
            "protocol, then read, 1 documents",
        )
        .visits(&[0, 25]),
        page(
            "F25",
            "an ETag of 1,025 bytes",
            with(&format!("ETag: \"{}\"\r\n", "e".repeat(1023))),
            "read, 1 documents, then unchanged",
        )
        .visits(&[0, 25])
        .also(unasked),
        page(
            "F25",
            "an ETag of 1 MB",
            with(&format!("ETag: \"{}\"\r\n", "e".repeat(1_000_000))),
            "protocol",
        ),
        page(
            "F25",
            "a date in the year 9999",
            with("Last-Modified: year 9999\r\n"),
            "read, 1 documents, then unchanged",
        )
        .visits(&[0, 25]),
        source(
            "F25",
            "a feed that never says what is new",
            "feed",
            feed(""),
            "read, then unchanged",
        )
        .visits(&[0, 25]),
    ]
}

fn pauses() -> Vec<Case> {
    let busy = |what: &str, code: u16, header: &str, outcome: &str, visits: &[u64]| {
        let script = Script::InTurn(vec![status(code, header), article("x")]);
        page("F26", what, script, outcome).visits(visits)
    };
    let a_day = "status_503, then postponed, then read, 1 documents";
    let delay = |seconds: &str| answer("", format!("User-agent: *\nCrawl-delay: {seconds}\n").as_bytes());
    vec![
        busy(
            "Retry-After: 99999999",
            503,
            "Retry-After: 99999999\r\n",
            a_day,
            &[0, 23, 2],
        ),
        busy(
            "Retry-After: 30 digits",
            503,
            &format!("Retry-After: {}\r\n", "9".repeat(30)),
            a_day,
            &[0, 23, 2],
        ),
        busy(
            "Retry-After in the year 9999",
            503,
            "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n",
            a_day,
            &[0, 23, 2],
        ),
        busy(
            "Retry-After: two hours",
            429,
            "Retry-After: 7200\r\n",
            "status_429, then postponed, then read, 1 documents",
            &[0, 1, 2],
        ),
        busy(
            "Retry-After: -5",
            503,
            "Retry-After: -5\r\n",
            "status_503, then read, 1 documents",
            &[0, 1],
        ),
        busy(
            "Retry-After: garbage",
            503,
            "Retry-After: soon\r\n",
            "status_503, then read, 1 documents",
            &[0, 1],
        ),
        busy(
            "no Retry-After, at once again",
            503,
            "",
            "status_503, then not due",
            &[0, 0],
        ),
        busy(
            "a quota used up for years",
            200,
            "X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 9999-01-01T00:00:00Z\r\n",
            "unreadable, then postponed, then read, 1 documents",
            &[0, 23, 2],
        ),
        page(
            "F26",
            "Crawl-delay: 1e9",
            article("x"),
            "read, 1 documents, then not due, then unchanged",
        )
        .with("/robots.txt", delay("1e9"))
        .visits(&[0, 23, 26]),
        source(
            "F26",
            "Crawl-delay: 1e9 leaves turns for pages",
            "feed",
            feed("<item><link>{site}/1</link></item>"),
            "read, 1 postponed, then not due, then unchanged",
        )
        .with("/robots.txt", delay("1e9"))
        .with("/1", article("1"))
        .visits(&[0, 25, 25])
        .also(|seen| assert_eq!(seen.asked(), ["/x", "/1", "/x"])),
        page("F26", "Crawl-delay: -1, nan", article("x"), "read, 1 documents").with(
            "/robots.txt",
            answer("", b"User-agent: *\nCrawl-delay: -1\nCrawl-delay: nan\nCrawl-delay: \n"),
        ),
        page(
            "F26",
            "Crawl-delay: 1e9 and a redirect",
            redirect("/y"),
            "read, 1 documents",
        )
        .with("/y", article("y"))
        .with("/robots.txt", delay("1e9")),
    ]
}
