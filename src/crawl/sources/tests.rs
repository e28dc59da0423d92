//! The table of kinds, held as a whole.

use super::*;

fn at(text: &str) -> WebUrl {
    WebUrl::parse(text).expect(text)
}

/// What an address means if nobody says how it is read, and where it is read.
#[test]
fn an_address_tells_its_kind() {
    let sources = Sources::standard();
    for (given, wanted) in [
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
        ("https://a.example/artikel/1", None),
        ("https://a.example/tags/strom", None),
    ] {
        let found = sources.recognise(&at(given));
        let found = found.as_ref().map(|(kind, url)| (kind.as_str(), url.as_str()));
        assert_eq!(found, wanted, "{given}");
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
    ] {
        let kind = sources.get(SourceKind::named(kind)).expect(kind);
        let found = match kind.locate(&at(given)) {
            Located::Sure(url) | Located::Possible(url) => Some(url.as_str().to_owned()),
            Located::No(_) => None,
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
