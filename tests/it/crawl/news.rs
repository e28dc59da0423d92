//! What is visited, when, and what counts as new.

use std::time::Duration;

use klarstelle::{
    crawl::{Due, Outcome, PageCounts},
    domain::SourceKind,
};

use super::Stage;
use crate::support::fake_web::{Script, answer, header, html, redirect};

const MINUTE: Duration = Duration::from_mins(1);

#[tokio::test]
async fn sources_are_visited_and_then_the_pages_they_name() {
    let stage = Stage::hosts(&["news"]);
    stage.web.put("news", "/a", html("a"));
    stage.web.put("news", "/b", html("b"));
    let source = stage.feed("news", &[stage.web.url("news", "/a"), stage.web.url("news", "/b")]);
    let report = stage.crawl().await;
    assert_eq!(stage.reader.paths(), ["/feed", "/a", "/b"]);
    assert_eq!(
        report.pages,
        PageCounts {
            fetched: 2,
            ..PageCounts::default()
        }
    );
    assert_eq!((report.documents, report.failed().count()), (2, 0));
    assert!(matches!(&report.sources[..], [one] if one.id == source && matches!(one.outcome, Outcome::Read)));
}

#[tokio::test]
async fn a_second_visit_with_nothing_new_reads_nothing() {
    let stage = Stage::hosts(&["news", "old"]);
    stage.web.put("news", "/a", html("a"));
    stage.feed("news", &[stage.web.url("news", "/a")]);
    // Without validators, the body shows it.
    let page = stage.web.url("old", "/a");
    stage.web.put("old", "/a", html("a"));
    stage.web.put("old", "/feed", answer("", page.as_str().as_bytes()));
    stage.source(SourceKind::named("feed"), "old", "/feed");
    stage.crawl().await;
    let read = stage.reader.paths();
    for (wait, hits) in [(0, 2), (14, 2), (2, 4)] {
        stage.wait(wait * MINUTE);
        let report = stage.crawl().await;
        assert_eq!(stage.reader.paths(), read);
        assert_eq!((report.documents, report.pages), (0, PageCounts::default()));
        assert!(
            report
                .sources
                .iter()
                .all(|source| matches!(source.outcome, Outcome::Unchanged)),
            "{report:?}"
        );
        assert_eq!(
            stage.web.hits("news", "/feed").len() + stage.web.hits("old", "/feed").len(),
            hits
        );
    }
    let last = stage.web.hits("news", "/feed").pop().expect("a hit");
    assert_eq!(last.status, 304);
    assert!(header(&last.head, "if-none-match").is_some());
    assert_eq!(stage.run(Due::All).await.expect("ends").sources.len(), 2);
}

#[tokio::test]
async fn what_changed_is_read_again() {
    let stage = Stage::hosts(&["news"]);
    stage.feed("news", &[stage.web.url("news", "/a")]);
    stage.web.put("news", "/a", html("a"));
    stage.web.put("news", "/b", html("b"));
    stage.crawl().await;
    let both = format!("{}\n{}", stage.web.url("news", "/a"), stage.web.url("news", "/b"));
    stage.web.put("news", "/feed", html(&both));
    stage.wait(16 * MINUTE);
    stage.crawl().await;
    assert_eq!(stage.reader.paths(), ["/feed", "/a", "/feed", "/b"]);
    // A page is looked at again after a week.
    stage.web.put("news", "/a", html("a, corrected"));
    stage.wait(8 * 24 * 60 * MINUTE);
    let report = stage.crawl().await;
    assert_eq!((report.pages.fetched, report.pages.not_modified), (1, 1));
    assert_eq!(stage.reader.paths().last().map(String::as_str), Some("/a"));
}

/// A quiet source is left alone for longer and longer, until it says something. What only looks new is no news.
#[tokio::test]
async fn sources_are_visited_at_their_own_pace() {
    let stage = Stage::hosts(&["news"]);
    stage.web.put("news", "/a", html("a"));
    stage.web.put("news", "/b", html("b"));
    let (first, second) = (stage.web.url("news", "/a"), stage.web.url("news", "/b"));
    stage.feed("news", std::slice::from_ref(&first));
    let url = stage.web.url("news", "/feed");
    let mut waits = Vec::new();
    for n in 0..11 {
        let text = match n {
            9.. => format!("{first}\n{second}"),
            3 => format!("{first}\nbuilt anew"),
            _ => first.to_string(),
        };
        stage.web.put("news", "/feed", html(&text));
        stage.run(Due::All).await.expect("ends");
        let wait = stage.frontier.due_at(&url).as_millis() - stage.now().as_millis();
        waits.push((wait + 40_000) / 60_000);
    }
    assert_eq!(waits, [15, 23, 34, 51, 76, 114, 171, 256, 360, 76, 114]);
}

/// No traps, and no more than 200 new pages from one visit; the rest with the next.
#[tokio::test]
async fn a_source_cannot_flood_the_frontier() {
    let stage = Stage::hosts(&["news"]);
    let many: Vec<_> = (0..450).map(|n| stage.web.url("news", &format!("/{n}"))).collect();
    let traps = [
        stage.web.url("news", "/a/a/a/"),
        stage.web.url("news", "/1/2/3/4/5/6/7/8/9/10/11/12/13"),
    ];
    stage.feed("news", &[&traps, &many[..]].concat());
    for wanted in [200, 400, 450, 450] {
        stage.crawl().await;
        assert_eq!(stage.frontier.pages(), wanted);
        stage.wait(16 * MINUTE);
    }
}

#[tokio::test]
async fn timelines_are_read_on_and_pages_are_not_followed_from_them() {
    let stage = Stage::hosts(&["social"]);
    for (path, next) in [
        ("/t?limit=40", "/t?max_id=2"),
        ("/t?max_id=2", "/t?max_id=1"),
        ("/t?max_id=1", "/t?max_id=0"),
    ] {
        let body = format!("{}\n", stage.web.url("social", "/post"));
        let link = format!("Link: <{next}>; rel=\"next\", </t?min_id=9>; rel=\"prev\"\r\n");
        stage.web.put("social", path, answer(&link, body.as_bytes()));
    }
    stage.source(SourceKind::named("mastodon"), "social", "/t");
    stage.crawl().await;
    let asked: Vec<_> = stage.web.hits("social", "/t").into_iter().map(|hit| hit.path).collect();
    assert_eq!(asked, ["/t?limit=40", "/t?max_id=2", "/t?max_id=1"]);
    assert_eq!(stage.frontier.pages(), 0);
}

#[tokio::test]
async fn a_page_is_read_where_it_really_is() {
    let stage = Stage::hosts(&["news", "cdn"]);
    stage.feed("news", &[stage.web.url("news", "/short")]);
    stage
        .web
        .put("news", "/short", redirect(stage.web.url("cdn", "/long").as_str()));
    stage.web.put("cdn", "/long", html("text"));
    stage.crawl().await;
    let read = stage.reader.read.lock().expect("no panic").clone();
    assert_eq!(read[1], (SourceKind::PAGE, stage.web.url("cdn", "/long")));
}

/// A run that is cut off loses nothing: what was not visited is visited by the next, and nothing twice that was done.
#[tokio::test]
async fn a_run_that_was_killed_is_taken_up_again() {
    let stage = Stage::hosts(&["news"]);
    let paths: Vec<_> = (0..20).map(|n| format!("/{n:02}")).collect();
    for path in &paths {
        stage.web.put(
            "news",
            path,
            Script::After(Duration::from_millis(20), Box::new(html(path))),
        );
    }
    let pages: Vec<_> = paths.iter().map(|path| stage.web.url("news", path)).collect();
    stage.feed("news", &pages);
    let mut killed = 0;
    loop {
        stage.frontier.end_other_crawls();
        let run = tokio::time::timeout(Duration::from_millis(150), stage.run(Due::By(stage.now()))).await;
        if run.is_ok() {
            break;
        }
        killed += 1;
    }
    assert!(killed >= 2, "killed {killed} times");
    let mut read = stage.reader.paths();
    read.sort();
    let twice = read.windows(2).filter(|pair| pair[0] == pair[1]).count();
    read.dedup();
    assert_eq!(read, [&paths[..], &["/feed".to_owned()]].concat());
    assert!(twice <= killed, "{twice} read twice in {killed} kills");
}
