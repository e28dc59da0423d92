//! Runs that remember in the store.

use klarstelle::{
    crawl::{Context, Due, Outcome, crawl},
    domain::{Actor, SourceKind},
};

use super::Stage;
use crate::support::{
    databases,
    fake_web::{answer, html},
};

/// The second run, by another process as it were, knows what the first one knew.
#[tokio::test]
async fn a_second_run_knows_what_the_first_one_knew() {
    for db in databases().await {
        let stage = Stage::hosts(&["news"]);
        let (feed, page, forbidden) = (
            stage.web.url("news", "/feed"),
            stage.web.url("news", "/a"),
            stage.web.url("news", "/no/b"),
        );
        stage
            .web
            .put("news", "/robots.txt", answer("", b"User-agent: *\nDisallow: /no/\n"));
        stage.web.put("news", "/feed", html(&format!("{page}\n{forbidden}")));
        stage.web.put("news", "/a", html("a"));
        db.open()
            .await
            .add_source(&feed, SourceKind::named("feed"), &Actor::Operator)
            .await
            .expect("set");
        for run in 1..=2 {
            let store = db.open().await;
            let context = Context {
                client: &stage.client,
                settings: &stage.settings,
                sources: &stage.sources,
                frontier: &store,
                reader: &stage.reader,
                clock: &|| stage.now(),
                progress: &(),
            };
            let report = crawl(&context, Due::All).await.expect("goes to its end");
            let found = (report.pages.fetched, report.pages.skipped_by_robots, report.documents);
            assert_eq!(found, if run == 1 { (1, 1, 1) } else { (0, 0, 0) });
            assert_eq!(matches!(report.sources[0].outcome, Outcome::Unchanged), run == 2);
            assert_eq!(
                store.last_change().await.expect("readable"),
                1,
                "only the source was ever written"
            );
        }
        let asked: Vec<_> = stage.web.log().into_iter().map(|hit| (hit.path, hit.status)).collect();
        let wanted = [("/robots.txt", 200), ("/feed", 200), ("/a", 200), ("/feed", 304)];
        assert_eq!(asked, wanted.map(|(path, status)| (path.to_owned(), status)));
    }
}

/// The same address in fifty feeds, under names that mean the same, is asked for once; and so by the next run.
#[tokio::test]
async fn one_page_in_fifty_feeds_is_fetched_once() {
    let spellings = [
        "/a",
        "/a?utm_source=feed",
        "/a#top",
        "/a?utm_medium=rss&utm_campaign=x",
        "/a?fbclid=5",
    ];
    for db in databases().await {
        let names: Vec<_> = (0..50).map(|n| format!("feed{n}")).collect();
        let mut hosts: Vec<_> = names.iter().map(String::as_str).collect();
        hosts.push("news");
        let stage = Stage::hosts(&hosts);
        for spelling in spellings {
            stage.web.put("news", spelling.trim_end_matches("#top"), html("a"));
        }
        let store = db.open().await;
        for (n, host) in names.iter().enumerate() {
            let page = stage.web.url("news", spellings[n % spellings.len()]);
            stage.web.put(host, "/feed", answer("", page.as_str().as_bytes()));
            let (url, kind) = (stage.web.url(host, "/feed"), SourceKind::named("feed"));
            store.add_source(&url, kind, &Actor::Operator).await.expect("set");
        }
        for run in 1..=2 {
            let context = Context {
                client: &stage.client,
                settings: &stage.settings,
                sources: &stage.sources,
                frontier: &store,
                reader: &stage.reader,
                clock: &|| stage.now(),
                progress: &(),
            };
            let report = crawl(&context, Due::All).await.expect("goes to its end");
            assert_eq!((report.sources.len(), report.failed().count()), (50, 0));
            assert_eq!(report.pages.fetched, u64::from(run == 1));
        }
        let asked: Vec<_> = stage.web.hits("news", "/").into_iter().map(|hit| hit.path).collect();
        assert_eq!(asked.len(), 2, "robots.txt, and the page once: {asked:?}");
    }
}
