//! A backup comes in; the installation as it was goes out, without what was erased in the meantime.
//!
//! The restored store is made whole beside the one that is there, and takes its place last.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use tokio::task::spawn_blocking;

use super::{ARCHIVE, Error, Manifest, STORE, at, copy, make_dir, manifest::digest, sync_parent};
use crate::{
    erasure::{self, Places, Report},
    indexer::{Follower, Place, SharedIndex},
    store::{Store, StoreUrl, Suppression},
};

/// Where a backup goes, and what may happen there.
#[derive(Debug, Clone)]
pub struct Target {
    /// The store's file.
    pub store: PathBuf,
    /// The rest.
    pub places: Places,
    /// Whether a store that is there may be replaced.
    pub replaces: Permission,
    /// Whether to go on if what was erased there cannot be read.
    pub forgets: Permission,
}

/// Whether something was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// It was.
    Given,
    /// It was not.
    Withheld,
}

/// What was restored.
#[derive(Debug)]
pub struct Outcome {
    /// The backup.
    pub manifest: Manifest,
    /// Claims in the index.
    pub claims: u64,
    /// What had been erased since, and was again.
    pub erased: Report,
}

/// Restores a backup. Until its store takes the old one's place, that is as it was.
pub async fn restore(dir: &Path, target: &Target) -> Result<Outcome, Error> {
    let folder = dir.to_owned();
    let manifest = spawn_blocking(move || Manifest::check(&folder)).await??;
    if target.store.exists() && target.replaces == Permission::Withheld {
        return Err(Error::WouldReplace(target.store.clone()));
    }
    refuse_if_in_use(&target.places.index)?;
    let erased_since = match erased_there(target).await {
        Ok(list) => list,
        Err(_) if target.forgets == Permission::Given => Vec::new(),
        Err(error) => return Err(Error::ListLost(error.to_string())),
    };
    let beside = target.store.with_extension("restoring");
    discard(&beside)?;
    let prepared = prepare(dir, &manifest, target, &beside, &erased_since).await;
    if prepared.is_err() {
        discard(&beside)?;
    }
    let erased = prepared?;
    empty_index(&target.places.index)?;
    replace(&beside, &target.store)?;
    let claims = index(target).await?;
    Ok(Outcome {
        manifest,
        claims,
        erased,
    })
}

/// Whether another process follows the store that is to be replaced. An index that cannot be opened is nobody's.
fn refuse_if_in_use(place: &Place) -> Result<(), Error> {
    if !place.dir.join("meta.json").exists() {
        return Ok(());
    }
    match claim_index::ClaimIndex::open(&place.dir).map(|index| index.writer().map(drop)) {
        Ok(Err(claim_index::Error::Busy)) => Err(Error::InUse(place.dir.clone())),
        _ => Ok(()),
    }
}

fn empty_index(place: &Place) -> Result<(), Error> {
    match claim_index::ClaimIndex::wipe(&place.dir) {
        Err(claim_index::Error::Busy) => Err(Error::InUse(place.dir.clone())),
        wiped => wiped.map_err(|error| Error::Index(error.into())),
    }
}

/// What was erased where the backup goes: by the store that is there, and by the file beside it.
async fn erased_there(target: &Target) -> Result<Vec<Suppression>, Error> {
    let mut list = erasure::list_in(&target.places.list)?;
    if target.store.exists() {
        match Store::open(&StoreUrl::Sqlite(target.store.clone())).await {
            Ok(store) => {
                list.extend(store.suppressions().await?);
                store.close().await;
            }
            // The file beside it has the same list.
            Err(_) if !list.is_empty() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(list)
}

async fn prepare(
    dir: &Path,
    manifest: &Manifest,
    target: &Target,
    beside: &Path,
    erased_since: &[Suppression],
) -> Result<Report, Error> {
    let parent = target.store.parent().map_or(Ok(()), make_dir);
    parent?;
    copy(&dir.join(STORE), beside)?;
    let store = Store::open(&StoreUrl::Sqlite(beside.to_owned())).await?;
    let problems = store.check().await?;
    if !problems.is_empty() || store.id().to_string() != manifest.store_id {
        store.close().await;
        return Err(Error::Unsound {
            dir: dir.to_owned(),
            what: problems
                .first()
                .cloned()
                .unwrap_or_else(|| "it is another store's".to_owned()),
        });
    }
    let (from, to) = (dir.to_owned(), target.places.archive.clone());
    let names: Vec<String> = manifest.files.iter().map(|entry| entry.path.clone()).collect();
    spawn_blocking(move || bring_archive(&from, &names, &to)).await??;
    store.take_suppressions(erased_since).await?;
    // The index that is there is the old store's; the new one follows later.
    let places = Places {
        index: Place::without_model(&beside.with_extension("no-index")),
        ..target.places.clone()
    };
    let erased = erasure::replay(&store, &places).await?;
    store.close().await;
    Ok(erased)
}

/// Copies the archive's files that are not there, or not as far as they were.
fn bring_archive(dir: &Path, names: &[String], to: &Path) -> Result<(), Error> {
    let prefix = format!("{ARCHIVE}/");
    let names: Vec<&str> = names
        .iter()
        .filter_map(|name| name.strip_prefix(prefix.as_str()))
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    make_dir(to)?;
    for name in names {
        let (from, to) = (dir.join(ARCHIVE).join(name), to.join(name));
        if is_continued(&from, &to).map_err(at(&to))? {
            continue;
        }
        let part = PathBuf::from(format!("{}.restoring", to.display()));
        let _ = fs::remove_file(&part);
        copy(&from, &part)?;
        fs::rename(&part, &to).map_err(at(&to))?;
        sync_parent(&to)?;
    }
    Ok(())
}

/// Whether a file begins as another one: a crawl has only added to it since.
fn is_continued(old: &Path, now: &Path) -> io::Result<bool> {
    use io::Read;
    let length = fs::metadata(old)?.len();
    let Ok(mut file) = fs::File::open(now) else {
        return Ok(false);
    };
    if file.metadata()?.len() == length {
        return Ok(digest(old)? == digest(now)?);
    }
    let mut old = io::BufReader::new(fs::File::open(old)?);
    let mut rest = length;
    let (mut a, mut b) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    while rest > 0 {
        let part = rest.min(1 << 16) as usize;
        if old.read_exact(&mut a[..part]).is_err() || file.read_exact(&mut b[..part]).is_err() || a[..part] != b[..part]
        {
            return Ok(false);
        }
        rest -= part as u64;
    }
    Ok(true)
}

fn beside_it(store: &Path) -> [PathBuf; 2] {
    ["-wal", "-shm"].map(|ending| PathBuf::from(format!("{}{ending}", store.display())))
}

fn discard(store: &Path) -> Result<(), Error> {
    for file in beside_it(store).iter().map(PathBuf::as_path).chain([store]) {
        match fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(file)(error)),
            _ => {}
        }
    }
    Ok(())
}

/// What belongs to the old file goes first: beside the new one, it would be taken for its own.
fn replace(new: &Path, old: &Path) -> Result<(), Error> {
    for file in beside_it(old).iter().chain(&beside_it(new)) {
        match fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(file)(error)),
            _ => {}
        }
    }
    fs::rename(new, old).map_err(at(old))?;
    sync_parent(old)
}

async fn index(target: &Target) -> Result<u64, Error> {
    let store = Store::open(&StoreUrl::Sqlite(target.store.clone())).await?;
    let index = SharedIndex::open(&target.places.index)?;
    let follower = Follower::new(store, index.clone())?;
    follower.catch_up_with_vectors().await?;
    Ok(index.current().len())
}
