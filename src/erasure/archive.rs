//! What must go out of the archive comes in; its files, written anew without it, and a store that knows where the rest is now.
//!
//! A record goes whole: one of which a part was cut out would not be what was received. So other posts of the same answer lose
//! their copy; they stay in the store.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use serde::Serialize;
use tokio::task::spawn_blocking;

use super::Error;
use crate::{
    archive::{self, Fate, Needles, Record, RewriteError, Rewriting},
    store::{Moved, Store, Suppressed},
};

/// What was taken out.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Searched {
    /// Files that were written anew.
    pub files: u64,
    /// Records that went.
    pub records: u64,
    /// Documents' copies that are gone with them.
    pub copies: u64,
    /// What could not be searched.
    pub unread: Vec<String>,
}

/// Whether a record goes.
pub(super) type Judge = Box<dyn FnMut(&Record) -> Fate + Send>;

/// Takes out all that holds what is looked for.
pub(super) async fn search(store: &Store, dir: &Path, needles: Needles) -> Result<Searched, Error> {
    let mut searched = Searched::default();
    if needles.is_empty() {
        return Ok(searched);
    }
    let search = needles
        .ready()
        .map_err(|error| RewriteError::Io(std::io::Error::other(error)))?;
    let search = std::sync::Arc::new(search);
    let _lock = archive::exclusive(dir)?;
    for file in files(store, dir).await? {
        let search = search.clone();
        let judge = move |record: &Record| {
            if search.finds(record) { Fate::Goes } else { Fate::Stays }
        };
        rewrite(store, dir, &file, Box::new(judge), &mut searched).await?;
    }
    Ok(searched)
}

/// Takes out what crawls kept before it was found that it must not be, and other records of addresses on the list in the same
/// files. Files that a crawl is writing wait for the next time.
pub(super) async fn sweep(store: &Store, dir: &Path) -> Result<Searched, Error> {
    let mut searched = Searched::default();
    let unwanted = store.unwanted_records().await?;
    let named: HashSet<&String> = unwanted.iter().map(|(file, _)| file).collect();
    if named.is_empty() {
        return Ok(searched);
    }
    let listed = store.suppressed().await?;
    let _lock = archive::exclusive(dir)?;
    for file in files(store, dir).await?.iter().filter(|file| named.contains(file)) {
        let here = unwanted.iter().filter(|(name, _)| name == file);
        let places: HashSet<u64> = here.map(|(_, place)| *place).collect();
        let listed = listed.clone();
        let goes = move |record: &Record| places.contains(&record.offset) || is_of(record, &listed);
        let judge = Box::new(move |record: &Record| if goes(record) { Fate::Goes } else { Fate::Stays });
        match rewrite(store, dir, file, judge, &mut searched).await {
            Err(Error::Archive(RewriteError::InUse(_))) => {}
            done => done?,
        }
    }
    Ok(searched)
}

/// Whether a record is of an address on the list, or leads there.
fn is_of(record: &Record, listed: &Suppressed) -> bool {
    let urls = record.target().into_iter().chain(record.leads_to());
    urls.into_iter().any(|url| listed.covers_address(&url))
}

/// The archive's files, for who has the right to rewrite them; those whose rewriting was broken off are put in order first.
pub(super) async fn files(store: &Store, dir: &Path) -> Result<Vec<String>, Error> {
    let folder = dir.to_owned();
    let unfinished = spawn_blocking(move || archive::unfinished(&folder)).await?;
    for (old, new) in unfinished.map_err(RewriteError::from)? {
        // The new one is whole. It counts once no document's copy is looked for in the old one.
        let surplus = if store.refers_to(&old).await? { new } else { old };
        std::fs::remove_file(dir.join(surplus)).map_err(RewriteError::from)?;
    }
    Ok(archive::files(dir).map_err(RewriteError::from)?)
}

pub(super) async fn rewrite(
    store: &Store,
    dir: &Path,
    file: &str,
    judge: Judge,
    searched: &mut Searched,
) -> Result<(), Error> {
    let (folder, name): (PathBuf, String) = (dir.to_owned(), file.to_owned());
    let rewritten = match spawn_blocking(move || archive::rewrite(&folder, &name, judge)).await? {
        Err(error @ RewriteError::Damaged { .. }) => {
            searched.unread.push(error.to_string());
            return Ok(());
        }
        rewritten => rewritten?,
    };
    if let Some(rewritten) = rewritten {
        finish(store, rewritten, searched).await?;
    }
    Ok(())
}

async fn finish(store: &Store, rewritten: Rewriting, searched: &mut Searched) -> Result<(), Error> {
    let moved: Vec<Moved> = rewritten
        .moved
        .iter()
        .map(|(from, to)| Moved { from: *from, to: *to })
        .collect();
    let new = rewritten.new.as_deref();
    searched.copies += store.follow_rewriting(&rewritten.file, new, &moved).await?;
    searched.files += 1;
    searched.records += rewritten.dropped;
    rewritten.finish().map_err(RewriteError::from)?;
    Ok(())
}
