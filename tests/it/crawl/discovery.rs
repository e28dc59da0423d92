//! A home page stands for the feeds of its site.

use klarstelle::crawl::{Context, Discovery, FoundBy, discover};

use super::{Stage, services::Gather};
use crate::support::fake_web::{answer, html, status};

async fn look(stage: &Stage) -> Discovery {
    let context = Context {
        client: &stage.client,
        settings: &stage.settings,
        sources: &stage.sources,
        frontier: &stage.frontier,
        reader: &Gather::default(),
        clock: &|| stage.now(),
        progress: &(),
    };
    discover(&context, &stage.web.url("news", "/"))
        .await
        .expect("the memory holds")
}

fn told(discovery: &Discovery) -> Vec<(String, String, String, FoundBy)> {
    let found = discovery.found.iter();
    found
        .map(|one| {
            (
                one.kind.to_string(),
                one.url.to_url().path().to_owned(),
                one.title.clone(),
                one.by,
            )
        })
        .collect()
}

const FEED: &[u8] = b"<rss version='2.0'><channel><item><link>/a</link></item></channel></rss>";

#[tokio::test]
async fn the_feeds_that_a_page_names_are_found() {
    let stage = Stage::hosts(&["news"]);
    stage.web.put("news", "/", html("<html><head>
        <link rel='stylesheet' href='/style.css'>
        <link rel='alternate' type='application/rss+xml' title='Alle &amp; mehr' href='/alle.rss'>
        <link rel='Alternate' type='application/atom+xml; charset=utf-8' href='atom'>
        <link rel='alternate' type='application/rss+xml' href='/alle.rss'>
        <link rel='alternate' type='application/rss+xml' title='Kommentare' href='/k.rss'>
        <link rel='alternate' type='application/rss+xml' href='javascript:alert(1)'>
        <link rel='alternate' hreflang='en' href='/en/'>
        <link rel='alternate' type='application/rss+xml' href='https://www.youtube.com/feeds/videos.xml?channel_id=UCa'>"));
    let discovery = look(&stage).await;
    let feed = |path: &str, title: &str| ("feed".to_owned(), path.to_owned(), title.to_owned(), FoundBy::Link);
    let video = (
        "youtube".to_owned(),
        "/feeds/videos.xml".to_owned(),
        String::new(),
        FoundBy::Link,
    );
    assert_eq!(
        told(&discovery),
        [feed("/alle.rss", "Alle & mehr"), feed("/atom", ""), video]
    );
    assert_eq!(discovery.comments, [stage.web.url("news", "/k.rss")]);
    assert_eq!(stage.web.hits("news", "/").len(), 2, "robots.txt and the page");
}

#[tokio::test]
async fn the_usual_places_are_tried_if_the_page_names_none() {
    let stage = Stage::hosts(&["news"]);
    stage.web.put("news", "/", html("<p>Willkommen"));
    // A site that answers anything with a page.
    stage.web.put("news", "/feed", html("<p>Willkommen"));
    stage.web.put("news", "/feed.xml", answer("", FEED));
    let discovery = look(&stage).await;
    assert_eq!(
        told(&discovery),
        [(
            "feed".to_owned(),
            "/feed.xml".to_owned(),
            String::new(),
            FoundBy::UsualPlace
        )]
    );

    let stage = Stage::hosts(&["news"]);
    stage.web.put("news", "/", html("<p>Willkommen"));
    stage.web.put(
        "news",
        "/sitemap.xml",
        answer("", b"<urlset><url><loc>/a</loc></url></urlset>"),
    );
    let found = told(&look(&stage).await);
    assert_eq!(
        found,
        [(
            "sitemap".to_owned(),
            "/sitemap.xml".to_owned(),
            String::new(),
            FoundBy::UsualPlace
        )]
    );
}

#[tokio::test]
async fn what_cannot_be_looked_at_is_said() {
    let stage = Stage::hosts(&["news"]);
    stage.web.put("news", "/", answer("", FEED));
    assert_eq!(told(&look(&stage).await)[0].3, FoundBy::Itself);
    for (script, wanted) in [(status(404, ""), "status_404"), (status(500, ""), "status_500")] {
        let stage = Stage::hosts(&["news"]);
        stage.web.put("news", "/", script);
        let discovery = look(&stage).await;
        assert!(discovery.found.is_empty());
        assert_eq!(
            discovery.obstacle.map(|obstacle| obstacle.code()).as_deref(),
            Some(wanted)
        );
    }
    let stage = Stage::hosts(&["news"]);
    stage
        .web
        .put("news", "/robots.txt", answer("", b"User-agent: *\nDisallow: /\n"));
    assert_eq!(
        look(&stage).await.obstacle.map(|obstacle| obstacle.code()).as_deref(),
        Some("robots")
    );
}
