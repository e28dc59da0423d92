//! What commands share: the data directory, the store, the lock, the index brought up to date.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use anyhow::Context;
use sha2::{Digest, Sha256};

use crate::{
    config::Settings,
    domain::AccountKey,
    indexer::{self, Place},
    store::{Store, StoreUrl},
};

/// Another run of the same command is under way.
#[derive(Debug, thiserror::Error)]
#[error("another run holds the lock {lock}")]
pub(super) struct LockHeld {
    lock: String,
}

impl LockHeld {
    /// By the name of what is locked.
    pub(super) fn of(lock: &str) -> Self {
        Self { lock: lock.to_owned() }
    }
}

/// Opens the store, and makes the data directory on first use, for its owner only.
pub(super) async fn open_store(settings: &Settings) -> anyhow::Result<Store> {
    make_dir(&settings.data_dir)?;
    let url = store_url(settings);
    let store = Store::open(&url).await;
    let store = store.with_context(|| format!("cannot open the store {}", describe(&url)))?;
    Ok(store.watching(settings.alarms.clone()))
}

/// The key under which accounts become pseudonyms: what the operator set, else a file of random bytes in the data directory.
pub(super) fn account_key(settings: &Settings) -> anyhow::Result<AccountKey> {
    let set = settings.crawl.account_key.expose();
    if !set.is_empty() {
        return Ok(AccountKey::new(Sha256::digest(set).into()));
    }
    make_dir(&settings.data_dir)?;
    let path = settings.data_dir.join("account.key");
    let told = || format!("cannot read or make the key {}", path.display());
    if !path.exists() {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random bytes: {error}"))?;
        let mut new = tempfile::NamedTempFile::new_in(&settings.data_dir).with_context(told)?;
        new.write_all(&bytes).with_context(told)?;
        new.as_file().sync_all().with_context(told)?;
        // Whole or not at all; where another run was faster, its key holds.
        match new.persist_noclobber(&path) {
            Err(error) if error.error.kind() != ErrorKind::AlreadyExists => return Err(error.error).with_context(told),
            _ => {}
        }
    }
    let bytes = fs::read(&path).with_context(told)?;
    let key = <[u8; 32]>::try_from(bytes.as_slice());
    key.map(AccountKey::new)
        .with_context(|| format!("{} is not 32 bytes long", path.display()))
}

pub(super) fn store_url(settings: &Settings) -> StoreUrl {
    if settings.store.url.is_empty() {
        StoreUrl::Sqlite(settings.sqlite_file())
    } else {
        StoreUrl::Postgres(settings.store.url.clone())
    }
}

/// Names the store without its password.
pub(super) fn describe(url: &StoreUrl) -> String {
    match url {
        StoreUrl::Sqlite(path) => path.display().to_string(),
        StoreUrl::Postgres(text) => text.rsplit_once('@').map_or("PostgreSQL", |(_, host)| host).to_owned(),
    }
}

fn make_dir(dir: &Path) -> anyhow::Result<()> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(dir);
    made.with_context(|| format!("cannot make the data directory {}", dir.display()))
}

/// Holds a lock as long as the file lives. The system frees it when the process ends, however it ends, so there is no
/// stale lock to clean up.
pub(super) fn lock(settings: &Settings, name: &str) -> anyhow::Result<File> {
    make_dir(&settings.data_dir)?;
    let path = settings.data_dir.join(format!("{name}.lock"));
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&path);
    let file = file.with_context(|| format!("cannot open the lock {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(LockHeld {
            lock: path.display().to_string(),
        }
        .into()),
        Err(TryLockError::Error(error)) => Err(error).context("cannot take the lock"),
    }
}

/// Where the index is, and the model that it uses.
pub(super) fn place(settings: &Settings) -> Place {
    let model = &settings.index.model;
    Place {
        dir: settings.index_dir(),
        model: (!model.as_os_str().is_empty()).then(|| model.clone()),
    }
}

/// After a write: brings the index up to date, unless `serve` holds it and does so by itself.
pub(super) async fn refresh_index(settings: &Settings, store: &Store) -> anyhow::Result<()> {
    indexer::catch_up_if_free(store, &place(settings))
        .await
        .context("the store is written, the index is not")?;
    Ok(())
}
