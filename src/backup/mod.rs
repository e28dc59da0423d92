//! How does all of it come back after the disk is gone, and nothing that was erased? A running installation comes in, and a folder
//! goes out that says of each of its files what it must be; that folder comes in, and the installation goes out.
//!
//! The index is not in it: it is made from the store. Nor is the configuration: it is not ours to find.

mod manifest;
mod restore;

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use tokio::task::spawn_blocking;

pub use manifest::{Entry, Manifest};
pub use restore::{Outcome, Permission, Target, restore};

use crate::{
    archive::{self, RewriteError},
    domain::Timestamp,
    erasure,
    store::{self, Store},
};

/// The store's file in a backup.
const STORE: &str = "store.sqlite3";
/// The folder of the archive's files in it.
const ARCHIVE: &str = "archive";

/// Why there is no backup, or nothing was restored. What was there is as it was.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is a server's store.
    #[error("the store is PostgreSQL's: use pg_dump and pg_restore, then `klarstelle erase --replay`")]
    NotAFile,
    /// Something is in the place already.
    #[error("{} is there already", .0.display())]
    Occupied(PathBuf),
    /// A store is there, and nobody said that it may be replaced.
    #[error("{} is there already; --replace puts the backup in its place", .0.display())]
    WouldReplace(PathBuf),
    /// Another process uses what would be replaced.
    #[error("another process holds the index in {}: stop `serve` first", .0.display())]
    InUse(PathBuf),
    /// It is no backup, or not whole.
    #[error("{} is no whole backup: {what}", dir.display())]
    Unsound {
        /// The backup.
        dir: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The list of what must not come back cannot be read, and nobody said to go on without it.
    #[error("what was erased here since cannot be read ({0}); --forget-erasures restores without it")]
    ListLost(String),
    /// The store failed.
    #[error("the store cannot be copied")]
    Store(#[from] store::Error),
    /// Somebody rewrites the archive's files.
    #[error("the archive cannot be copied")]
    Archive(#[from] RewriteError),
    /// What was erased could not be taken out again.
    #[error("what was erased since is not all gone")]
    Erasure(#[from] erasure::Error),
    /// The index failed.
    #[error("the store is restored, the index is not: run `klarstelle reindex`")]
    Index(#[from] crate::indexer::Error),
    /// The system refused.
    #[error("cannot write or read {}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The thread that copied was stopped.
    #[error("the copying was stopped")]
    Stopped(#[from] tokio::task::JoinError),
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Io { path, source }
}

/// Writes a backup into a folder that is not there yet, while others read and write. With an archive's folder, its files are in it.
///
/// The folder has its name only once all of it is on disk; what fails leaves nothing behind.
pub async fn write(store: &Store, archive: Option<&Path>, to: &Path) -> Result<Manifest, Error> {
    if !store.is_file() {
        return Err(Error::NotAFile);
    }
    if to.exists() {
        return Err(Error::Occupied(to.to_owned()));
    }
    // Files that are written anew meanwhile would not be where the store says.
    let _lock = archive.map(archive::exclusive).transpose()?;
    let part = PathBuf::from(format!("{}.part", to.display()));
    make_dir(&part)?;
    let written = fill(store, archive, &part).await;
    let done = written.and_then(|manifest| {
        fs::rename(&part, to).map_err(at(to))?;
        sync_parent(to)?;
        Ok(manifest)
    });
    if done.is_err() {
        let _ = fs::remove_dir_all(&part);
    }
    done
}

async fn fill(store: &Store, archive: Option<&Path>, dir: &Path) -> Result<Manifest, Error> {
    // First the store: whatever record it refers to is in the archive by then.
    store.copy_into(&dir.join(STORE)).await?;
    let copy = Store::open_copy(&dir.join(STORE)).await?;
    let (id, change) = (copy.id().to_string(), copy.last_change().await?);
    copy.close().await;
    let (folder, archive) = (dir.to_owned(), archive.map(Path::to_owned));
    let files = spawn_blocking(move || copy_all(&folder, archive.as_deref())).await??;
    let manifest = Manifest {
        format: manifest::FORMAT,
        store_id: id,
        change,
        at: Timestamp::now(),
        files,
    };
    manifest.write(dir)?;
    Ok(manifest)
}

fn copy_all(dir: &Path, archive: Option<&Path>) -> Result<Vec<Entry>, Error> {
    let mut files = vec![Entry::of(dir, STORE)?];
    if let Some(archive) = archive.filter(|archive| archive.exists()) {
        make_dir(&dir.join(ARCHIVE))?;
        for name in archive::files(archive).map_err(at(archive))? {
            let inside = format!("{ARCHIVE}/{name}");
            copy(&archive.join(&name), &dir.join(&inside))?;
            files.push(Entry::of(dir, &inside)?);
        }
    }
    Ok(files)
}

fn make_dir(dir: &Path) -> Result<(), Error> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(at(dir))
}

/// Copies a file to one that is not there, for its owner only, onto the disk. Of one that grows meanwhile, its beginning.
fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    let mut source = File::open(from).map_err(at(from))?;
    let new = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to);
    let mut new = new.map_err(at(to))?;
    let copied = io::copy(&mut source, &mut new)
        .and_then(|_| new.flush())
        .and_then(|()| new.sync_all());
    copied.map_err(at(to))
}

fn sync_parent(path: &Path) -> Result<(), Error> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or_else(|| Path::new("."));
    File::open(parent).and_then(|dir| dir.sync_all()).map_err(at(parent))
}
