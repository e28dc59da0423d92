//! What must go, and where does it still lie? Addresses, authors and ages come in; what was taken out of store, archive and index
//! goes out, and what could not be.
//!
//! The order is that of a kill's harm: first nothing that goes can come back, then the archive is searched with the words that
//! the store still has, then the store forgets them, then its files and the index's are written anew. Broken off anywhere, the
//! same call begins again and ends as if it had not been.

mod aging;
mod archive;
mod list;

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Serialize;

pub use aging::{KINDS, Kind, Limits, Retained, retain};
pub use archive::Searched;

use crate::{
    archive::{Needles, RewriteError},
    domain::{Author, Document, UrlKey, WebUrl},
    indexer::{self, Place, SharedIndex},
    store::{self, Doomed, Erased, Mark, Scrubbed, Store, Suppressed, Which},
};

/// How long the process that holds the index's writer is given to purge it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Documents looked at at once, when the list is applied to a whole store.
const PAGE: u32 = 500;

/// Where things lie.
#[derive(Debug, Clone)]
pub struct Places {
    /// The archive's folder, there or not.
    pub archive: PathBuf,
    /// The index.
    pub index: Place,
    /// A copy of the list of what must not come back, beside the store: it outlives the restoring of an old store.
    pub list: PathBuf,
}

/// What is to go.
#[derive(Debug, Clone)]
pub enum Target {
    /// What was read at an address, or names it as its own, or this document.
    Document(Which, Option<WebUrl>),
    /// What an author wrote.
    Author(Author),
}

/// Why it did not go. What was done before stays done, and the same call ends it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store failed.
    #[error("the store is not done")]
    Store(#[from] store::Error),
    /// The archive cannot be rewritten.
    #[error("the archive is not done")]
    Archive(#[from] RewriteError),
    /// The index failed.
    #[error("the store is written, the index is not")]
    Index(#[from] indexer::Error),
    /// The list cannot be read or written.
    #[error("cannot keep {}", file.display())]
    List {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The thread that searched was stopped.
    #[error("the search was stopped")]
    Stopped(#[from] tokio::task::JoinError),
}

/// What became of it.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// Out of the store.
    #[serde(flatten)]
    pub erased: Erased,
    /// Addresses, contents and authors that are on the list since.
    pub suppressed: u64,
    /// Out of the archive.
    pub archive: Searched,
    /// What is left, and where.
    #[serde(flatten)]
    pub left: Left,
}

/// What is left.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Left {
    /// What this call should have taken away and could not, and what to do about it.
    pub remains: Vec<String>,
    /// What stays on purpose, or lies where we cannot reach.
    pub elsewhere: Vec<String>,
}

/// What would go.
pub async fn find(store: &Store, target: &Target) -> Result<Vec<Doomed>, Error> {
    Ok(store.doomed(&which(target)).await?)
}

fn which(target: &Target) -> Which {
    match target {
        Target::Document(which, _) => which.clone(),
        Target::Author(author) => Which::Author(author.clone()),
    }
}

/// Lets it go everywhere, and keeps it from coming back.
pub async fn erase(store: &Store, target: &Target, places: &Places) -> Result<Report, Error> {
    let doomed = store.doomed(&which(target)).await?;
    let suppressed = store.suppress(&marks(target, &doomed)).await?;
    list::save(store, &places.list).await?;
    if let Target::Author(author) = target {
        store.forget_account(author).await?;
    }
    let mut report = remove(store, &doomed, address(target), places).await?;
    report.suppressed = suppressed;
    Ok(report)
}

/// Lets go whatever the list has: after an old store or archive was restored, or a list came from elsewhere.
pub async fn replay(store: &Store, places: &Places) -> Result<Report, Error> {
    let known = list::read(&places.list)?;
    let suppressed = store.take_suppressions(&known).await?;
    list::save(store, &places.list).await?;
    let listed = store.suppressed().await?;
    let mut report = remove(store, &covered(store, &listed).await?, None, places).await?;
    report.suppressed = suppressed;
    Ok(report)
}

async fn covered(store: &Store, listed: &Suppressed) -> Result<Vec<Doomed>, Error> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = store.documents_after(after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { return Ok(found) };
        after = Some(last.id);
        found.extend(page.into_iter().filter(|one| listed.covers(&Mark::of(&one.document))));
    }
}

/// An author is on the list only if all that is his is to go.
fn marks(target: &Target, doomed: &[Doomed]) -> Vec<Mark> {
    let own: Vec<Mark> = match target {
        Target::Document(_, url) => url.iter().map(|url| Mark::Address(url.key())).collect(),
        Target::Author(author) => Mark::author(author).into_iter().collect(),
    };
    let all = doomed.iter().flat_map(|one| Mark::of(&one.document));
    let others = all.filter(|mark| !matches!(mark, Mark::Author(_)));
    let mut marks: Vec<Mark> = others.chain(own).collect();
    marks.sort();
    marks.dedup();
    marks
}

const fn address(target: &Target) -> Option<&WebUrl> {
    match target {
        Target::Document(_, url) => url.as_ref(),
        Target::Author(_) => None,
    }
}

fn addresses(document: &Document) -> impl Iterator<Item = &WebUrl> {
    std::iter::once(&document.url).chain(&document.canonical_url)
}

async fn remove(store: &Store, doomed: &[Doomed], address: Option<&WebUrl>, places: &Places) -> Result<Report, Error> {
    let mut needles = Needles::default();
    let mut keys: Vec<UrlKey> = Vec::new();
    for url in doomed.iter().flat_map(|one| addresses(&one.document)).chain(address) {
        needles.address(url);
        keys.push(url.key());
    }
    for one in doomed {
        needles.text(&one.document.title, &one.document.text);
        one.copies.iter().for_each(|kept| needles.record(kept));
    }
    let searched = archive::search(store, &places.archive, needles).await?;
    let ids: Vec<_> = doomed.iter().map(|one| one.id).collect();
    let mut report = Report {
        erased: store.erase(&ids, &keys).await?,
        archive: searched,
        ..Report::default()
    };
    report.left = scrub(store, &places.index).await?;
    report.left.remains.extend(
        report.archive.unread.iter().map(|why| {
            format!("{why}: what is there was not searched; delete the file, or mend it and run this again")
        }),
    );
    let naming = store.fact_checks_naming(&keys).await?;
    if naming > 0 {
        let what = format!("{naming} fact-checks name the address: they are their publishers', and stay");
        report.left.elsewhere.push(what);
    }
    Ok(report)
}

/// Writes the files of store and index anew, without what was deleted; says what is left.
pub async fn scrub(store: &Store, index: &Place) -> Result<Left, Error> {
    let scrubbed = store.scrub().await?;
    let held = match scrubbed {
        Scrubbed::Wholly | Scrubbed::ButTheServersLog => None,
        Scrubbed::ButTheLog => {
            Some("a reader holds the store's write-ahead log (-wal): run this again when it is done")
        }
        Scrubbed::ButUnusedRoom => Some("others held some of PostgreSQL's tables: run this again when they are done"),
    };
    let servers = match scrubbed {
        Scrubbed::Wholly | Scrubbed::ButTheLog => None,
        Scrubbed::ButTheServersLog | Scrubbed::ButUnusedRoom => {
            Some("PostgreSQL's own write-ahead log, replicas and dumps: yours to look after, see docs/operating.md")
        }
    };
    let remains = held.into_iter().chain(purge_index(store, index).await?);
    Ok(Left {
        remains: remains.map(str::to_owned).collect(),
        elsewhere: servers.map(str::to_owned).into_iter().collect(),
    })
}

/// Brings the index up to date, or waits for whoever holds its writer to do so.
async fn purge_index(store: &Store, place: &Place) -> Result<Option<&'static str>, Error> {
    if !place.dir.join("meta.json").exists() {
        return Ok(None);
    }
    let last = store.last_change().await?;
    for _ in 0..PATIENCE.as_millis() / 100 {
        let held = indexer::catch_up_if_free(store, place).await?.is_none();
        let follows = !held || SharedIndex::open_read_only(place).is_ok_and(|index| index.position() >= last);
        if follows && indexer::is_purged(&place.dir) {
            return Ok(None);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(Some(
        "the index's files: `serve` has not written them anew yet, and goes on trying",
    ))
}

/// Reads the list that lies beside a store.
pub fn list_in(file: &Path) -> Result<Vec<store::Suppression>, Error> {
    list::read(file)
}
