//! Rows F1 to F18: where we are sent.

use super::{Case, Takes, article, article_with, feed, page, source};
use crate::support::fake_web::{Script, answer, html, redirect, socket, status, text_frame};

const INSIDE: &str = "address_not_allowed";

/// Each way of writing an address that is not taken: row, address, what becomes of it.
const ANYWHERE: &[(&str, &str, &str)] = &[
    ("F1", "http://127.0.0.1{port}/", INSIDE),
    ("F1", "http://127.1{port}/", INSIDE),
    ("F1", "http://127.0.0.2{port}/", INSIDE),
    ("F1", "http://localhost{port}/", INSIDE),
    ("F1", "http://localhost.{port}/", INSIDE),
    ("F1", "http://LOCALHOST{port}/", INSIDE),
    ("F1", "http://x.localhost{port}/", INSIDE),
    ("F2", "http://0.0.0.0:22/", INSIDE),
    ("F2", "http://0.0.0.0{port}/", INSIDE),
    ("F2", "http://[::]{port}/", INSIDE),
    ("F2", "http://[::1]{port}/", INSIDE),
    ("F3", "http://[::ffff:127.0.0.2]{port}/", INSIDE),
    ("F3", "http://[::ffff:7f00:2]{port}/", INSIDE),
    ("F3", "http://[::ffff:a9fe:a9fe]/", INSIDE),
    ("F3", "http://[::127.0.0.1]{port}/", INSIDE),
    ("F3", "http://[::ffff:0:127.0.0.1]/", INSIDE),
    ("F4", "http://169.254.169.254/latest/meta-data/", INSIDE),
    ("F4", "http://[fd00:ec2::254]/", INSIDE),
    ("F5", "http://10.0.0.1/", INSIDE),
    ("F5", "http://172.16.0.1/", INSIDE),
    ("F5", "http://192.168.1.1/", INSIDE),
    ("F5", "http://100.64.0.1/", INSIDE),
    ("F5", "http://192.0.0.8/", INSIDE),
    ("F5", "http://192.0.2.1/", INSIDE),
    ("F5", "http://198.18.0.1/", INSIDE),
    ("F5", "http://198.51.100.1/", INSIDE),
    ("F5", "http://203.0.113.1/", INSIDE),
    ("F5", "http://192.88.99.1/", INSIDE),
    ("F5", "http://224.0.0.1/", INSIDE),
    ("F5", "http://240.0.0.1/", INSIDE),
    ("F5", "http://255.255.255.255/", INSIDE),
    ("F6", "http://[fc00::1]/", INSIDE),
    ("F6", "http://[fe80::1]/", INSIDE),
    ("F6", "http://[fe80::1%25eth0]/", "no_url"),
    ("F6", "http://[fe80::1%eth0]/", "no_url"),
    ("F6", "http://[fec0::1]/", INSIDE),
    ("F6", "http://[ff02::1]/", INSIDE),
    ("F6", "http://[64:ff9b::7f00:1]/", INSIDE),
    ("F6", "http://[64:ff9b:1::1]/", INSIDE),
    ("F6", "http://[2002:7f00:1::]/", INSIDE),
    ("F6", "http://[2001::1]/", INSIDE),
    ("F6", "http://[2001:0:4136:e378:8000:63bf:80ff:fffe]/", INSIDE),
    ("F6", "http://[2001:db8::1]/", INSIDE),
    ("F6", "http://[3fff::1]/", INSIDE),
    ("F6", "http://[100::1]/", INSIDE),
    ("F6", "http://[5f00::1]/", INSIDE),
    ("F7", "http://2130706433{port}/", INSIDE),
    ("F7", "http://0x7f000001{port}/", INSIDE),
    ("F7", "http://0x7F000002{port}/", INSIDE),
    ("F7", "http://017700000001{port}/", INSIDE),
    ("F7", "http://0177.0.0.1{port}/", INSIDE),
    ("F7", "http://0x7f.1{port}/", INSIDE),
    ("F7", "http://127.0x1{port}/", INSIDE),
    ("F7", "http://127.0.0.1.{port}/", INSIDE),
    ("F7", "http://127.0.0.2.{port}/", INSIDE),
    ("F7", "http://%31%32%37.0.0.1{port}/", INSIDE),
    ("F8", "http://①②⑦.⓪.⓪.①{port}/", INSIDE),
    ("F8", "http://１２７.０.０.１{port}/", INSIDE),
    ("F8", "http://127。0。0。1{port}/", INSIDE),
    ("F8", "http://127.0.\u{ad}0.1{port}/", INSIDE),
    ("F8", "http://ⓛocalhost{port}/", INSIDE),
    ("F9", "http://site.example@127.0.0.1{port}/", "no_url"),
    ("F9", "http://a:b@127.0.0.1{port}/", "no_url"),
    ("F9", "http://127.0.0.1{port}#@site.example/", INSIDE),
];

/// Those that take names and ports of the world.
const IN_PUBLIC: &[(&str, &str, &str)] = &[
    ("F4", "http://metadata.google.internal/", INSIDE),
    ("F9", "http://site.example\\@127.0.0.1/", "read, 1 documents"),
    ("F10", "http://inside.example/", INSIDE),
    ("F10", "http://mapped.example/", INSIDE),
    ("F10", "http://mixed.example/", INSIDE),
    ("F10", "http://mixed6.example/", INSIDE),
    ("F10", "http://home.example/", INSIDE),
    ("F10", "http://unknown.example/", "robots_unreachable"),
    ("F16", "http://site.example:22/", "port_not_allowed"),
    ("F16", "http://93.184.215.14:25/", "port_not_allowed"),
    ("F16", "http://[2606:4700::1111]:6379/", "port_not_allowed"),
    ("F16", "http://site.example:5432/", "port_not_allowed"),
    ("F16", "http://site.example:0/", "port_not_allowed"),
    ("F16", "http://site.example:65536/", "no_url"),
];

/// The address as a source, as the target of a redirect, and as a feed's item.
fn named((id, url, outcome): (&'static str, &str, &str)) -> Vec<Case> {
    let (redirected, item) = match outcome {
        "no_url" => ("url_not_allowed", "read"),
        "robots_unreachable" => (outcome, "read, 1 forbidden"),
        "read, 1 documents" => (outcome, "read, 1 documents, 1 pages"),
        _ => (outcome, "read, 1 refused"),
    };
    let what = |how: &str| format!("{how} {url}");
    let itself = page(id, &what("the source"), article("x"), outcome).at(url);
    let redirect = page(id, &what("a redirect to"), redirect(url), redirected);
    let item = source(
        id,
        &what("a feed's"),
        "feed",
        feed(&format!("<item><link>{url}</link></item>")),
        item,
    );
    let all = [itself, redirect, item].map(|case| case.with("/@127.0.0.1/", article("x")));
    // What is no address cannot be a source.
    all.into_iter().skip(usize::from(outcome == "no_url")).collect()
}

pub(super) fn cases() -> Vec<Case> {
    let anywhere = ANYWHERE.iter().flat_map(|row| named(*row));
    let in_public = IN_PUBLIC
        .iter()
        .flat_map(|row| named(*row))
        .map(|case| case.takes(Takes::TheWorld));
    anywhere
        .chain(in_public)
        .chain(turns_and_proxies())
        .chain(redirects())
        .chain(what_pages_name())
        .collect()
}

fn turns_and_proxies() -> Vec<Case> {
    vec![
        // Its robots.txt came from the first address; the page would come from the second.
        page("F11", "a name that turns round", article("x"), INSIDE)
            .at("http://turning.example/x")
            .takes(Takes::TheWorld)
            .also(|seen| {
                assert_eq!(seen.asked(), [""; 0]);
                assert_eq!(seen.stage.web.hits("site", "/robots.txt").len(), 1);
            }),
        // The whole test runs with one; this page is fetched, and no canary sees it.
        page("F17", "a proxy in the environment", article("x"), "read, 1 documents").takes(Takes::TheWorld),
        source(
            "F18",
            "a key and a redirect to another host",
            "googlefactcheck",
            redirect("{other}/feed"),
            "unreadable",
        )
        .takes(Takes::Loopback)
        .also(|seen| {
            let told = |host: &str| {
                let hits = seen.stage.web.hits(host, "/").into_iter();
                hits.filter(|hit| hit.head.contains(super::SECRET)).count()
            };
            assert_eq!((told("site"), told("other")), (1, 0));
        }),
    ]
}

fn redirects() -> Vec<Case> {
    let hops = |last: Script| {
        let case = page("F12", "good, good, bad", redirect("/2"), INSIDE);
        case.with("/2", redirect("/3")).with("/3", last)
    };
    let no_web = [
        "file:///etc/passwd",
        "ftp://site.example/",
        "gopher://site.example/",
        "data:text/html,x",
        "javascript:alert(1)",
        "unix:/run/docker.sock",
        "http://user:secret@127.0.0.1/",
        "http://[half/",
    ];
    let no_web = no_web.map(|to| page("F13", to, redirect(to), "url_not_allowed"));
    let mut cases = vec![
        hops(redirect("http://{inside}/")),
        hops(redirect("//{inside}/latest/meta-data")),
        hops(status(301, "Location: http://2130706434{port}/\r\n")),
        hops(status(307, "Location: http://[::ffff:7f00:2]{port}/\r\n")),
        hops(status(308, "Location: http://localhost{port}/\r\n")),
        page("F14", "a loop", redirect("/x"), "too_many_redirects").also(|seen| assert_eq!(seen.asked().len(), 6)),
        page("F14", "without Location", status(302, ""), "bad_redirect"),
        page(
            "F14",
            "a Location of 1 MB",
            redirect(&"x".repeat(1_000_000)),
            "protocol",
        ),
        page(
            "F14",
            "a Location of 2,100 bytes",
            redirect(&format!("/{}", "x".repeat(2100))),
            "url_not_allowed",
        ),
        chain("five redirects", 5, "read, 1 documents"),
        chain("six redirects", 6, "too_many_redirects"),
    ];
    cases.extend(no_web);
    cases
}

fn chain(what: &str, length: u32, outcome: &str) -> Case {
    let first = page("F14", what, redirect("/1"), outcome);
    let middle = (1..length).fold(first, |case, n| {
        case.with(&format!("/{n}"), redirect(&format!("/{}", n + 1)))
    });
    middle.with(&format!("/{length}"), article("x"))
}

/// Row F15: what a page names is looked at like any other address, or not at all.
fn what_pages_name() -> Vec<Case> {
    let heads = [
        "<meta http-equiv=refresh content='0;url=http://{inside}/'>",
        "<link rel=canonical href='http://{inside}/'>",
        "<meta property=og:url content='http://{inside}/'>",
        "<base href='http://{inside}/'>",
        "<link rel=stylesheet href='http://{inside}/'><script src='http://{inside}/'></script><img src='http://{inside}/'>",
        "<link rel=preconnect href='http://{inside}/'><iframe src='http://{inside}/'></iframe>",
    ];
    let mut cases: Vec<_> = heads
        .into_iter()
        .map(|head| {
            let text = article_with("x", "").replace("<title>", &format!("{head}<title>"));
            page("F15", head, html(&text), "read, 1 documents").also(|seen| assert_eq!(seen.asked(), ["/x"]))
        })
        .collect();
    let next = "Link: <http://{inside}/t>; rel=\"next\"\r\nContent-Type: application/json\r\n";
    let player = r#"<script>var ytInitialPlayerResponse = {"videoDetails":{"videoId":"a","title":"Hafen","shortDescription":"Im Hafen brennt es seit dem Morgen."},"captions":{"playerCaptionsTracklistRenderer":{"captionTracks":[{"baseUrl":"http://{inside}/api/timedtext?v=a","languageCode":"de"}]}}};</script>"#;
    cases.extend([
        source(
            "F15",
            "a sitemap's page",
            "sitemap",
            answer("", b"<urlset><url><loc>http://{inside}/</loc></url></urlset>"),
            "read",
        ),
        source(
            "F15",
            "a sitemap's sitemap",
            "sitemap",
            answer(
                "",
                b"<sitemapindex><sitemap><loc>http://{inside}/</loc></sitemap></sitemapindex>",
            ),
            "read",
        ),
        source("F15", "a timeline's next page", "mastodon", answer(next, b"[]"), "read")
            .at("/api/v1/timelines/tag/x")
            .with("/api/v1/timelines/tag/x?limit=40", answer(next, b"[]")),
        source(
            "F15",
            "a video's captions",
            "youtube",
            feed("<item><link>{site}/watch?v=a</link></item>"),
            "read, 1 documents, 1 pages",
        )
        .with("/watch?v=a", html(player)),
        source("F15", "a stream inside", "jetstream", socket(&[]), INSIDE).at("http://{inside}/subscribe"),
        source(
            "F15",
            "a stream that sends us inside",
            "jetstream",
            redirect("http://{inside}/subscribe"),
            "status_302",
        ),
        source(
            "F15",
            "a stream that names an address",
            "jetstream",
            socket(&[text_frame("{\"time_us\":5,\"url\":\"http://10.0.0.1/\"}")]),
            "read",
        ),
        source(
            "F15",
            "robots.txt that names a sitemap",
            "page",
            article("x"),
            "read, 1 documents",
        )
        .with("/robots.txt", answer("", b"Sitemap: http://{inside}/sitemap.xml\n")),
        source(
            "F15",
            "a data file inside",
            "claimreview",
            redirect("http://{inside}/claims.json"),
            INSIDE,
        ),
        source(
            "F15",
            "a section's link",
            "section",
            html("<a href='http://{inside}/x/y'>y</a><a href='/x/z'>z</a>"),
            "read, 1 documents, 1 pages",
        )
        .with("/x/z", article("z")),
    ]);
    cases
}
