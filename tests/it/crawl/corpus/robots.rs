//! Rows F31 to F35 on the wire: what counts is whether the page itself was asked for. What the rules in a file mean stands in
//! `fixtures/robots/cases.json`.

use super::{Case, article, page};
use crate::support::fake_web::{Script, answer, redirect, status};

const FORBIDS: &[u8] = b"User-agent: *\nDisallow: /x\n";
const CLOSED: &str = "robots_unreachable";
const FORBIDDEN: &str = "robots";
const READ: &str = "read, 1 documents";

/// `/robots.txt` answers this, and then the page is there or not.
fn robots(id: &'static str, what: &str, script: Script, outcome: &str) -> Case {
    let case = page(id, what, article("x"), outcome).with("/robots.txt", script);
    if outcome == READ {
        case.also(|seen| assert_eq!(seen.asked(), ["/x"]))
    } else {
        case.also(|seen| assert_eq!(seen.asked().iter().filter(|path| *path == "/x").count(), 0))
    }
}

fn lines(text: &[u8]) -> Script {
    answer("Content-Type: text/plain\r\n", text)
}

pub(super) fn cases() -> Vec<Case> {
    [unreachable(), statuses(), elsewhere(), files(), groups()]
        .into_iter()
        .flatten()
        .collect()
}

fn unreachable() -> Vec<Case> {
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nUser";
    // Silence is what a fetch may take, and two more visits: asked again after an hour, and closed however long it lasts.
    let long = "robots_unreachable, then robots_unreachable, then robots_unreachable, then robots_unreachable";
    vec![
        robots("F31", "500", status(500, ""), CLOSED),
        robots("F31", "503", status(503, "Retry-After: 1\r\n"), CLOSED),
        robots("F31", "599", status(599, ""), CLOSED),
        robots("F31", "silence", Script::Silent, CLOSED),
        robots("F31", "a cut connection", Script::Raw(cut.to_vec()), CLOSED),
        robots("F31", "a reset", Script::Reset(cut.to_vec()), CLOSED),
        robots("F31", "no HTTP", Script::Raw(b"go away".to_vec()), CLOSED),
        robots("F31", "bad gzip", answer("Content-Encoding: gzip\r\n", FORBIDS), CLOSED),
        robots(
            "F31",
            "a redirect inside",
            redirect("http://{inside}/robots.txt"),
            CLOSED,
        ),
        robots("F31", "a redirect to a file", redirect("file:///etc/passwd"), CLOSED),
        robots("F31", "a redirect without Location", status(301, ""), CLOSED),
        robots("F31", "out of order for 40 days", status(503, ""), long).visits(&[0, 24, 29 * 24, 10 * 24]),
        robots(
            "F31",
            "better after two hours",
            Script::InTurn(vec![status(500, ""), lines(b"")]),
            "robots_unreachable, then read, 1 documents",
        )
        .visits(&[0, 2])
        .also(|seen| assert_eq!(seen.asked(), ["/x"])),
        robots(
            "F31",
            "worse after a day",
            Script::InTurn(vec![lines(b""), status(500, "")]),
            "read, 1 documents, then unchanged, then robots_unreachable",
        )
        .visits(&[0, 20, 5])
        .also(|seen| assert_eq!(seen.asked().len(), 2)),
    ]
}

fn statuses() -> Vec<Case> {
    let open = [400, 401, 402, 403, 404, 405, 406, 410, 418, 451, 499];
    let mut cases: Vec<_> = open
        .map(|code| robots("F32", &code.to_string(), status(code, ""), READ))
        .into();
    cases.extend([
        robots("F32", "429", status(429, "Retry-After: 1\r\n"), CLOSED),
        robots("F32", "204", status(204, ""), READ),
        robots("F32", "304 that was not asked for", status(304, ""), CLOSED),
        robots("F32", "300", status(300, ""), CLOSED),
    ]);
    cases
}

fn elsewhere() -> Vec<Case> {
    let hops = |what: &str, count: u32, last: Script, outcome: &str| {
        let first = robots("F33", what, redirect("/hop/1"), outcome);
        let middle = (1..count).fold(first, |case, n| {
            case.with(&format!("/hop/{n}"), redirect(&format!("/hop/{}", n + 1)))
        });
        middle.with(&format!("/hop/{count}"), last).also(|seen| {
            let page = seen.asked().into_iter().filter(|path| path == "/x").count();
            assert!(page <= 1);
        })
    };
    vec![
        hops("one redirect", 1, lines(FORBIDS), FORBIDDEN),
        hops("five redirects", 5, lines(FORBIDS), FORBIDDEN),
        hops("five redirects, gone", 5, status(404, ""), READ),
        hops("five redirects, out of order", 5, status(500, ""), CLOSED),
        hops("six redirects", 6, lines(FORBIDS), READ),
        hops("a loop", 1, redirect("/robots.txt"), READ),
        // The rules at the end hold for the host that was asked first.
        robots("F33", "on another host and back", redirect("{other}/away"), FORBIDDEN)
            .elsewhere("/away", redirect("{site}/rules"))
            .with("/rules", lines(FORBIDS)),
    ]
}

fn files() -> Vec<Case> {
    let long = |at: usize| {
        let mut text = b"User-agent: *\n".to_vec();
        text.resize(at, b'#');
        text.extend(b"\nDisallow: /x\n");
        text.resize(10 * 1024 * 1024, b'\n');
        lines(&text)
    };
    let stars = format!("User-agent: *\nDisallow: /{}$\nDisallow: /y\n", "*a".repeat(5000));
    let rules: String = (0..20_000).map(|n| format!("Disallow: /*{n}*a*$\n")).collect();
    vec![
        robots("F34", "10 MB, a rule at 499 KiB", long(499 * 1024), FORBIDDEN),
        robots("F34", "10 MB, a rule behind 500 KiB", long(500 * 1024), READ),
        robots(
            "F34",
            "a page instead",
            answer("Content-Type: text/html\r\n", b"<!doctype html><p>Disallow: /x"),
            READ,
        ),
        robots(
            "F34",
            "a mark, and CR alone",
            lines(b"\xef\xbb\xbfUser-agent: *\rDisallow: /x\r"),
            FORBIDDEN,
        ),
        robots(
            "F34",
            "NULs",
            lines(b"\0\0\0\nUser-agent: *\n\0\nDisallow: /x\n\0"),
            FORBIDDEN,
        ),
        robots("F34", "a picture", lines(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), READ),
        robots("F34", "5,000 stars", lines(stars.as_bytes()), READ),
        robots(
            "F34",
            "20,000 rules",
            lines(format!("User-agent: *\n{rules}").as_bytes()),
            READ,
        ),
        robots(
            "F34",
            "30,000 agents",
            lines("User-agent: x\n".repeat(30_000).as_bytes()),
            READ,
        ),
    ]
}

fn groups() -> Vec<Case> {
    vec![
        robots("F35", "forbids", lines(FORBIDS), FORBIDDEN),
        robots("F35", "forbids others", lines(b"User-agent: other\nDisallow: /\n"), READ),
        robots("F35", "two groups of ours", lines(b"User-agent: klarstelle\nDisallow: /y\n\nUser-agent: *\nAllow: /\n\nUser-agent: KlarStelle\nDisallow: /x\n"), FORBIDDEN),
        robots("F35", "equal length", lines(b"User-agent: *\nDisallow: /x\nAllow: /x\n"), READ),
        robots("F35", "%2F is not /", lines(b"User-agent: *\nDisallow: %2Fx\n"), READ),
        robots("F35", "an encoded letter", lines(b"User-agent: *\nDisallow: /%78\n"), FORBIDDEN),
    ]
}
