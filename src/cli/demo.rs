//! `klarstelle demo`: everything, on the bundled example web, without configuration.

use std::{fs, path::PathBuf};

use clap::Args;
use tokio::sync::watch;

use super::{
    context::{open_store, place},
    crawl, lookup,
    serve::{listen, run, stop_signal},
};
use crate::{
    config::Settings,
    crawl::{Company, Due},
    demo::{self, questions::Question, site::Web},
    domain::Actor,
    indexer::{Follower, SharedIndex},
    lookup::{Lookup, Question as Asked},
    store::Store,
};

#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// Address and port to listen on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    pub(super) listen: Option<String>,
    /// Stop after the two questions instead of serving on
    #[arg(long)]
    once: bool,
}

pub(super) async fn demo(settings: &Settings, args: &DemoArgs) -> anyhow::Result<()> {
    let web = demo::site::serve().await?;
    let folder = Folder::fresh()?;
    let settings = demo_settings(settings, &folder, &web);
    println!("An invented web stands on loopback:");
    for site in &web.sites {
        println!("  {:<24} {}  ({})", site.host, site.base, site.kind);
    }
    let store = open_store(&settings).await?;
    read_the_web(&settings, &store, &web).await?;
    answer_two_questions(&settings, &store).await?;
    if args.once {
        return Ok(());
    }
    serve_on(&settings, store).await
}

/// The demo's own data directory, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn fresh() -> std::io::Result<Self> {
        let path = std::env::temp_dir().join(format!("klarstelle-demo-{}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The given settings, but for what makes the demo a demo: its own data, its own web, no waiting between requests.
fn demo_settings(settings: &Settings, folder: &Folder, web: &Web) -> Settings {
    let mut settings = settings.clone();
    settings.data_dir.clone_from(&folder.0);
    settings.store.url.clear();
    settings.index.dir = PathBuf::new();
    settings.crawl.min_delay_ms = 0;
    settings.net.allow_loopback = web.allow_loopback();
    settings
}

async fn read_the_web(settings: &Settings, store: &Store, web: &Web) -> anyhow::Result<()> {
    for (kind, url) in web.sites.iter().flat_map(|site| &site.sources) {
        store.add_source(url, *kind, &Actor::Operator).await?;
    }
    let run = crawl::Run {
        due: Due::All,
        company: Company::Shared,
        archive: None,
    };
    println!("\nCrawling {} sources …", store.sources().await?.len());
    let report = crawl::crawl(settings, store, run, &crawl::bar()).await?;
    for (source, obstacle) in report.failed() {
        println!("  {}: {obstacle}", source.url);
    }
    let counts = store.counts().await?;
    println!(
        "Found {} documents, {} claims, {} sightings, {} fact-checks ({} pages fetched, {} left alone as robots.txt asks).",
        counts.documents,
        counts.claims,
        counts.sightings,
        counts.fact_checks,
        report.pages.fetched,
        report.pages.skipped_by_robots,
    );
    Ok(())
}

async fn answer_two_questions(settings: &Settings, store: &Store) -> anyhow::Result<()> {
    let index = SharedIndex::open(&place(settings))?;
    Follower::new(store.clone(), index.clone())?.catch_up().await?;
    let lookup = Lookup::new(store.clone(), index);
    for Question { text, lang } in demo::questions::two()? {
        println!("\nSomebody asks: {text}");
        let answer = lookup
            .answer(&Asked::from_text(&text, Some(lang)), settings.lookup.candidates)
            .await?;
        print!("{}", lookup::written(&answer));
    }
    Ok(())
}

async fn serve_on(settings: &Settings, store: Store) -> anyhow::Result<()> {
    let listener = listen(settings).await?;
    let stop: watch::Receiver<bool> = stop_signal()?;
    println!(
        "\nType a rumour at http://{}/ (Ctrl-C ends the demo)",
        listener.local_addr()?
    );
    run(settings, store, listener, stop).await
}
