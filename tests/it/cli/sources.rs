//! `klarstelle source …`: addresses, home pages and lists of feeds.

use std::{fs, path::Path, process::Command};

use crate::support::{
    fake_web::{FakeWeb, answer, html},
    process::{Ran, command, klarstelle, run},
};

/// The address of each source that is set, with its kind.
fn set(data: &Path) -> Vec<(String, String)> {
    let listed = klarstelle(data, &["source", "list", "--format", "json"]).json();
    let sources = listed.as_array().expect("a list").iter();
    let word = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
    sources
        .map(|source| (word(&source["kind"]), word(&source["url"])))
        .collect()
}

fn pair(kind: &str, url: &str) -> (String, String) {
    (kind.to_owned(), url.to_owned())
}

#[test]
fn addresses_that_people_see_become_those_that_are_asked() {
    let data = tempfile::tempdir().expect("folder");
    for arguments in [
        &["https://t.me/hafenfunk"][..],
        &["wss://jetstream2.us-east.bsky.network/subscribe"],
        &["https://plausch.example/@rat", "--kind", "mastodon"],
        &["https://rheinblick.example/artikel/1"],
    ] {
        let ran = klarstelle(data.path(), &[&["source", "add"], arguments].concat());
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{arguments:?}");
    }
    let wanted = [
        pair("telegram", "https://t.me/s/hafenfunk"),
        pair("jetstream", "https://jetstream2.us-east.bsky.network/subscribe"),
        pair("mastodon", "https://plausch.example/api/v1/accounts/lookup?acct=rat"),
        pair("page", "https://rheinblick.example/artikel/1"),
    ];
    assert_eq!(set(data.path()), wanted);
}

#[test]
fn what_a_kind_cannot_read_is_refused_with_the_reason() {
    let data = tempfile::tempdir().expect("folder");
    let google = "https://factchecktools.googleapis.com/v1alpha1/claims:search?query=x&key=s3cret";
    for (url, kind, code, wanted) in [
        ("https://t.me/+AbCdEf", "telegram", 1, "a name, not an invitation"),
        (google, "googlefactcheck", 1, "crawl.google_fact_check_key"),
        ("https://a.example/#depth=99", "section", 1, "a number from 1 to 10"),
        ("ftp://a.example/", "feed", 1, "only http and https"),
        ("https://a.example/", "telepathy", 2, "[possible values: "),
    ] {
        let ran = klarstelle(data.path(), &["source", "add", url, "--kind", kind]);
        assert_eq!(ran.code, code, "{}", ran.stderr);
        assert!(ran.stderr.contains(wanted), "{}", ran.stderr);
    }
    // Without a kind it does not become a page either, with the key in its address.
    let ran = klarstelle(data.path(), &["source", "add", google]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr.contains("crawl.google_fact_check_key") && !ran.stderr.contains("s3cret"),
        "{}",
        ran.stderr
    );
    assert_eq!(set(data.path()), []);
}

#[test]
fn the_kinds_are_listed_with_what_they_ask() {
    let data = tempfile::tempdir().expect("folder");
    let ran = klarstelle(data.path(), &["source", "kinds"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for word in [
        "claimreview",
        "jetstream",
        "https://public.api.bsky.app/xrpc/app.bsky.feed.searchPosts",
    ] {
        assert!(ran.stdout.contains(word), "{}", ran.stdout);
    }
    let listed = klarstelle(data.path(), &["source", "kinds", "--format", "json"]).json();
    assert_eq!(listed.as_array().map(Vec::len), Some(12));
}

#[test]
fn lists_of_feeds_go_in_and_out() {
    let data = tempfile::tempdir().expect("folder");
    let list = data.path().join("feeds.opml");
    let text = "<opml version='2.0'><body><outline text='Zeitungen'>
        <outline type='rss' xmlUrl='https://a.example/rss?x=1&amp;y=2'/><outline xmlUrl='https://a.example/rss?x=1&amp;y=2'/>
        <outline xmlUrl='javascript:alert(1)'/>
        <outline xmlUrl='https://www.youtube.com/feeds/videos.xml?channel_id=UCa'/></outline></body></opml>";
    fs::write(&list, text).expect("written");
    let list = list.to_str().expect("UTF-8");
    let ran = klarstelle(data.path(), &["source", "import", list]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(
        ran.stdout.contains("javascript:alert(1): only http and https"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.ends_with("2 added, 1 known already, 1 refused\n"),
        "{}",
        ran.stdout
    );
    klarstelle(data.path(), &["source", "add", "https://bsky.app/search?q=a&b"]);

    let exported = klarstelle(data.path(), &["source", "export"]);
    let there = tempfile::tempdir().expect("folder");
    let copy = there.path().join("copy.opml");
    fs::write(&copy, exported.stdout).expect("written");
    let ran = klarstelle(there.path(), &["source", "import", copy.to_str().expect("UTF-8")]);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (0, "3 added, 0 known already, 0 refused\n")
    );
    let (mut first, mut second) = (set(data.path()), set(there.path()));
    first.sort();
    second.sort();
    assert_eq!(first, second);

    fs::write(&copy, "<rss/>").expect("written");
    let ran = klarstelle(there.path(), &["source", "import", copy.to_str().expect("UTF-8")]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr.contains("not OPML: it has no <opml> element"),
        "{}",
        ran.stderr
    );
}

async fn add(web: &FakeWeb, data: &Path, url: &str) -> Ran {
    let allowed: Vec<_> = web.addresses.values().map(ToString::to_string).collect();
    let mut command: Command = command(data);
    command
        .args(["source", "add", url])
        .env("KLARSTELLE_NET_ALLOW_LOOPBACK", allowed.join(","));
    command.env("KLARSTELLE_CRAWL_MIN_DELAY_MS", "0");
    tokio::task::spawn_blocking(move || run(&mut command))
        .await
        .expect("ran")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_home_page_is_added_as_its_feeds() {
    let (web, data) = (FakeWeb::hosts(&["news", "empty"]), tempfile::tempdir().expect("folder"));
    let page = "<link rel='alternate' type='application/rss+xml' title='Alles\u{1b}[31m' href='/alle.rss'>
        <link rel='alternate' type='application/rss+xml' href='/comments/feed'>";
    web.put("news", "/", html(page));
    let ran = add(&web, data.path(), web.url("news", "/").as_str()).await;
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let feed = web.url("news", "/alle.rss");
    assert!(
        ran.stderr.contains(&format!("{feed} (named by the page)")),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("left alone, as it is of comments"),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains('\u{1b}'), "no escape sequence acts");
    assert_eq!(set(data.path()), [pair("feed", feed.as_str())]);

    web.put("empty", "/", answer("Content-Type: text/html\r\n", b"<p>nothing"));
    let home = web.url("empty", "/");
    let ran = add(&web, data.path(), home.as_str()).await;
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("names no feed"), "{}", ran.stderr);
    assert_eq!(
        set(data.path()),
        [pair("feed", feed.as_str()), pair("page", home.as_str())]
    );

    let ran = add(&web, data.path(), "http://127.0.0.1:1/").await;
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("could not be looked at"), "{}", ran.stderr);
    assert_eq!(set(data.path()).len(), 3);
}

/// The key is used, and told to nobody: not in the output, not in the most talkative log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_in_no_log() {
    let (web, data) = (FakeWeb::hosts(&["google"]), tempfile::tempdir().expect("folder"));
    let path = "/v1alpha1/claims:search?query=x";
    let url = web.url("google", path);
    assert_eq!(klarstelle(data.path(), &["source", "add", url.as_str()]).code, 0);
    let allowed = web.addresses["google"].to_string();
    let mut command = command(data.path());
    command
        .args(["crawl", "--log", "trace", "--max-time", "1"])
        .env("KLARSTELLE_NET_ALLOW_LOOPBACK", allowed);
    command
        .env("KLARSTELLE_CRAWL_GOOGLE_FACT_CHECK_KEY", "s3cret-key")
        .env("KLARSTELLE_CRAWL_MIN_DELAY_MS", "0");
    let ran = tokio::task::spawn_blocking(move || run(&mut command))
        .await
        .expect("ran");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let hits = web.hits("google", "/v1alpha1/");
    assert!(
        hits.len() == 1 && hits[0].head.contains("x-goog-api-key: s3cret-key"),
        "{hits:?}"
    );
    assert!(ran.stderr.len() > 100, "the log is on");
    assert!(
        !ran.stderr.contains("s3cret") && !ran.stdout.contains("s3cret"),
        "{}",
        ran.stderr
    );
}
