//! `klarstelle crawl`: visit what is due, then exit. For cron: silent unless something is wrong.

use std::{collections::BTreeMap, fs::File, io::IsTerminal, path::PathBuf, time::Duration};

use anyhow::Context as _;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::{
    context::{account_key, lock, open_store, place, store_url},
    erase::retain_daily,
    output::{Partly, print, tame},
    source_status,
};
use crate::{
    archive::{Archive, Limits, Summary},
    config::{self, OutputFormat, Settings},
    crawl::{self, Company, Context, Due, Event, Keys, Progress, Report, Sources},
    domain::{Actor, Health, SourceKind, Timestamp},
    indexer,
    ingest::Ingest,
    net::{self, Client},
    store::{SourceStatus, Store, StoreUrl},
};

#[derive(Debug, Args)]
pub(super) struct CrawlArgs {
    /// Visit all sources now, due or not
    #[arg(long)]
    all: bool,
    /// How long each stream (Jetstream) is listened to [default: crawl.listen_ms, 30 seconds]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    max_time: Option<u64>,
    /// On PostgreSQL: exit with 4 if another `crawl --alone` is running on the same database, on whatever machine
    #[arg(long)]
    alone: bool,
    /// Keep all that is fetched in this folder, as WARC files [default: crawl.archive; empty: nothing is kept]
    #[arg(long, value_name = "DIR")]
    archive: Option<PathBuf>,
}

/// A run as it is printed.
#[derive(Debug, Serialize)]
struct Printed {
    sources: u64,
    failed: Vec<FailedSource>,
    pages: BTreeMap<&'static str, u64>,
    documents: u64,
    /// Documents that were found and must not be kept.
    suppressed: u64,
    fact_checks: u64,
    /// Claims founded that turned out to be known ones in other words.
    joined: u64,
    /// Sources that have failed for a week, visited by this run or not.
    broken: Vec<Broken>,
    /// What the archive kept, if it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    archive: Option<Archived>,
}

#[derive(Debug, Serialize)]
struct Archived {
    kept: u64,
    left_out: u64,
    withheld: u64,
    /// Why nothing more is kept.
    halted: Option<String>,
}

#[derive(Debug, Serialize)]
struct FailedSource {
    url: String,
    code: String,
    reason: String,
}

#[derive(Debug, Serialize)]
struct Broken {
    url: String,
    since: Option<Timestamp>,
    code: Option<String>,
}

pub(super) async fn run(settings: &Settings, args: &CrawlArgs) -> anyhow::Result<()> {
    let mut settings = settings.clone();
    if let Some(seconds) = args.max_time {
        settings.crawl.listen_ms = seconds * 1000;
    }
    if let Some(dir) = &args.archive {
        settings.crawl.archive.clone_from(dir);
    }
    let settings = &settings;
    let store = open_store(settings).await?;
    let _lock = lock_file(settings, &store).await?;
    let company = if args.alone { Company::Alone } else { Company::Shared };
    let due = if args.all { Due::All } else { Due::By(Timestamp::now()) };
    let archive = archive(settings)?;
    let run = Run {
        due,
        company,
        archive: archive.clone(),
    };
    let bar = bar();
    let visits = Box::pin(crawl(settings, &store, run, &bar));
    let (report, joined) = indexer::beside_founding(&store, &place(settings), visits).await;
    let broken = source_status::all(&store, Some(Health::Broken)).await?;
    let mut report = printed(&report?, broken, archive.as_ref());
    report.joined = joined.context("the store is written, the index is not")?;
    drop(archive);
    let retained = retain_daily(settings, &store).await;
    // Cron mails whatever is printed.
    if settings.format == OutputFormat::Json || std::io::stdout().is_terminal() {
        print(settings, &report, summary)?;
    }
    complain(&report)?;
    retained.context("what is kept for too long did not all go")
}

/// What is asked of a run.
pub(super) struct Run {
    pub(super) due: Due,
    pub(super) company: Company,
    pub(super) archive: Option<Archive>,
}

/// A file has one crawl at a time: two would wait for its one writer, and for each other's hosts. Whoever holds the lock
/// knows that all other leases are those of the dead. A server is shared by as many crawls as there are.
async fn lock_file(settings: &Settings, store: &Store) -> anyhow::Result<Option<File>> {
    if matches!(store_url(settings), StoreUrl::Postgres(_)) {
        return Ok(None);
    }
    let lock = lock(settings, "crawl")?;
    store.end_other_crawls().await?;
    Ok(Some(lock))
}

/// One run, with its progress shown on a bar.
pub(super) async fn crawl(settings: &Settings, store: &Store, run: Run, bar: &Bar) -> anyhow::Result<Report> {
    let client = client(settings)?;
    let ingest = Ingest::new(store.clone(), Actor::Crawl).naming(account_key(settings)?);
    let politeness = crawl::Settings {
        company: run.company,
        archive: run.archive,
        ..politeness(settings)
    };
    let context = Context {
        client: &client,
        settings: &politeness,
        sources: &Sources::standard(),
        frontier: store,
        reader: &ingest,
        clock: &Timestamp::now,
        progress: bar,
    };
    let report = crawl::crawl(&context, run.due).await;
    bar.0.finish_and_clear();
    Ok(report?)
}

pub(super) fn client(settings: &Settings) -> anyhow::Result<Client> {
    let net = &settings.net;
    let allowed = net
        .allow_loopback
        .parse()
        .map_err(|error: net::AllowedError| config::Error::BadValue {
            key: "net.allow_loopback".to_owned(),
            origin: config::Origin::Variable("KLARSTELLE_NET_ALLOW_LOOPBACK".to_owned()),
            reason: error.to_string(),
        })?;
    let settings = net::Settings {
        allowed,
        ports: net.allow_ports.clone(),
        contact: settings.crawl.contact.clone(),
        deadline: Duration::from_millis(net.timeout_ms),
        max_body: net.max_body_bytes as usize,
        max_file: net.max_file_bytes,
        ..net::Settings::default()
    };
    Client::new(settings).context("cannot set up the HTTP client")
}

pub(super) fn politeness(settings: &Settings) -> crawl::Settings {
    let crawl = &settings.crawl;
    crawl::Settings {
        min_delay: Duration::from_millis(crawl.min_delay_ms),
        concurrency: crawl.concurrency,
        interval: Duration::from_millis(crawl.interval_ms),
        max_interval: Duration::from_millis(crawl.max_interval_ms),
        max_pages_per_run: crawl.max_pages_per_run,
        max_pages_per_host: crawl.max_pages_per_host,
        listen: Duration::from_millis(crawl.listen_ms),
        // Shorter, a slow answer would be mistaken for death.
        lease: Duration::from_millis(crawl.lease_ms.max(1000)),
        company: Company::Shared,
        keys: Keys::default().with(
            SourceKind::named("googlefactcheck"),
            crawl.google_fact_check_key.expose(),
        ),
        archive: None,
    }
}

/// The archive, if it is on.
fn archive(settings: &Settings) -> anyhow::Result<Option<Archive>> {
    let crawl = &settings.crawl;
    if crawl.archive.as_os_str().is_empty() {
        return Ok(None);
    }
    let limits = Limits {
        file_bytes: crawl.archive_file_bytes,
        budget_bytes: crawl.archive_budget_bytes,
    };
    let opened = Archive::open(&crawl.archive, limits, &crawl.contact);
    let opened = opened.with_context(|| format!("cannot open the archive {}", crawl.archive.display()));
    opened.map(Some)
}

/// A progress bar on a terminal; nothing under cron.
pub(super) struct Bar(ProgressBar);

pub(super) fn bar() -> Bar {
    if !std::io::stderr().is_terminal() {
        return Bar(ProgressBar::hidden());
    }
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len}  {wide_msg}").expect("a template that parses");
    Bar(ProgressBar::new(0).with_style(style))
}

impl Progress for Bar {
    fn happened(&self, event: Event<'_>) {
        match event {
            Event::Planned(more) => self.0.inc_length(more as u64),
            Event::Began(url) => self.0.set_message(url.to_string()),
            Event::Ended { .. } => self.0.inc(1),
        }
    }
}

fn printed(report: &Report, broken: Vec<SourceStatus>, archive: Option<&Archive>) -> Printed {
    let broken = broken.into_iter().map(|status| Broken {
        url: status.source.url.to_string(),
        since: status.failing_since,
        code: status.last_failure.map(|(_, failure)| failure.code),
    });
    let failed = report.failed().map(|(source, obstacle)| FailedSource {
        url: source.url.to_string(),
        code: obstacle.code(),
        reason: obstacle.to_string(),
    });
    let pages = report.pages;
    Printed {
        sources: report.sources.len() as u64,
        failed: failed.collect(),
        pages: BTreeMap::from([
            ("fetched", pages.fetched),
            ("not_modified", pages.not_modified),
            ("failed", pages.failed),
            ("skipped_by_robots", pages.skipped_by_robots),
            ("skipped_by_guard", pages.skipped_by_guard),
            ("postponed", pages.postponed),
        ]),
        documents: report.documents,
        suppressed: report.suppressed,
        fact_checks: report.fact_checks,
        joined: 0,
        broken: broken.collect(),
        archive: archive.map(|archive| archived(archive.summary())),
    }
}

fn archived(summary: Summary) -> Archived {
    let Summary {
        kept,
        left_out,
        withheld,
        halt,
    } = summary;
    Archived {
        kept,
        left_out,
        withheld,
        halted: halt.map(|halt| halt.to_string()),
    }
}

/// For who sits before a terminal.
fn summary(report: &Printed) -> String {
    let pages: u64 = report.pages.values().sum();
    let mut text = format!(
        "{} sources and {pages} pages visited, {} documents and {} fact-checks read\n",
        report.sources, report.documents, report.fact_checks
    );
    if report.suppressed > 0 {
        text += &format!("{} documents not kept, as they were erased\n", report.suppressed);
    }
    if let Some(archive) = &report.archive {
        text += &format!("{} answers kept in the archive\n", archive.kept);
    }
    for source in &report.broken {
        text += &format!("broken: {}{}\n", source.url, since(source));
    }
    text
}

fn since(source: &Broken) -> String {
    let since = source.since.map(|since| format!(", failing since {since}"));
    let code = source.code.as_ref().map(|code| format!(" ({code})"));
    since.unwrap_or_default() + &code.unwrap_or_default()
}

/// One line for each source that failed, and one if the archive kept only a part. That is no failure of the crawl.
fn complain(report: &Printed) -> anyhow::Result<()> {
    if let Some(Archived {
        halted: Some(why),
        left_out,
        ..
    }) = &report.archive
    {
        eprintln!("klarstelle: the archive keeps nothing more, {left_out} answers were left out: {why}");
    }
    for source in &report.failed {
        let broken = report.broken.iter().find(|broken| broken.url == source.url);
        let broken = broken.and_then(|broken| broken.since);
        let broken = broken.map(|since| format!("; broken, failing since {since}: visited once a week"));
        let (reason, broken) = (tame(&source.reason), broken.unwrap_or_default());
        eprintln!("klarstelle: {}: {reason} ({}){broken}", source.url, source.code);
    }
    if report.failed.is_empty() {
        return Ok(());
    }
    Err(Partly(format!("{} of {} sources failed", report.failed.len(), report.sources)).into())
}
