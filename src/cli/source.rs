//! `klarstelle source …`: what is crawled.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use clap::{Subcommand, builder::PossibleValuesParser};
use serde::Serialize;
use serde_json::json;

use super::{
    context::open_store,
    discovery,
    output::{Partly, print},
    source_status::{self, StatusArgs},
};
use crate::{
    config::Settings,
    crawl::{Located, Sources},
    domain::{Actor, Source, SourceId, SourceKind, WebUrl},
    extract,
    store::{Added, Store},
};

/// Longest list that is imported, in bytes.
const MAX_LIST_BYTES: u64 = 16 << 20;

#[derive(Debug, Subcommand)]
pub(super) enum SourceCommand {
    /// Add a source; of a site's home page, the feeds that it has
    Add {
        /// Where it is read, or the address that people see
        url: String,
        /// How it is read [default: found out from the address]
        #[arg(long, value_parser = kinds())]
        kind: Option<String>,
    },
    /// List the sources
    List,
    /// Show how the sources are: last visits, documents a day, robots.txt, next visit
    Status(StatusArgs),
    /// Visit a source with the next crawl, however often it has failed
    Retry {
        /// Its identifier or its address
        source: String,
    },
    /// List the kinds of source, and what each asks
    Kinds,
    /// Add the feeds of an OPML list, as feed readers write it
    Import {
        /// The list; `-` is standard input
        file: PathBuf,
    },
    /// Print the sources as an OPML list
    Export,
    /// Remove a source; what was read from it stays
    Remove {
        /// Its identifier or its address
        source: String,
    },
}

pub(super) async fn run(settings: &Settings, command: &SourceCommand) -> anyhow::Result<()> {
    if let SourceCommand::Kinds = command {
        return list_kinds(settings);
    }
    let store = open_store(settings).await?;
    match command {
        SourceCommand::Add { url, kind } => add(settings, &store, url, kind.as_deref()).await,
        SourceCommand::List => list(settings, &store).await,
        SourceCommand::Status(args) => source_status::run(settings, &store, args).await,
        SourceCommand::Retry { source } => retry(settings, &store, source).await,
        SourceCommand::Kinds => Ok(()),
        SourceCommand::Import { file } => import(settings, &store, file).await,
        SourceCommand::Export => export(&store).await,
        SourceCommand::Remove { source } => remove(settings, &store, source).await,
    }
}

/// The names of all kinds.
fn kinds() -> PossibleValuesParser {
    let sources = Sources::standard();
    let names: Vec<_> = sources.all().map(|kind| kind.name().to_string()).collect();
    names.into()
}

#[derive(Debug, Serialize)]
struct ListedKind {
    kind: SourceKind,
    about: &'static str,
    endpoints: &'static [&'static str],
}

fn list_kinds(settings: &Settings) -> anyhow::Result<()> {
    let sources = Sources::standard();
    let kinds: Vec<_> = sources
        .all()
        .map(|kind| ListedKind {
            kind: kind.name(),
            about: kind.about(),
            endpoints: kind.endpoints(),
        })
        .collect();
    print(settings, &kinds, |kinds| {
        let lines = kinds.iter().map(|kind| {
            let asked: String = kind.endpoints.iter().map(|at| format!("{:17}{at}\n", "")).collect();
            format!("{:<16} {}\n{asked}", kind.kind, kind.about)
        });
        lines.collect()
    })?;
    Ok(())
}

async fn add(settings: &Settings, store: &Store, url: &str, kind: Option<&str>) -> anyhow::Result<()> {
    let url = WebUrl::parse(&web_address(url)).with_context(|| format!("cannot take {url} as a source"))?;
    let Some(name) = kind else {
        return add_unnamed(settings, store, &url).await;
    };
    let kind = Sources::standard().get(name.parse()?).context("no such kind")?;
    match kind.locate(&url) {
        Located::Sure(at) | Located::Possible(at) => add_and_say(settings, store, kind.name(), &at).await,
        Located::No(why) | Located::Refused(why) => bail!("this is no source of kind {name}: {why}"),
    }
}

/// A stream's address is stored as the web address under which the connection begins.
fn web_address(text: &str) -> String {
    match text.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("wss") => format!("https://{rest}"),
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("ws") => format!("http://{rest}"),
        _ => text.to_owned(),
    }
}

/// An address alone: a kind may be sure of it; a home page stands for the site's feeds; the rest are pages.
async fn add_unnamed(settings: &Settings, store: &Store, url: &WebUrl) -> anyhow::Result<()> {
    if let Some((kind, at)) = Sources::standard().recognise(url) {
        return add_and_say(settings, store, kind, &at).await;
    }
    if let Some((kind, why)) = Sources::standard().refusal(url) {
        bail!("this is no source of kind {kind}: {why}");
    }
    if !discovery::is_home_page(url) {
        return add_and_say(settings, store, SourceKind::PAGE, url).await;
    }
    let found = discovery::look(settings, store, url).await?;
    if found.is_empty() {
        return add_and_say(settings, store, SourceKind::PAGE, url).await;
    }
    for source in found {
        add_and_say(settings, store, source.kind, &source.url).await?;
    }
    Ok(())
}

async fn add_and_say(settings: &Settings, store: &Store, kind: SourceKind, url: &WebUrl) -> anyhow::Result<()> {
    let (source, word) = match store.add_source(url, kind, &Actor::Operator).await? {
        Added::New(source) => (source, "added"),
        Added::Known(source) => (source, "known already"),
    };
    print(settings, &source, |source| format!("{word}: {}", line(source)))?;
    Ok(())
}

async fn list(settings: &Settings, store: &Store) -> anyhow::Result<()> {
    let sources = store.sources().await?;
    print(settings, &sources, |sources| {
        sources.iter().map(|source| line(source) + "\n").collect()
    })?;
    Ok(())
}

/// What an import of a list did.
#[derive(Debug, Default, Serialize)]
struct Imported {
    added: u64,
    known: u64,
    refused: Vec<String>,
}

async fn import(settings: &Settings, store: &Store, file: &Path) -> anyhow::Result<()> {
    let bytes = read_list(file).with_context(|| format!("cannot read {}", file.display()))?;
    let outlines = extract::opml(&bytes).with_context(|| format!("cannot import {}", file.display()))?;
    let mut report = Imported::default();
    for outline in outlines {
        match locate(&outline) {
            Ok((kind, url)) => match store.add_source(&url, kind, &Actor::Operator).await? {
                Added::New(_) => report.added += 1,
                Added::Known(_) => report.known += 1,
            },
            Err(error) => report.refused.push(format!("{:.200}: {error:#}", outline.address)),
        }
    }
    print(settings, &report, |report| {
        let refused: String = report
            .refused
            .iter()
            .map(|line| super::output::tame(line) + "\n")
            .collect();
        format!(
            "{refused}{} added, {} known already, {} refused\n",
            report.added,
            report.known,
            report.refused.len()
        )
    })?;
    if report.refused.is_empty() {
        return Ok(());
    }
    Err(Partly(format!(
        "{} entries could not be added; the rest is",
        report.refused.len()
    ))
    .into())
}

fn read_list(file: &Path) -> io::Result<Vec<u8>> {
    let input: Box<dyn Read> = if file == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(file)?)
    };
    let mut bytes = Vec::new();
    input.take(MAX_LIST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_LIST_BYTES {
        return Err(io::Error::other("longer than 16 MiB"));
    }
    Ok(bytes)
}

/// An entry that we wrote says its kind; of others, what a reader of feeds would make of them.
fn locate(outline: &extract::Outline) -> anyhow::Result<(SourceKind, WebUrl)> {
    let url = WebUrl::parse(&outline.address)?;
    let sources = Sources::standard();
    let Some(name) = &outline.kind else {
        let feed = SourceKind::named("feed");
        let sure = sources.recognise(&url);
        return Ok(sure
            .filter(|(kind, _)| *kind == SourceKind::named("youtube"))
            .unwrap_or((feed, url)));
    };
    let kind = sources
        .get(name.parse()?)
        .with_context(|| format!("no kind of source is called {name}"))?;
    match kind.locate(&url) {
        Located::Sure(at) | Located::Possible(at) => Ok((kind.name(), at)),
        Located::No(why) | Located::Refused(why) => bail!("no source of kind {name}: {why}"),
    }
}

async fn export(store: &Store) -> anyhow::Result<()> {
    io::Write::write_all(
        &mut io::stdout().lock(),
        extract::to_opml(&store.sources().await?).as_bytes(),
    )?;
    Ok(())
}

async fn remove(settings: &Settings, store: &Store, wanted: &str) -> anyhow::Result<()> {
    let id = find(store, wanted).await?;
    let source = store.remove_source(&id, &Actor::Operator).await?;
    print(settings, &source, |source| format!("removed: {}", line(source)))?;
    Ok(())
}

async fn retry(settings: &Settings, store: &Store, wanted: &str) -> anyhow::Result<()> {
    let id = find(store, wanted).await?;
    store.retry_source(&id).await?;
    print(settings, &json!({"id": id}), |_| {
        format!("will be visited by the next crawl: {id}")
    })?;
    Ok(())
}

pub(super) async fn find(store: &Store, wanted: &str) -> anyhow::Result<SourceId> {
    if let Ok(id) = wanted.parse() {
        return Ok(id);
    }
    let key = WebUrl::parse(wanted)
        .context("give the identifier or the address of a source")?
        .key();
    let sources = store.sources().await?;
    let found = sources.iter().find(|source| source.url.key() == key);
    found
        .map(|source| source.id)
        .with_context(|| format!("no source {wanted}"))
}

fn line(source: &Source) -> String {
    format!("{}  {:<15}  {}", source.id, source.kind, source.url)
}
