//! Fetches what is missing: each file into a `.part` beside its place, held against size and sum, then moved.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Serialize;

use super::{
    Error, Known,
    known::{FILES, Presence},
    pinned::{Pinned, sum},
};
use crate::net::{Hub, HubFile};

/// Attempts without a byte of progress before it is given up.
const ATTEMPTS: u32 = 4;

/// Who watches.
pub trait Progress {
    /// A file is being fetched, and has so many bytes.
    fn began(&self, file: &str, size: u64);
    /// So many bytes of it are here.
    fn at(&self, bytes: u64);
}

/// What was done.
#[derive(Debug, Serialize)]
pub struct Pulled {
    /// The model's folder.
    pub folder: PathBuf,
    /// Its repository on the hub.
    pub repository: &'static str,
    /// The pinned revision.
    pub revision: String,
    /// The files that were fetched; none if all were there.
    pub fetched: Vec<String>,
}

struct Puller<'a> {
    hub: &'a Hub,
    known: &'static Known,
    folder: &'a Path,
    progress: &'a dyn Progress,
}

/// Fetches a model into a folder, or what of it is missing or damaged. Asks the hub nothing if all is there.
pub async fn pull(hub: &Hub, known: &'static Known, folder: &Path, progress: &dyn Progress) -> Result<Pulled, Error> {
    let puller = Puller {
        hub,
        known,
        folder,
        progress,
    };
    let pinned = Pinned::read(folder)?;
    let complete = pinned.as_ref().is_some_and(|pinned| is_complete(folder, pinned));
    let (pinned, fetched) = match pinned {
        Some(pinned) if complete => (pinned, Vec::new()),
        Some(pinned) => puller.fetch(pinned).await?,
        None => {
            puller
                .fetch(Pinned::new(known, hub.revision(known.repository).await?))
                .await?
        }
    };
    let (folder, revision) = (folder.to_path_buf(), pinned.revision);
    Ok(Pulled {
        folder,
        repository: known.repository,
        revision,
        fetched,
    })
}

fn is_complete(folder: &Path, pinned: &Pinned) -> bool {
    let needed = FILES.iter().filter(|(_, presence)| *presence == Presence::Always);
    needed.into_iter().all(|(name, _)| pinned.files.contains_key(*name))
        && pinned.files.keys().all(|name| pinned.holds(folder, name))
}

impl Puller<'_> {
    /// The revision is pinned before the first file: a second run goes on with the same one, whatever is new by then.
    async fn fetch(&self, mut pinned: Pinned) -> Result<(Pinned, Vec<String>), Error> {
        let mut fetched = Vec::new();
        let listed = self.hub.files(self.known.repository, &pinned.revision).await?;
        fs::create_dir_all(self.folder).map_err(Error::write(self.folder))?;
        pinned.write(self.folder)?;
        for (name, presence) in FILES {
            match listed.iter().find(|file| file.path == *name) {
                Some(_) if pinned.holds(self.folder, name) => {}
                Some(file) => {
                    let sum = self.file(&pinned, file).await?;
                    pinned.files.insert((*name).to_owned(), sum);
                    pinned.write(self.folder)?;
                    fetched.push((*name).to_owned());
                }
                None if *presence == Presence::Always => return Err(Error::Lacks(name)),
                None => {}
            }
        }
        Ok((pinned, fetched))
    }

    async fn file(&self, pinned: &Pinned, file: &HubFile) -> Result<String, Error> {
        let path = self.folder.join(&file.path);
        let part = path.with_added_extension("part");
        fs::create_dir_all(path.parent().unwrap_or(self.folder)).map_err(Error::write(&path))?;
        self.progress.began(&file.path, file.size);
        self.part(&pinned.revision, file, &part).await?;
        let found = sum(&part).map_err(Error::write(&part))?;
        let expected = pinned.files.get(&file.path).or(file.sha256.as_ref());
        if let Some(expected) = expected.filter(|expected| **expected != found) {
            let _ = fs::remove_file(&part);
            return Err(Error::Sum {
                file: file.path.clone(),
                found,
                expected: expected.clone(),
            });
        }
        fs::rename(&part, &path).map_err(Error::write(&path))?;
        Ok(found)
    }

    /// Fetches until the part is whole, going on where a connection ended.
    async fn part(&self, revision: &str, file: &HubFile, part: &Path) -> Result<(), Error> {
        let mut failures = 0;
        while failures < ATTEMPTS {
            let before = length(part);
            let attempt = self.some(revision, file, part).await;
            let after = length(part);
            match attempt {
                Ok(()) if after == file.size => return Ok(()),
                Err(Error::Hub(error)) if failures + 1 == ATTEMPTS || !error.is_passing() => return Err(error.into()),
                Ok(()) | Err(Error::Hub(_)) => failures = if after > before { 0 } else { failures + 1 },
                Err(error) => return Err(error),
            }
            tokio::time::sleep(Duration::from_millis(250 << failures)).await;
        }
        Err(wrong_size(file, length(part)))
    }

    /// One request, as far as it gets.
    async fn some(&self, revision: &str, file: &HubFile, part: &Path) -> Result<(), Error> {
        let have = length(part);
        if have == file.size {
            return Ok(());
        }
        let from = if have < file.size { have } else { 0 };
        let mut download = self
            .hub
            .download(self.known.repository, revision, &file.path, from)
            .await?;
        let mut out = open_at(part, download.from).map_err(Error::write(part))?;
        let mut at = download.from;
        while let Some(piece) = download.piece().await? {
            at += piece.len() as u64;
            if at > file.size {
                let _ = fs::remove_file(part);
                return Err(wrong_size(file, at));
            }
            out.write_all(&piece).map_err(Error::write(part))?;
            self.progress.at(at);
        }
        Ok(())
    }
}

fn wrong_size(file: &HubFile, found: u64) -> Error {
    Error::Size {
        file: file.path.clone(),
        found,
        expected: file.size,
    }
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// A file cut at `from`, to be written on from there.
fn open_at(path: &Path, from: u64) -> io::Result<File> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .append(true)
        .open(path)?;
    file.set_len(from)?;
    Ok(file)
}
