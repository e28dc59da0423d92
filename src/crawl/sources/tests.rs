//! The table of kinds, held as a whole.

use super::*;

fn at(text: &str) -> WebUrl {
    WebUrl::parse(text).expect(text)
}

/// Addresses, the kind that is sure of each, and where it is read.
const RECOGNISED: &[(&str, Option<(&str, &str)>)] = &[
    (
        "https://a.example/feed.xml",
        Some(("feed", "https://a.example/feed.xml")),
    ),
    ("https://a.example/feed/", Some(("feed", "https://a.example/feed/"))),
    (
        "https://a.example/claimreview.json",
        Some(("claimreview", "https://a.example/claimreview.json")),
    ),
    (
        "https://a.example/all.ndjson.gz",
        Some(("claimreview", "https://a.example/all.ndjson.gz")),
    ),
    (
        "https://a.example/api/v1/timelines/public?limit=40",
        Some(("mastodon", "https://a.example/api/v1/timelines/public?limit=40")),
    ),
    (
        "https://a.example/sitemap_index.xml.gz",
        Some(("sitemap", "https://a.example/sitemap_index.xml.gz")),
    ),
    (
        "https://a.example/news-sitemap.xml",
        Some(("sitemap", "https://a.example/news-sitemap.xml")),
    ),
    (
        "https://bsky.app/profile/ada.example",
        Some((
            "bluesky",
            "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed?actor=ada.example",
        )),
    ),
    (
        "https://bsky.app/search?q=Strom+Gas",
        Some((
            "bluesky",
            "https://public.api.bsky.app/xrpc/app.bsky.feed.searchPosts?q=Strom+Gas",
        )),
    ),
    (
        "https://bsky.app/hashtag/f%C3%A4hre",
        Some((
            "bluesky",
            "https://public.api.bsky.app/xrpc/app.bsky.feed.searchPosts?q=%23f%C3%A4hre",
        )),
    ),
    (
        "https://jetstream2.us-east.bsky.network/subscribe?wantedDids=did:plc:a",
        Some((
            "jetstream",
            "https://jetstream2.us-east.bsky.network/subscribe?wantedDids=did:plc:a",
        )),
    ),
    ("https://t.me/hafenfunk", Some(("telegram", "https://t.me/s/hafenfunk"))),
    (
        "https://t.me/s/hafenfunk?before=5",
        Some(("telegram", "https://t.me/s/hafenfunk")),
    ),
    ("https://t.me/+AbCdEf", None),
    ("https://t.me/joinchat/AbCdEf", None),
    (
        "https://old.reddit.com/r/de/",
        Some(("reddit", "https://www.reddit.com/r/de/new.json")),
    ),
    (
        "https://www.reddit.com/r/de/top",
        Some(("reddit", "https://www.reddit.com/r/de/top.json")),
    ),
    (
        "https://www.reddit.com/r/de/search/?q=Strom",
        Some((
            "reddit",
            "https://www.reddit.com/r/de/search.json?restrict_sr=1&sort=new&q=Strom",
        )),
    ),
    ("https://www.reddit.com/user/ada", None),
    (
        "https://www.youtube.com/channel/UC_x-1/videos",
        Some(("youtube", "https://www.youtube.com/feeds/videos.xml?channel_id=UC_x-1")),
    ),
    (
        "https://www.youtube.com/playlist?list=PL1",
        Some(("youtube", "https://www.youtube.com/feeds/videos.xml?playlist_id=PL1")),
    ),
    (
        "https://factchecktools.googleapis.com/v1alpha1/claims:search?query=Rhein",
        Some((
            "googlefactcheck",
            "https://factchecktools.googleapis.com/v1alpha1/claims:search?query=Rhein",
        )),
    ),
    (
        "https://factchecktools.googleapis.com/v1alpha1/claims:search?query=Rhein&key=s3cret",
        None,
    ),
    ("https://a.example/artikel/1", None),
    ("https://a.example/tags/strom", None),
];

/// What an address means if nobody says how it is read, and where it is read.
#[test]
fn an_address_tells_its_kind() {
    let sources = Sources::standard();
    for (given, wanted) in RECOGNISED {
        let found = sources.recognise(&at(given));
        let found = found.as_ref().map(|(kind, url)| (kind.as_str(), url.as_str()));
        assert_eq!(found, *wanted, "{given}");
    }
}

/// Addresses that are one kind's alone, and cannot be read: they do not become pages.
#[test]
fn what_cannot_be_read_is_refused_by_its_kind() {
    let sources = Sources::standard();
    for (given, wanted) in [
        (
            "https://factchecktools.googleapis.com/v1alpha1/claims:search?query=x&key=s3cret",
            Some("googlefactcheck"),
        ),
        (
            "https://public.api.bsky.app/xrpc/app.bsky.feed.searchPosts",
            Some("bluesky"),
        ),
        ("https://t.me/+AbCdEf", Some("telegram")),
        ("https://www.reddit.com/user/ada", Some("reddit")),
        ("https://www.youtube.com/@hafenfunk", None),
        ("https://a.example/artikel/1", None),
    ] {
        let found = sources.refusal(&at(given));
        assert_eq!(found.as_ref().map(|(kind, _)| kind.as_str()), wanted, "{given}");
    }
}

/// What an address means to a kind that somebody names.
#[test]
fn each_kind_knows_its_addresses() {
    let sources = Sources::standard();
    for (kind, given, wanted) in [
        ("page", "https://a.example/x", Some("https://a.example/x")),
        (
            "mastodon",
            "https://a.example/tags/strom/",
            Some("https://a.example/api/v1/timelines/tag/strom"),
        ),
        (
            "mastodon",
            "https://a.example/@rat",
            Some("https://a.example/api/v1/accounts/lookup?acct=rat"),
        ),
        (
            "mastodon",
            "https://a.example/public/local",
            Some("https://a.example/api/v1/timelines/public?local=true"),
        ),
        ("mastodon", "https://a.example/about", None),
        (
            "section",
            "https://a.example/politik/#depth=2",
            Some("https://a.example/politik/#depth=2"),
        ),
        ("section", "https://a.example/politik/#depth=0", None),
        ("section", "https://a.example/politik/#depth=99", None),
        ("sitemap", "https://a.example/x", Some("https://a.example/x")),
        (
            "telegram",
            "https://mirror.example/s/kanal",
            Some("https://mirror.example/s/kanal"),
        ),
        ("telegram", "https://t.me/s/abc", None),
        ("bluesky", "https://a.example/xrpc/app.bsky.feed.searchPosts", None),
        ("bluesky", "https://bsky.app/about", None),
        (
            "googlefactcheck",
            "https://a.example/v1alpha1/claims:search?languageCode=de",
            None,
        ),
        (
            "googlefactcheck",
            "https://a.example/v1alpha1/claims:search?query=x&key=s3cret",
            None,
        ),
        ("jetstream", "https://a.example/x", None),
        ("reddit", "https://www.reddit.com/r/de/search.json", None),
        ("youtube", "https://www.youtube.com/@hafenfunk", None),
    ] {
        let kind = sources.get(SourceKind::named(kind)).expect(kind);
        let found = match kind.locate(&at(given)) {
            Located::Sure(url) | Located::Possible(url) => Some(url.as_str().to_owned()),
            Located::No(_) | Located::Refused(_) => None,
        };
        assert_eq!(found.as_deref(), wanted, "{given} as {}", kind.name());
    }
}

/// Where a source is asked, and how far one visit goes.
#[test]
fn services_are_asked_for_as_much_as_they_give() {
    let sources = Sources::standard();
    for (kind, source, asked, answers) in [
        ("feed", "https://x.example/t", "https://x.example/t", 1),
        ("mastodon", "https://x.example/t", "https://x.example/t?limit=40", 3),
        (
            "mastodon",
            "https://x.example/t?local=true",
            "https://x.example/t?local=true&limit=40",
            3,
        ),
        (
            "mastodon",
            "https://x.example/t?limit=5",
            "https://x.example/t?limit=5",
            3,
        ),
    ] {
        let plan = sources.get(SourceKind::named(kind)).expect(kind).plan(&at(source));
        assert_eq!(
            (plan.url.as_str(), plan.answers),
            (asked, answers),
            "{source} as {kind}"
        );
    }
}

/// The operator's key goes to Google under encryption, and to this machine.
#[test]
fn a_key_is_shown_to_its_service_only() {
    let sources = Sources::standard();
    let google = sources.get(SourceKind::named("googlefactcheck")).expect("a row");
    for (host, wanted) in [
        ("https://factchecktools.googleapis.com", true),
        ("http://factchecktools.googleapis.com", false),
        ("https://factchecktools.googleapis.com.evil.example", false),
        ("https://evil.example", false),
        ("http://127.0.0.1:8000", true),
        ("http://192.0.2.1", false),
    ] {
        let plan = google.plan(&at(&format!("{host}/v1alpha1/claims:search?query=x")));
        assert_eq!(plan.key.is_some(), wanted, "{host}");
    }
    for kind in sources.all().filter(|kind| kind.name() != google.name()) {
        assert_eq!(kind.plan(&at("https://a.example/x")).key, None, "{}", kind.name());
    }
}

#[test]
fn the_rows_of_the_table_are_sound() {
    let mut names: Vec<_> = Sources::standard().all().map(Kind::name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "each name stands once");
    for kind in Sources::standard().all() {
        assert!(
            !kind.about().is_empty() && !kind.endpoints().is_empty(),
            "{}",
            kind.name()
        );
    }
}
