//! The fixture web, crawled as the demo crawls it.

use std::{collections::BTreeSet, convert::Infallible};

use klarstelle::{
    crawl::{Context, Due, PageCounts, Reader, Reading, Visit, crawl},
    domain::{SourceKind, Timestamp},
    extract,
    net::Fetched,
};

use super::Stage;
use crate::support::fake_web::FakeWeb;

/// Reads feeds as they are read in earnest.
struct Feeds;

impl Reader for Feeds {
    type Error = Infallible;

    async fn read(&self, visit: &Visit<'_>, fetched: &Fetched) -> Result<Reading, Infallible> {
        let mut reading = Reading::default();
        if visit.kind == SourceKind::named("feed") {
            match extract::feed(&fetched.body, &fetched.url) {
                Ok(items) => reading.pages = items.into_iter().filter_map(|item| item.url).collect(),
                Err(error) => reading.problem = Some(error.to_string()),
            }
        }
        Ok(reading)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_it_is_visited_but_what_robots_txt_forbids() {
    let stage = Stage::new(FakeWeb::fixtures().await);
    for (kind, url) in stage.web.sites.iter().flat_map(|site| &site.sources) {
        stage.frontier.add_source(*kind, url.clone());
    }
    let context = Context {
        client: &stage.client,
        settings: &stage.settings,
        sources: &stage.sources,
        frontier: &stage.frontier,
        reader: &Feeds,
        clock: &Timestamp::now,
        progress: &(),
    };
    let report = crawl(&context, Due::All).await.expect("goes to its end");
    assert_eq!(
        report
            .failed()
            .map(|(source, why)| format!("{} {why}", source.url))
            .collect::<Vec<_>>(),
        [""; 0]
    );
    let forbidden = 1;
    let wanted = PageCounts {
        fetched: report.pages.fetched,
        skipped_by_robots: forbidden,
        ..PageCounts::default()
    };
    assert_eq!(report.pages, wanted);
    assert!(report.pages.fetched >= 20, "{} pages", report.pages.fetched);
    assert_eq!(stage.web.hits("rheinblick.example", "/intern/").len(), 0);
    let asked: Vec<_> = stage.web.log().into_iter().map(|hit| (hit.host, hit.path)).collect();
    assert_eq!(
        asked.iter().collect::<BTreeSet<_>>().len(),
        asked.len(),
        "nothing is asked for twice"
    );
}
