//! Which feeds does a site have? A home page's address comes in; the feeds that the page names, or that are at usual places,
//! go out. Asked as politely as a crawl asks: robots.txt first, one request at a time.

use std::{sync::LazyLock, time::Duration};

use scraper::{ElementRef, Selector};

use super::{Context, Error, Frontier, Obstacle, RunId, Sources, fetch::Halt, run::fetcher, sources::base_of};
use crate::{
    domain::{SourceKind, WebUrl},
    extract::{self, MediaKind},
    net::{Fetched, Request},
};

/// Media types of feeds in `<link rel="alternate">` (HTML Standard, 4.6.7.1).
const FEED_TYPES: &[&str] = &["application/rss+xml", "application/atom+xml", "application/feed+json"];

/// Where feeds are on sites that do not say so, the commonest first; and what a site without a feed may have.
const USUAL_PLACES: &[&str] = &[
    "/feed",
    "/rss",
    "/feed.xml",
    "/rss.xml",
    "/atom.xml",
    "/index.xml",
    "/feed.json",
];
const SITEMAP: &str = "/sitemap.xml";

/// How long to wait for a host that a crawl has in hand.
const PATIENCE: Duration = Duration::from_secs(30);

/// Most feeds of a page that are taken.
const MAX_FEEDS: usize = 20;

/// What was found.
#[derive(Debug, Default)]
pub struct Discovery {
    /// What should be added.
    pub found: Vec<Discovered>,
    /// Feeds of comments: named by the page, and not what an address of a home page means.
    pub comments: Vec<WebUrl>,
    /// Why the page could not be looked at.
    pub obstacle: Option<Obstacle>,
}

/// One source that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovered {
    /// How it is read.
    pub kind: SourceKind,
    /// Where.
    pub url: WebUrl,
    /// What the page calls it; may be empty.
    pub title: String,
    /// How it was found.
    pub by: FoundBy,
}

/// How a source was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundBy {
    /// The address given is that of a feed.
    Itself,
    /// The page links to it as its feed.
    Link,
    /// It is where such things usually are.
    UsualPlace,
}

/// Looks for the feeds of a site. What one address answers never fails it; only the crawler's memory does.
pub async fn discover<F: Frontier, R>(context: &Context<'_, F, R>, home: &WebUrl) -> Result<Discovery, Error> {
    let fetcher = fetcher(context, RunId::new("look"), PATIENCE);
    let ask = async |url: WebUrl| -> Result<Result<Fetched, Obstacle>, Error> {
        match fetcher
            .get(Request::get(url).accept("text/html, application/xml;q=0.9, */*;q=0.5"))
            .await
        {
            Ok(answer) if matches!(answer.status, 200..=299) => Ok(Ok(answer)),
            Ok(answer) => Ok(Err(Obstacle::Status(answer.status))),
            Err(Halt::Obstacle(obstacle)) => Ok(Err(obstacle)),
            Err(Halt::Lost) => Ok(Err(Obstacle::HostBusy)),
            Err(Halt::Run(error)) => Err(error),
        }
    };
    let mut discovery = match ask(home.clone()).await? {
        Ok(answer) => look_at(&answer, home, context.sources),
        Err(obstacle) => Discovery {
            obstacle: Some(obstacle),
            ..Discovery::default()
        },
    };
    if discovery.found.is_empty() && discovery.obstacle.is_none() {
        for (place, kind) in usual_places(home) {
            if let Ok(answer) = ask(place.clone()).await?
                && holds(&answer, kind)
            {
                discovery.found.push(Discovered {
                    kind,
                    url: answer.url,
                    title: String::new(),
                    by: FoundBy::UsualPlace,
                });
                break;
            }
        }
    }
    fetcher.hands.tidy().await?;
    Ok(discovery)
}

fn usual_places(home: &WebUrl) -> impl Iterator<Item = (WebUrl, SourceKind)> {
    let feeds = USUAL_PLACES.iter().map(|place| (*place, SourceKind::named("feed")));
    let all = feeds.chain([(SITEMAP, SourceKind::named("sitemap"))]);
    all.filter_map(|(place, kind)| Some((home.join(place).ok()?, kind)))
}

/// Sites answer anything with a page, so the body must be what it should be.
fn holds(answer: &Fetched, kind: SourceKind) -> bool {
    if kind == SourceKind::named("feed") {
        return extract::feed(&answer.body, &answer.url).is_ok();
    }
    let is_xml = extract::sniff(&answer.body, answer.content_type.as_deref()) == MediaKind::Xml;
    let start = String::from_utf8_lossy(&answer.body[..answer.body.len().min(2048)]).into_owned();
    is_xml && (start.contains("<urlset") || start.contains("<sitemapindex"))
}

fn look_at(answer: &Fetched, home: &WebUrl, sources: &Sources) -> Discovery {
    let kind = extract::sniff(&answer.body, answer.content_type.as_deref());
    if kind != MediaKind::Html && extract::feed(&answer.body, &answer.url).is_ok() {
        return Discovery {
            found: vec![Discovered {
                kind: SourceKind::named("feed"),
                url: home.clone(),
                title: String::new(),
                by: FoundBy::Itself,
            }],
            ..Discovery::default()
        };
    }
    linked(answer, sources)
}

/// The feeds that a page links to, in its order.
fn linked(answer: &Fetched, sources: &Sources) -> Discovery {
    static LINKS: LazyLock<Selector> =
        LazyLock::new(|| Selector::parse("link[rel~='alternate' i][type][href]").expect("a fixed selector"));
    let text = extract::decode(&answer.body, answer.content_type.as_deref()).text;
    let Ok(page) = extract::html(&text) else {
        return Discovery::default();
    };
    let (base, mut discovery) = (base_of(&page, &answer.url), Discovery::default());
    for link in page.select(&LINKS).filter(is_feed) {
        let Some(url) = link.attr("href").and_then(|href| base.join(href).ok()) else {
            continue;
        };
        let is_known = discovery.found.iter().any(|found| found.url.key() == url.key());
        if is_known || discovery.found.len() == MAX_FEEDS {
            continue;
        }
        let title = extract::line(link.attr("title").unwrap_or_default(), 200);
        if is_of_comments(&url, &title) {
            discovery.comments.push(url);
            continue;
        }
        // A service's feed may be a kind of its own: a video channel's.
        let (kind, url) = sources.recognise(&url).unwrap_or((SourceKind::named("feed"), url));
        discovery.found.push(Discovered {
            kind,
            url,
            title,
            by: FoundBy::Link,
        });
    }
    discovery
}

fn is_feed(link: &ElementRef<'_>) -> bool {
    let media = link
        .attr("type")
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    FEED_TYPES.iter().any(|feed| media.trim().eq_ignore_ascii_case(feed))
}

fn is_of_comments(url: &WebUrl, title: &str) -> bool {
    const WORDS: &[&str] = &["comment", "kommentar", "yorum"];
    let (path, title) = (url.to_url().path().to_lowercase(), title.to_lowercase());
    WORDS.iter().any(|word| path.contains(word) || title.contains(word))
}
