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
