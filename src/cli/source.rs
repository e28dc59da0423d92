//! `klarstelle source …`: what is crawled.

use anyhow::Context;
use clap::Subcommand;

use super::{context::open_store, output::print};
use crate::{
    config::Settings,
    domain::{Actor, Source, SourceId, SourceKind, WebUrl},
    store::{Added, Store},
};

#[derive(Debug, Subcommand)]
pub(super) enum SourceCommand {
    /// Add a source
    Add {
        /// Where it is read
        url: String,
        /// How it is read: feed, page, claimreview or mastodon [default: guessed from the address]
        #[arg(long)]
        kind: Option<SourceKind>,
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
        SourceCommand::Add { url, kind } => add(settings, &store, url, *kind).await,
        SourceCommand::List => list(settings, &store).await,
        SourceCommand::Remove { source } => remove(settings, &store, source).await,
    }
}

async fn add(settings: &Settings, store: &Store, url: &str, kind: Option<SourceKind>) -> anyhow::Result<()> {
    let url = WebUrl::parse(url).with_context(|| format!("cannot take {url} as a source"))?;
    let kind = kind.unwrap_or_else(|| guess_kind(&url));
    let (source, word) = match store.add_source(&url, kind, &Actor::Operator).await? {
        Added::New(source) => (source, "added"),
        Added::Known(source) => (source, "known already"),
    };
    print(settings, &source, |source| format!("{word}: {}", line(source)))?;
    Ok(())
}

/// What an address looks like. A wrong guess shows at the first crawl, by name.
fn guess_kind(url: &WebUrl) -> SourceKind {
    const FEEDS: &[&str] = &[".xml", ".rss", ".atom", "/feed", "/rss", "feed.json"];
    const DATA: &[&str] = &[".json", ".jsonld", ".ndjson"];
    let path = url.to_url().path().trim_end_matches('/').to_ascii_lowercase();
    if path.starts_with("/api/v1/timelines/") || path.starts_with("/api/v1/accounts/") {
        SourceKind::Mastodon
    } else if FEEDS.iter().any(|ending| path.ends_with(ending)) {
        SourceKind::Feed
    } else if DATA.iter().any(|ending| path.ends_with(ending)) {
        SourceKind::ClaimReview
    } else {
        SourceKind::Page
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_its_kind() {
        for (url, kind) in [
            ("https://a.example/feed.xml", SourceKind::Feed),
            ("https://a.example/feed/", SourceKind::Feed),
            ("https://a.example/claimreview.json", SourceKind::ClaimReview),
            (
                "https://a.example/api/v1/timelines/public?limit=40",
                SourceKind::Mastodon,
            ),
            ("https://a.example/artikel/1", SourceKind::Page),
        ] {
            assert_eq!(guess_kind(&WebUrl::parse(url).expect(url)), kind, "{url}");
        }
    }
}
