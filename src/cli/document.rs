//! `klarstelle document …`: what was kept of what was read.

use std::io::{self, Write};

use anyhow::{Context, bail};
use clap::Subcommand;

use super::context::open_store;
use crate::{
    config::Settings,
    copy,
    domain::{DocumentId, WebUrl},
    store::Store,
};

#[derive(Debug, Subcommand)]
pub(super) enum DocumentCommand {
    /// Print the copy that the archive keeps, as a page that does nothing and loads nothing
    Copy {
        /// The document's identifier or address
        document: String,
        /// The copy of this version of it [default: the newest]
        #[arg(long, value_name = "NUMBER")]
        version: Option<u64>,
        /// The answer's body as it came. It is hostile: do not open it in a browser
        #[arg(long)]
        raw: bool,
    },
}

pub(super) async fn run(settings: &Settings, command: &DocumentCommand) -> anyhow::Result<()> {
    let DocumentCommand::Copy { document, version, raw } = command;
    let store = open_store(settings).await?;
    let id = named(&store, document).await?;
    let copy = copy::find(&store, settings.archive_dir(), &id, *version).await?;
    let mut out = io::stdout().lock();
    if *raw {
        out.write_all(copy.answer().body)?;
    } else {
        out.write_all(copy::page(&copy).as_bytes())?;
    }
    Ok(())
}

async fn named(store: &Store, document: &str) -> anyhow::Result<DocumentId> {
    if let Ok(id) = document.parse() {
        return Ok(id);
    }
    let url = WebUrl::parse(document).with_context(|| format!("{document} is neither an identifier nor an address"))?;
    match store.document_at(&url.key()).await? {
        Some(id) => Ok(id),
        None => bail!("no document was read at {url}"),
    }
}
