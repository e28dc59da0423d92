//! Whether words that were erased are still in the index's files: a file beside them says so, until they are not.
//!
//! An entry that is replaced or removed stays in its file until that is written anew, which otherwise happens when enough of it
//! is of no use. That is too late for what somebody wants gone.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::task::spawn_blocking;

use super::{Error, Follower};

/// Is there while there is something to purge.
const FILE: &str = "purge";

/// The duty to purge an index's files.
pub(super) struct Duty {
    file: Option<PathBuf>,
    is_open: AtomicBool,
}

impl Duty {
    /// As the last process left it; of an index in memory, none.
    pub(super) fn of(dir: Option<&Path>) -> Self {
        let file = dir.map(|dir| dir.join(FILE));
        let is_open = file.as_deref().is_some_and(Path::exists);
        Self {
            file,
            is_open: is_open.into(),
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.is_open.load(Ordering::Relaxed)
    }

    pub(super) fn begin(&self) -> Result<(), claim_index::Error> {
        if let Some(file) = self.file.as_deref().filter(|_| !self.is_open()) {
            File::create(file)
                .and_then(|file| file.sync_all())
                .map_err(claim_index::Error::Directory)?;
        }
        self.is_open.store(true, Ordering::Relaxed);
        Ok(())
    }

    pub(super) fn end(&self) -> Result<(), claim_index::Error> {
        if let Some(file) = &self.file {
            match fs::remove_file(file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(claim_index::Error::Directory(error));
                }
                _ => {}
            }
        }
        self.is_open.store(false, Ordering::Relaxed);
        Ok(())
    }
}

impl Follower {
    /// Takes what was erased out of the index's files. If a lookup still reads one of them, the next round tries again.
    pub(super) async fn purge(&self) -> Result<(), Error> {
        let writer = Arc::clone(&self.writer);
        let purged = spawn_blocking(move || writer.lock().unwrap_or_else(PoisonError::into_inner).purge());
        if purged.await?? {
            self.duty.end()?;
        }
        Ok(())
    }
}

/// Whether no file of an index in a directory holds what was erased, as far as the index has come.
pub fn is_purged(dir: &Path) -> bool {
    !dir.join(FILE).exists()
}
