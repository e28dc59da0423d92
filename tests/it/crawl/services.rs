//! Each kind of source against a service on loopback that misbehaves.

use std::{fs, io, sync::Mutex, time::Duration};

use klarstelle::{
    crawl::{Context, Due, Found, Keys, Reader, Reading, Report, Visit, crawl},
    domain::{SourceId, SourceKind},
    net::Fetched,
};

use super::Stage;
use crate::support::fake_web::{Script, answer, header, html, status};

/// Reads answers as their kinds do, and notes what they hold.
#[derive(Default)]
pub(super) struct Gather {
    found: Mutex<Vec<Found>>,
}

impl Reader for Gather {
    type Error = io::Error;

    async fn read(&self, visit: &Visit<'_>, fetched: &Fetched) -> Result<Reading, io::Error> {
        let (mut reading, mut problem) = (Reading::default(), None);
        for found in visit.findings(fetched) {
            match &found {
                Found::Page(url) => reading.pages.push(url.clone()),
                Found::Next(url) => reading.next.push(url.clone()),
                Found::Pointer => reading.is_pointer = true,
                Found::Cursor(cursor) => reading.cursor = Some(cursor.clone()),
                Found::Document(_) => reading.documents += 1,
                Found::FactCheck(_) => reading.fact_checks += 1,
                Found::Problem(why) => problem = Some(why.clone()),
            }
            self.found.lock().expect("no panic").push(found);
        }
        let is_empty =
            reading.documents + reading.fact_checks == 0 && reading.pages.is_empty() && reading.next.is_empty();
        reading.problem = problem.filter(|_| is_empty);
        Ok(reading)
    }
}

impl Gather {
    pub(super) fn texts(&self) -> Vec<String> {
        let found = self.found.lock().expect("no panic");
        let texts = found.iter().filter_map(|found| match found {
            Found::Document(document) => Some(document.text.clone()),
            _ => None,
        });
        texts.collect()
    }
}

/// One run over what is due, read in earnest.
pub(super) async fn run(stage: &Stage) -> (Report, Gather) {
    let gather = Gather::default();
    let context = Context {
        client: &stage.client,
        settings: &stage.settings,
        sources: &stage.sources,
        frontier: &stage.frontier,
        reader: &gather,
        clock: &|| stage.now(),
        progress: &(),
    };
    let report = crawl(&context, Due::By(stage.now())).await.expect("goes to its end");
    (report, gather)
}

pub(super) fn add(stage: &Stage, kind: &'static str, host: &str, path: &str) -> SourceId {
    stage.source(SourceKind::named(kind), host, path)
}

pub(super) fn fixture(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/sources/");
    fs::read_to_string(format!("{folder}{name}")).expect(name)
}

fn paths(stage: &Stage, host: &str) -> Vec<String> {
    let hits = stage.web.hits(host, "/").into_iter().map(|hit| hit.path);
    hits.filter(|path| path != "/robots.txt").collect()
}

#[tokio::test]
async fn an_index_of_sitemaps_leads_to_pages_and_a_circle_ends() {
    let stage = Stage::hosts(&["news"]);
    let place = |path: &str| format!("<sitemap><loc>{}</loc></sitemap>", stage.web.url("news", path));
    let index = format!(
        "<sitemapindex>{}{}{}</sitemapindex>",
        place("/sitemap.xml"),
        place("/gone.xml"),
        place("/two.xml")
    );
    stage.web.put("news", "/sitemap.xml", answer("", index.as_bytes()));
    stage.web.put(
        "news",
        "/two.xml",
        answer("", b"<urlset><url><loc>/a</loc></url></urlset>"),
    );
    stage.web.put(
        "news",
        "/a",
        html("<p>Ein Satz mit einigen Worten, der im Hafen spielt und nicht endet.</p>"),
    );
    add(&stage, "sitemap", "news", "/sitemap.xml");
    let (report, _) = run(&stage).await;
    assert_eq!(paths(&stage, "news"), ["/sitemap.xml", "/gone.xml", "/two.xml", "/a"]);
    assert_eq!((report.failed().count(), report.pages.fetched), (0, 1));
}

/// What only points on may stay as it is while there is news behind it; so may what could not be read to its end.
#[tokio::test]
async fn an_unchanged_pointer_hides_no_news() {
    let dated = "<lastmod>2026-11-20</lastmod>";
    for (date, second, wanted) in [
        ("", answer("", b"<urlset/>"), 2),
        (dated, answer("", b"<urlset/>"), 1),
        (dated, status(503, ""), 2),
    ] {
        let stage = Stage::hosts(&["news"]);
        let place = stage.web.url("news", "/two.xml");
        let index = format!("<sitemapindex><sitemap><loc>{place}</loc>{date}</sitemap></sitemapindex>");
        stage.web.put("news", "/sitemap.xml", answer("", index.as_bytes()));
        stage.web.put(
            "news",
            "/two.xml",
            Script::InTurn(vec![second, answer("", b"<urlset><url><loc>/a</loc></url></urlset>")]),
        );
        add(&stage, "sitemap", "news", "/sitemap.xml");
        run(&stage).await;
        // Longer than a host that answers 503 is left alone.
        stage.wait(Duration::from_mins(40));
        run(&stage).await;
        assert_eq!(stage.web.hits("news", "/two.xml").len(), wanted, "{date}");
    }
}

#[tokio::test]
async fn a_section_is_followed_as_deep_as_it_says() {
    for (depth, wanted) in [
        ("#depth=1", &["/p/", "/p/a"][..]),
        ("#depth=2", &["/p/", "/p/a", "/p/b"]),
        ("", &["/p/", "/p/a", "/p/b", "/p/c"]),
    ] {
        let stage = Stage::hosts(&["news"]);
        for (path, to) in [
            ("/p/", "/p/a"),
            ("/p/a", "/p/b"),
            ("/p/b", "/p/c"),
            ("/p/c", "/p/d"),
            ("/p/d", "/p/"),
        ] {
            stage.web.put(
                "news",
                path,
                html(&format!("<a href='{to}'>weiter</a> <a href='/q'>hinaus</a>")),
            );
        }
        add(&stage, "section", "news", &format!("/p/{depth}"));
        // A run visits what was named before it; what those pages name is the next run's.
        for _ in 0..5 {
            run(&stage).await;
        }
        let mut asked = paths(&stage, "news");
        asked.sort();
        asked.dedup();
        assert_eq!(asked, wanted, "{depth}");
    }
}

/// A file of any size goes through a temporary file and is read row by row: more than the limit for bodies in memory.
#[tokio::test]
async fn a_data_feed_may_be_larger_than_memory_allows() {
    let stage = Stage::hosts(&["checks"]);
    let rows: Vec<_> = (0..200)
        .map(|n| {
            let padding = "x".repeat(12_000);
            format!("{{\"@type\":\"DataFeedItem\",\"item\":{{\"@type\":\"ClaimReview\",\"claimReviewed\":\"Behauptung Nummer {n}\",\"url\":\"/{n}\",\"reviewBody\":\"{padding}\"}}}}")
        })
        .collect();
    let feed = format!(
        "{{\"@type\":\"DataFeed\",\"dataFeedElement\":[\n{}\n]}}",
        rows.join(",\n")
    );
    assert!(feed.len() > Fetched::HEAD_BYTES, "it goes to a file");
    stage.web.put(
        "checks",
        "/feed.json",
        answer("Content-Type: application/json\r\n", feed.as_bytes()),
    );
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    io::Write::write_all(&mut gzip, feed.as_bytes()).expect("packed");
    let packed = gzip.finish().expect("packed");
    stage.web.put(
        "checks",
        "/feed.json.gz",
        answer("Content-Type: application/gzip\r\n", &packed),
    );
    add(&stage, "claimreview", "checks", "/feed.json");
    add(&stage, "claimreview", "checks", "/feed.json.gz");
    let (report, gather) = run(&stage).await;
    assert_eq!((report.failed().count(), report.fact_checks), (0, 400));
    drop(gather);
    // Without validators, the hash of the whole file shows that nothing is new.
    stage.wait(Duration::from_mins(16));
    assert_eq!(run(&stage).await.0.fact_checks, 0);
}

#[tokio::test]
async fn a_body_without_end_is_too_large() {
    let stage = Stage::hosts(&["one", "two"]);
    let endless = || Script::Endless(b"HTTP/1.1 200 OK\r\n\r\n{\"posts\":[".to_vec(), vec![b' '; 65_536]);
    stage.web.put(
        "one",
        "/xrpc/app.bsky.feed.searchPosts?q=x&limit=100&sort=latest",
        endless(),
    );
    stage.web.put("two", "/feed.json", endless());
    add(&stage, "bluesky", "one", "/xrpc/app.bsky.feed.searchPosts?q=x");
    add(&stage, "claimreview", "two", "/feed.json");
    run(&stage).await;
    assert_eq!(
        stage.error_at("one", "/xrpc/app.bsky.feed.searchPosts?q=x").as_deref(),
        Some("too_large")
    );
    assert_eq!(stage.error_at("two", "/feed.json").as_deref(), Some("too_large"));
}

const CLAIMS: &str = "/v1alpha1/claims:search?query=Rhein";

#[tokio::test]
async fn the_key_is_in_no_address_and_paging_ends() {
    let mut stage = Stage::hosts(&["google"]);
    stage.settings.keys = Keys::default().with(SourceKind::named("googlefactcheck"), " s3cret ");
    // The same token for ever.
    let body = fixture("google.json");
    stage
        .web
        .put("google", &format!("{CLAIMS}&pageSize=50"), answer("", body.as_bytes()));
    stage.web.put(
        "google",
        &format!("{CLAIMS}&pageSize=50&pageToken=CAo%3D"),
        answer("", body.as_bytes()),
    );
    add(&stage, "googlefactcheck", "google", CLAIMS);
    let (report, _) = run(&stage).await;
    assert_eq!((report.failed().count(), report.fact_checks), (0, 4));
    let hits = stage.web.hits("google", "/v1alpha1/");
    assert_eq!(hits.len(), 2);
    for hit in &hits {
        assert_eq!(header(&hit.head, "x-goog-api-key").as_deref(), Some("s3cret"));
        assert!(!hit.path.contains("s3cret"));
    }
    assert!(!format!("{:?}", stage.settings).contains("s3cret"));
}

#[tokio::test]
async fn without_a_key_nothing_is_asked() {
    let stage = Stage::hosts(&["google"]);
    add(&stage, "googlefactcheck", "google", CLAIMS);
    let (report, _) = run(&stage).await;
    assert_eq!(report.failed().count(), 1);
    assert_eq!(stage.error_at("google", CLAIMS).as_deref(), Some("no_key"));
    assert_eq!(stage.web.hits("google", "/").len(), 0);
}

/// Paging that gives a new cursor each time ends after three answers; one that cannot be had does not undo the others.
#[tokio::test]
async fn endless_paging_ends() {
    let stage = Stage::hosts(&["sky", "tele", "reddit"]);
    let search = "/xrpc/app.bsky.feed.searchPosts?q=x";
    let asked = format!("{search}&limit=100&sort=latest");
    let page = |n: u32| fixture("bluesky-search.json").replace("\"100\"", &format!("\"{n}\""));
    stage.web.put("sky", &asked, answer("", page(1).as_bytes()));
    for n in 1..6 {
        stage.web.put(
            "sky",
            &format!("{asked}&cursor={n}"),
            answer("", page(n + 1).as_bytes()),
        );
    }
    add(&stage, "bluesky", "sky", search);
    stage.web.put(
        "tele",
        "/s/hafenfunk",
        answer("Content-Type: text/html\r\n", fixture("telegram.html").as_bytes()),
    );
    stage.web.put("tele", "/s/hafenfunk?before=41", status(500, ""));
    add(&stage, "telegram", "tele", "/s/hafenfunk");
    let listing = "/r/lindrath/new.json";
    let after = format!("{listing}?limit=100&raw_json=1");
    stage
        .web
        .put("reddit", &after, answer("", fixture("reddit.json").as_bytes()));
    stage.web.put(
        "reddit",
        &format!("{after}&after=t3_1abcd2"),
        answer("", fixture("reddit.json").as_bytes()),
    );
    add(&stage, "reddit", "reddit", listing);
    let (report, gather) = run(&stage).await;
    assert_eq!(report.failed().count(), 0, "{report:?}");
    assert_eq!(paths(&stage, "sky").len(), 3);
    assert_eq!(paths(&stage, "tele"), ["/s/hafenfunk", "/s/hafenfunk?before=41"]);
    assert_eq!(paths(&stage, "reddit").len(), 2, "the same address is not asked twice");
    assert_eq!(gather.texts().len(), 3 * 2 + 2 + 2 * 3);
}

#[tokio::test]
async fn services_that_want_to_be_left_alone_are() {
    for (headers, code) in [
        ("Retry-After: 3600\r\n", 429),
        ("RateLimit-Remaining: 0\r\nRateLimit-Reset: 99999999999\r\n", 429),
        (
            "X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 2099-01-01T00:00:00.000Z\r\n",
            200,
        ),
        ("x-ratelimit-remaining: 0.0\r\nx-ratelimit-reset: 587\r\n", 200),
    ] {
        let stage = Stage::hosts(&["social"]);
        let body = "HTTP/1.1 ".to_owned() + &code.to_string() + " X\r\n" + headers + "Connection: close\r\n\r\n[]";
        for path in ["/api/v1/timelines/tag/a?limit=40", "/api/v1/timelines/tag/b?limit=40"] {
            stage.web.put("social", path, Script::Raw(body.clone().into_bytes()));
        }
        add(&stage, "mastodon", "social", "/api/v1/timelines/tag/a");
        add(&stage, "mastodon", "social", "/api/v1/timelines/tag/b");
        run(&stage).await;
        assert_eq!(paths(&stage, "social").len(), 1, "{headers}");
        run(&stage).await;
        assert_eq!(
            paths(&stage, "social").len(),
            1,
            "the pause outlives the run: {headers}"
        );
    }
}

#[tokio::test]
async fn an_account_is_looked_up_and_read() {
    let stage = Stage::hosts(&["social"]);
    let lookup = "/api/v1/accounts/lookup?acct=rat";
    let statuses = "/api/v1/accounts/23634/statuses?exclude_reblogs=true&limit=40";
    let post = |id: u32| {
        format!(
            "[{{\"id\":\"{id}\",\"uri\":\"https://a.example/{id}\",\"created_at\":\"2026-01-01T00:00:00Z\",\"content\":\"<p>Beitrag {id}</p>\"}}]"
        )
    };
    stage.web.put(
        "social",
        lookup,
        answer("", fixture("mastodon-account.json").as_bytes()),
    );
    let link = format!("Link: <{statuses}&max_id=1>; rel=\"next\"\r\n");
    stage.web.put("social", statuses, answer(&link, post(1).as_bytes()));
    stage.web.put(
        "social",
        &format!("{statuses}&max_id=1"),
        answer("", post(2).as_bytes()),
    );
    add(&stage, "mastodon", "social", lookup);
    let (_, gather) = run(&stage).await;
    assert_eq!(gather.texts(), ["Beitrag 1", "Beitrag 2"]);
}

/// What robots.txt forbids is not asked for, of any kind.
#[tokio::test]
async fn robots_txt_holds_for_services_too() {
    for (kind, path) in [
        ("bluesky", "/xrpc/app.bsky.feed.searchPosts?q=x"),
        ("googlefactcheck", CLAIMS),
        ("jetstream", "/subscribe"),
        ("mastodon", "/api/v1/timelines/public"),
        ("reddit", "/r/lindrath/new.json"),
        ("section", "/politik/"),
        ("sitemap", "/sitemap.xml"),
        ("telegram", "/s/hafenfunk"),
        ("youtube", "/feeds/videos.xml?channel_id=UC"),
    ] {
        let mut stage = Stage::hosts(&["service"]);
        stage.settings.keys = Keys::default().with(SourceKind::named("googlefactcheck"), "key");
        stage
            .web
            .put("service", "/robots.txt", answer("", b"User-agent: *\nDisallow: /\n"));
        add(&stage, kind, "service", path);
        run(&stage).await;
        assert_eq!(stage.error_at("service", path).as_deref(), Some("robots"), "{kind}");
        assert_eq!(stage.web.hits("service", "/").len(), 1, "{kind}");
    }
}

#[tokio::test]
async fn videos_are_read_with_their_captions() {
    let stage = Stage::hosts(&["tube"]);
    let local = |text: String| {
        text.replace(
            "https://www.youtube.com",
            stage.web.url("tube", "").as_str().trim_end_matches('/'),
        )
    };
    let feed = "/feeds/videos.xml?channel_id=UCaaaaaaaaaaaaaaaaaaaaaa";
    stage
        .web
        .put("tube", feed, answer("", local(fixture("youtube-feed.xml")).as_bytes()));
    stage.web.put(
        "tube",
        "/watch?v=Ab3_-xYz123",
        html(&local(fixture("youtube-watch.html"))),
    );
    stage.web.put(
        "tube",
        "/api/timedtext?v=Ab3_-xYz123&lang=de&fmt=srv1",
        answer("", fixture("youtube-captions.xml").as_bytes()),
    );
    add(&stage, "youtube", "tube", feed);
    let (report, gather) = run(&stage).await;
    assert_eq!((report.failed().count(), report.pages.fetched), (0, 1), "{report:?}");
    let texts = gather.texts();
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert!(
        texts[1].starts_with("Im Hafen werden ab Juli alle Fähren verschrottet"),
        "{texts:?}"
    );
}

/// A row in the store that only a newer version knows fails by name, and nothing else does.
#[tokio::test]
async fn an_unknown_kind_fails_by_name() {
    let stage = Stage::hosts(&["news"]);
    add(&stage, "telepathy", "news", "/x");
    let (report, _) = run(&stage).await;
    let failed: Vec<_> = report.failed().map(|(_, obstacle)| obstacle.to_string()).collect();
    assert_eq!(failed, ["no kind of source is called telepathy here"]);
    assert_eq!(stage.error_at("news", "/x").as_deref(), Some("unknown_kind"));
}
