//! The crawler by itself: fetches what is under some addresses, takes nothing from it but links, prints how many pages it
//! read. `bench/crawl/run` measures it beside Scrapy. The frontier is the real one, on disk.
//!
//! `crawl-links FOLDER LOOPBACK CONCURRENCY URL...`: LOOPBACK is what `net.allow_loopback` takes.

use std::{path::Path, sync::LazyLock, time::Duration};

use klarstelle::{
    crawl::{self, Context, Due, Findings, Found, Kind, Located, Plan, Reader, Reading, Sources, Visit, findings},
    domain::{Actor, SourceKind, Timestamp, WebUrl},
    extract,
    net::{Client, Fetched, Settings},
    store::{self, Store, StoreUrl},
};
use scraper::Selector;

static LINKS: LazyLock<Selector> =
    LazyLock::new(|| Selector::parse("a[href]:not([rel~=nofollow])").expect("a fixed selector"));

/// Pages under an address, for their links only.
struct Links;

impl Kind for Links {
    fn name(&self) -> SourceKind {
        SourceKind::named("links")
    }

    fn about(&self) -> &'static str {
        "the links under an address"
    }

    fn endpoints(&self) -> &'static [&'static str] {
        &["any address of a page"]
    }

    fn locate(&self, url: &WebUrl) -> Located {
        Located::Sure(url.clone())
    }

    fn plan(&self, source: &WebUrl) -> Plan {
        Plan {
            depth: 10,
            ..Plan::ask(source.clone(), "text/html")
        }
    }

    fn read(&self, source: &WebUrl, answer: &Fetched) -> Findings {
        let text = extract::decode(&answer.body, answer.content_type.as_deref()).text;
        let Ok(page) = extract::html(&text) else {
            return findings([]);
        };
        let hrefs = page.select(&LINKS).filter_map(|link| link.attr("href"));
        let urls = hrefs.filter_map(|href| answer.url.join(href).ok());
        let pages = urls.filter(|url| url.as_str().starts_with(source.as_str()));
        findings(pages.map(Found::Page).collect::<Vec<_>>())
    }

    fn read_page(&self, source: &WebUrl, answer: &Fetched) -> Findings {
        self.read(source, answer)
    }
}

/// Keeps nothing.
struct Nowhere;

impl Reader for Nowhere {
    type Error = std::convert::Infallible;

    async fn read(&self, visit: &Visit<'_>, fetched: &Fetched) -> Result<Reading, Self::Error> {
        let pages = visit.findings(fetched).filter_map(|found| match found {
            Found::Page(url) => Some(url),
            _ => None,
        });
        Ok(Reading {
            pages: pages.collect(),
            ..Reading::default()
        })
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().collect();
    let [_, folder, loopback, concurrency, urls @ ..] = args.as_slice() else {
        anyhow::bail!("crawl-links FOLDER LOOPBACK CONCURRENCY URL...");
    };
    let store = Store::open(&StoreUrl::Sqlite(Path::new(folder).join("links.db"))).await?;
    add(&store, urls).await?;
    let client = Client::new(Settings {
        allowed: loopback.parse()?,
        ..Settings::default()
    })?;
    let settings = crawl::Settings {
        min_delay: Duration::ZERO,
        concurrency: concurrency.parse()?,
        max_pages_per_run: 1_000_000,
        max_pages_per_host: 1_000_000,
        ..crawl::Settings::default()
    };
    let context = Context {
        client: &client,
        settings: &settings,
        sources: &Sources::standard().with(&Links),
        frontier: &store,
        reader: &Nowhere,
        clock: &Timestamp::now,
        progress: &(),
    };
    let report = crawl::crawl(&context, Due::All).await?;
    println!("pages {}", report.pages.fetched + report.sources.len() as u64);
    Ok(())
}

async fn add(store: &Store, urls: &[String]) -> Result<(), store::Error> {
    for url in urls {
        let url = WebUrl::parse(url).expect("a web address");
        store.add_source(&url, Links.name(), &Actor::Operator).await?;
    }
    Ok(())
}
