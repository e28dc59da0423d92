//! The crawler by itself: fetches what is under some addresses, takes links from it and, if that is asked for, documents, which it
//! stores; looks for no claims in them. Prints how many pages it read. `bench/crawl/run` measures it beside Scrapy. The
//! frontier and the store are the real ones, on disk.
//!
//! `crawl-links links|documents FOLDER LOOPBACK CONCURRENCY URL...`: LOOPBACK is what `net.allow_loopback` takes.

use std::{path::Path, sync::LazyLock, time::Duration};

use klarstelle::{
    crawl::{self, Context, Due, Findings, Found, Kind, Located, Plan, Reader, Reading, Sources, Visit, findings},
    domain::{Actor, SourceKind, Timestamp, WebUrl},
    extract,
    net::{Client, Fetched, Settings},
    store::{self, Origin, Store, StoreUrl},
};
use mimalloc::MiMalloc;
use scraper::Selector;

/// As the `klarstelle` command has it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

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

/// Keeps documents as they are.
struct Documents(Store);

impl Reader for Documents {
    type Error = store::Error;

    async fn read(&self, visit: &Visit<'_>, fetched: &Fetched) -> Result<Reading, Self::Error> {
        let (store, mut reading) = (self.0.under(visit.lease), Reading::default());
        let origin = Origin {
            source: Some(visit.source),
            at: visit.at,
            kept: None,
            answer: None,
        };
        for found in visit.findings_aside(fetched).await {
            match found {
                Found::Page(url) => reading.pages.push(url),
                Found::Document(document) => {
                    reading.documents += 1;
                    store.record(&document, &origin, &[], &Actor::Crawl).await?;
                }
                _ => {}
            }
        }
        Ok(reading)
    }
}

/// As the `klarstelle` command runs a crawl.
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().collect();
    let [_, mode, folder, loopback, concurrency, urls @ ..] = args.as_slice() else {
        anyhow::bail!("crawl-links links|documents FOLDER LOOPBACK CONCURRENCY URL...");
    };
    let store = Store::open(&StoreUrl::Sqlite(Path::new(folder).join("crawl.db"))).await?;
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
    let run = Run {
        store,
        client,
        settings,
    };
    let report = match mode.as_str() {
        "links" => run.crawl(Links.name(), urls, &Nowhere).await?,
        "documents" => {
            run.crawl(SourceKind::named("section"), urls, &Documents(run.store.clone()))
                .await?
        }
        other => anyhow::bail!("{other}: links or documents"),
    };
    let pages = report.pages.fetched + report.sources.len() as u64;
    println!("pages {pages} documents {}", report.documents);
    Ok(())
}

/// What a run works with.
struct Run {
    store: Store,
    client: Client,
    settings: crawl::Settings,
}

impl Run {
    async fn crawl(&self, kind: SourceKind, urls: &[String], reader: &impl Reader) -> anyhow::Result<crawl::Report> {
        for url in urls {
            let url = WebUrl::parse(url).expect("a web address");
            self.store.add_source(&url, kind, &Actor::Operator).await?;
        }
        let context = Context {
            client: &self.client,
            settings: &self.settings,
            sources: &Sources::standard().with(&Links),
            frontier: &self.store,
            reader,
            clock: &Timestamp::now,
            progress: &(),
        };
        Ok(crawl::crawl(&context, Due::All).await?)
    }
}
