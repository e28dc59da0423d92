//! `klarstelle erase` and `klarstelle retention`: what must go, goes everywhere.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{ArgGroup, Args};
use serde::Serialize;

use super::{
    context::{account_key, lock, open_store, place},
    output::{Partly, print},
};
use crate::{
    archive::RewriteError,
    config::Settings,
    domain::{Author, DocumentId, Handle, Timestamp, WebUrl},
    erasure::{self, KINDS, Left, Limits, Places, Report, Retained, Target},
    store::{Doomed, Store, Which},
};

/// The list of what must not come back, in the data directory.
const LIST: &str = "suppressed.jsonl";

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("what").required(true).args(["document", "author", "account", "replay"])))]
pub(super) struct EraseArgs {
    /// The document's identifier or address; of an address that was never read, only what leads there goes
    #[arg(value_name = "DOCUMENT")]
    document: Option<String>,
    /// All documents by this author, as they name him
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
    /// All posts of this account, by its name at its network, such as ada@social.example
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Whatever was erased before: after an old database or archive was restored
    #[arg(long)]
    replay: bool,
    /// Say what would go, and do nothing
    #[arg(long, conflicts_with = "replay")]
    dry_run: bool,
    /// The archive's folder [default: crawl.archive, or "archive" in the data directory]
    #[arg(long, value_name = "DIR")]
    archive: Option<PathBuf>,
}

/// What would go.
#[derive(Debug, Serialize)]
struct Found {
    documents: Vec<Named>,
}

#[derive(Debug, Serialize)]
struct Named {
    id: DocumentId,
    url: String,
    copies: usize,
}

pub(super) fn places(settings: &Settings) -> Places {
    Places {
        archive: settings.archive_dir(),
        index: place(settings),
        list: settings.data_dir.join(LIST),
    }
}

pub(super) async fn run(settings: &Settings, args: &EraseArgs) -> anyhow::Result<()> {
    let store = open_store(settings).await?;
    let mut places = places(settings);
    if let Some(archive) = &args.archive {
        places.archive.clone_from(archive);
    }
    if args.dry_run {
        return show(settings, &store, &target(settings, args)?).await;
    }
    // A crawl might be keeping what is to go at this moment.
    let _lock = lock(settings, "crawl")?;
    let report = if args.replay {
        erasure::replay(&store, &places).await?
    } else {
        erasure::erase(&store, &target(settings, args)?, &places).await?
    };
    print(settings, &report, text)?;
    finished(&report.left)
}

fn target(settings: &Settings, args: &EraseArgs) -> anyhow::Result<Target> {
    let name = |name: &Option<String>| {
        name.as_deref()
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
    };
    match (&args.document, name(&args.author), name(&args.account)) {
        (Some(document), _, _) => named(document),
        (None, Some(author), _) => Ok(Target::Author(Author::Byline(author))),
        (None, None, Some(account)) => {
            let pseudonym = account_key(settings)?.pseudonym(&Handle::new(&account));
            Ok(Target::Author(Author::Pseudonym(pseudonym)))
        }
        _ => bail!("an author without a name"),
    }
}

fn named(document: &str) -> anyhow::Result<Target> {
    if let Ok(id) = document.parse() {
        return Ok(Target::Document(Which::Document(id), None));
    }
    let url = WebUrl::parse(document).with_context(|| format!("{document} is neither an identifier nor an address"))?;
    Ok(Target::Document(Which::Address(url.key()), Some(url)))
}

async fn show(settings: &Settings, store: &Store, target: &Target) -> anyhow::Result<()> {
    let named = |one: Doomed| Named {
        id: one.id,
        url: one.document.url.to_string(),
        copies: one.copies.len(),
    };
    let found = erasure::find(store, target).await?;
    let found = Found {
        documents: found.into_iter().map(named).collect(),
    };
    print(settings, &found, |found| {
        let line = |one: &Named| format!("{}  {}  {} copies\n", one.id, one.url, one.copies);
        let lines: String = found.documents.iter().map(line).collect();
        format!("{lines}{} documents would be erased", found.documents.len())
    })?;
    Ok(())
}

pub(super) fn text(report: &Report) -> String {
    let Report {
        erased,
        suppressed,
        archive,
        left,
    } = report;
    format!(
        "{} documents and {} sightings erased, {} claims reworded, {} left without words, {} addresses forgotten\n\
         {} records taken out of {} files of the archive, {} copies gone\n\
         {suppressed} entries added to the list of what must not come back\n{}",
        erased.documents,
        erased.sightings,
        erased.claims_reworded,
        erased.claims_emptied,
        erased.pages,
        archive.records,
        archive.files,
        archive.copies,
        left_over(left)
    )
}

fn left_over(left: &Left) -> String {
    let lines = |word: &str, what: &[String]| what.iter().map(|what| format!("{word}: {what}\n")).collect::<String>();
    lines("remains", &left.remains) + &lines("elsewhere", &left.elsewhere)
}

/// What could not be taken away makes it a part of the work.
pub(super) fn finished(left: &Left) -> anyhow::Result<()> {
    if left.remains.is_empty() {
        return Ok(());
    }
    Err(Partly(format!("not all is gone: {}", left.remains.join("; "))).into())
}

pub(super) fn limits(settings: &Settings) -> Limits {
    let retention = &settings.retention;
    Limits {
        unanswered_days: retention.unanswered_days,
        answered_days: retention.answered_days,
        copies_days: retention.copies_days,
        requests_days: retention.requests_days,
    }
}

pub(super) async fn retention(settings: &Settings) -> anyhow::Result<()> {
    let store = open_store(settings).await?;
    let _lock = lock(settings, "crawl")?;
    let retained = erasure::retain(&store, &places(settings), &limits(settings), Timestamp::now()).await?;
    print(settings, &retained, retained_text)?;
    finished(&retained.left)
}

fn retained_text(retained: &Retained) -> String {
    let Retained {
        documents,
        quotes,
        requests,
        archive,
        left,
    } = retained;
    let kinds: String = KINDS
        .iter()
        .map(|(kind, what)| format!("{kind:?}: {what}\n").to_lowercase())
        .collect();
    format!(
        "{documents} documents lost their texts, {quotes} sightings their quotes, {requests} requests their words, \
         the archive {} records\n{kinds}{}",
        archive.records,
        left_over(left)
    )
}

/// Once a day, after a crawl that holds its lock.
pub(super) async fn retain_daily(settings: &Settings, store: &Store) -> anyhow::Result<()> {
    const DAY_MS: i64 = 86_400_000;
    let now = Timestamp::now();
    let is_fresh = |at: Timestamp| now.as_millis() - at.as_millis() < DAY_MS;
    if store.retained_at().await?.is_some_and(is_fresh) && store.unwanted_records().await?.is_empty() {
        return Ok(());
    }
    match erasure::retain(store, &places(settings), &limits(settings), now).await {
        // Another crawl's machine is at it.
        Err(erasure::Error::Archive(RewriteError::InUse(_))) => Ok(()),
        retained => finished(&retained?.left),
    }
}
