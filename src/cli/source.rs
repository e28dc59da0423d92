//! `klarstelle source …`: what is crawled.

use anyhow::{Context, bail};
use clap::{Subcommand, builder::PossibleValuesParser};

use super::{context::open_store, output::print};
use crate::{
    config::Settings,
    crawl::{Located, Sources},
    domain::{Actor, Source, SourceId, SourceKind, WebUrl},
    store::{Added, Store},
};

#[derive(Debug, Subcommand)]
pub(super) enum SourceCommand {
    /// Add a source
    Add {
        /// Where it is read
        url: String,
        /// How it is read [default: guessed from the address]
        #[arg(long, value_parser = kinds())]
        kind: Option<String>,
    },
    /// List the sources
    List,
    /// Remove a source; what was read from it stays
    Remove {
        /// Its identifier or its address
        source: String,
    },
}

pub(super) async fn run(settings: &Settings, command: &SourceCommand) -> anyhow::Result<()> {
    let store = open_store(settings).await?;
    match command {
        SourceCommand::Add { url, kind } => add(settings, &store, url, kind.as_deref()).await,
        SourceCommand::List => list(settings, &store).await,
        SourceCommand::Remove { source } => remove(settings, &store, source).await,
    }
}

/// The names of all kinds.
fn kinds() -> PossibleValuesParser {
    let sources = Sources::standard();
    let names: Vec<_> = sources.all().map(|kind| kind.name().to_string()).collect();
    names.into()
}

async fn add(settings: &Settings, store: &Store, url: &str, kind: Option<&str>) -> anyhow::Result<()> {
    let url = WebUrl::parse(url).with_context(|| format!("cannot take {url} as a source"))?;
    let (kind, url) = locate(&url, kind)?;
    let (source, word) = match store.add_source(&url, kind, &Actor::Operator).await? {
        Added::New(source) => (source, "added"),
        Added::Known(source) => (source, "known already"),
    };
    print(settings, &source, |source| format!("{word}: {}", line(source)))?;
    Ok(())
}

/// How an address is read, and where: as the kind that was named reads it, as the kind that is sure of it, or as a page.
fn locate(url: &WebUrl, kind: Option<&str>) -> anyhow::Result<(SourceKind, WebUrl)> {
    let sources = Sources::standard();
    let Some(name) = kind else {
        return Ok(sources.recognise(url).unwrap_or((SourceKind::PAGE, url.clone())));
    };
    let kind = sources.get(name.parse()?).context("no such kind")?;
    match kind.locate(url) {
        Located::Sure(at) | Located::Possible(at) => Ok((kind.name(), at)),
        Located::No(why) => bail!("{url} is no source of kind {name}: {why}"),
    }
}

async fn list(settings: &Settings, store: &Store) -> anyhow::Result<()> {
    let sources = store.sources().await?;
    print(settings, &sources, |sources| {
        sources.iter().map(|source| line(source) + "\n").collect()
    })?;
    Ok(())
}

async fn remove(settings: &Settings, store: &Store, wanted: &str) -> anyhow::Result<()> {
    let id = find(store, wanted).await?;
    let source = store.remove_source(&id, &Actor::Operator).await?;
    print(settings, &source, |source| format!("removed: {}", line(source)))?;
    Ok(())
}

async fn find(store: &Store, wanted: &str) -> anyhow::Result<SourceId> {
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
    format!("{}  {:<11}  {}", source.id, source.kind, source.url)
}
