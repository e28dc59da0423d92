//! Rows F27 to F30: more than anybody can read.

use std::collections::BTreeSet;

use super::{Case, article, feed, page, source};
use crate::support::fake_web::{answer, html, redirect, status};
pub(super) fn cases() -> Vec<Case> {
    [traps(), repetitions(), sitemaps(), feeds()]
        .into_iter()
        .flatten()
        .collect()
}

fn items(links: impl Iterator<Item = String>) -> String {
    links
        .map(|link| format!("<item><link>{{site}}{link}</link></item>"))
        .collect()
}

/// Pages that link to the next one, without end. They are followed three links deep, and no further.
fn calendar(what: &str, place: impl Fn(u32) -> String) -> Case {
    let link = |n: u32| html(&format!("<a href='{}'>weiter</a>", place(n)));
    let first = source(
        "F27",
        what,
        "section",
        link(1),
        "read, 3 pages, then unchanged, then unchanged, then unchanged",
    );
    let case = (1..60).fold(first, |case, n| case.with(&place(n), link(n + 1)));
    case.visits(&[0, 1, 1, 1]).also(|seen| {
        let asked: BTreeSet<_> = seen.asked().into_iter().collect();
        assert_eq!(asked.len(), 4, "{asked:?}");
    })
}

fn traps() -> Vec<Case> {
    let deep = ["/a/a/a/", "/1/2/3/4/5/6/7/8/9/10/11/12/13", "/a/b/a/b/a/b"].map(str::to_owned);
    let sessions = (0..300).map(|n| format!("/a?sid={n}"));
    vec![
        calendar("a calendar", |n| format!("/x/{n}")),
        calendar("?page= without end", |n| format!("/x?page={n}")),
        source(
            "F27",
            "the same segment again and again",
            "feed",
            feed(&items(deep.into_iter())),
            "read",
        ),
        // robots.txt and the feed count, too: forty requests to a host in one run.
        source(
            "F27",
            "session ids",
            "feed",
            feed(&items(sessions)),
            "read, 38 failed, 162 postponed",
        )
        .also(|seen| {
            assert!(seen.asked().len() <= 39);
            assert_eq!(seen.stage.frontier.pages(), 200);
        }),
        source(
            "F27",
            "a timeline that goes on in circles",
            "mastodon",
            html(""),
            "read",
        )
        .at("/api/v1/timelines/tag/x?limit=40")
        .with(
            "/api/v1/timelines/tag/x?limit=40",
            answer("Link: <?limit=40>; rel=\"next\"\r\n", b"[]"),
        )
        .also(|seen| assert_eq!(seen.asked().len(), 1)),
        page(
            "F27",
            "a redirect to ever new places",
            redirect("/1"),
            "too_many_redirects",
        )
        .with("/1", redirect("/2"))
        .with("/2", redirect("/3"))
        .with("/3", redirect("/4"))
        .with("/4", redirect("/5"))
        .with("/5", redirect("/6"))
        .also(|seen| assert_eq!(seen.asked().len(), 6)),
    ]
}

fn repetitions() -> Vec<Case> {
    let spellings = ["/a", "/a?utm_source=feed", "/a#top", "/./a", "/b/../a", "/%61"].map(str::to_owned);
    let links = |count: usize| -> String { (0..count).map(|n| format!("<a href=/x/{n}>n</a>")).collect() };
    vec![
        source(
            "F28",
            "one page in many spellings",
            "feed",
            feed(&items(spellings.into_iter())),
            "read, 1 documents, 1 pages",
        )
        .with("/a", article("a")),
        source(
            "F28",
            "a page with 1,500 links",
            "section",
            html(&links(1500)),
            "read, 38 failed, 162 postponed",
        )
        .slow()
        .also(|seen| assert_eq!(seen.stage.frontier.pages(), 200)),
        // More elements than a page may have: refused whole.
        source(
            "F28",
            "a page with 120,000 links",
            "section",
            html(&"<a href=/x/1>n</a>".repeat(120_000)),
            "unreadable",
        )
        .slow(),
        source(
            "F28",
            "a page with 10⁶ links",
            "section",
            html(&"<a href=/x/1>n</a>".repeat(1_000_000)),
            "too_large",
        )
        .slow(),
    ]
}

/// What is beyond 50,000 entries or 50 MiB, packed or not, is not read: `answers.rs` has that whole.
fn sitemaps() -> Vec<Case> {
    let itself =
        b"<sitemapindex><sitemap><loc>{site}/x</loc></sitemap><sitemap><loc>{site}/x</loc></sitemap></sitemapindex>";
    let many: String = (0..2500).map(|n| format!("<url><loc>/{n}</loc></url>")).collect();
    let indexes: String = (0..500)
        .map(|n| format!("<sitemap><loc>/s/{n}</loc></sitemap>"))
        .collect();
    vec![
        source("F29", "names itself", "sitemap", answer("", itself), "read")
            .also(|seen| assert_eq!(seen.asked(), ["/x"])),
        // What one visit adds is bounded, so the rest waits for the next.
        source(
            "F29",
            "2,500 entries",
            "sitemap",
            answer("", format!("<urlset>{many}</urlset>").as_bytes()),
            "read, 38 failed, 1962 postponed",
        )
        .slow()
        .also(|seen| assert_eq!(seen.stage.frontier.pages(), 2000)),
        source(
            "F29",
            "an index of 500",
            "sitemap",
            answer("", format!("<sitemapindex>{indexes}</sitemapindex>").as_bytes()),
            "read",
        )
        .also(|seen| assert_eq!(seen.asked().len(), 39)),
        source(
            "F29",
            "no end to its nesting",
            "sitemap",
            answer("", "<urlset>".repeat(100_000).as_bytes()),
            "read",
        )
        .slow(),
        source("F29", "gone", "sitemap", status(410, ""), "status_410"),
    ]
}

fn feeds() -> Vec<Case> {
    let one = |inside: &str| format!("<item><title>Titel</title>{inside}<link>{{site}}/1</link></item>");
    let dates = [-1, 0, 9999, 99999].map(|year| one(&format!("<pubDate>Sun, 22 Nov {year} 10:00:00 GMT</pubDate>")));
    let same_id = items((0..3).map(|n| format!("/{n}"))).replace("<link>", "<guid>same</guid><link>");
    let many: String = (0..10_000).map(|n| format!("<item><link>/{n}</link></item>")).collect();
    let with_pages = |case: Case| (0..3).fold(case, |case, n| case.with(&format!("/{n}"), article("n")));
    vec![
        with_pages(source(
            "F30",
            "without GUIDs",
            "feed",
            feed(&items((0..3).map(|n| format!("/{n}")))),
            "read, 3 documents, 3 pages",
        )),
        with_pages(source(
            "F30",
            "one GUID for all",
            "feed",
            feed(&same_id),
            "read, 3 documents, 3 pages",
        )),
        with_pages(source(
            "F30",
            "one item again and again",
            "feed",
            feed(&one("").repeat(500)),
            "read, 1 documents, 1 pages",
        )),
        with_pages(source(
            "F30",
            "dates that cannot be",
            "feed",
            feed(&dates.concat()),
            "read, 1 documents, 1 pages",
        )),
        source(
            "F30",
            "items without anything",
            "feed",
            feed(&"<item></item>".repeat(50)),
            "read",
        ),
        source(
            "F30",
            "10,000 items",
            "feed",
            feed(&many),
            "read, 38 failed, 162 postponed",
        )
        .slow()
        .also(|seen| assert_eq!(seen.stage.frontier.pages(), 200)),
    ]
}
