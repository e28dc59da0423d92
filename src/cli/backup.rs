//! `klarstelle backup` and `klarstelle restore`.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::{
    context::{LockHeld, lock, open_store, store_url},
    erase::{finished, places, text},
    output::print,
};
use crate::{
    backup::{self, Manifest, Permission},
    config::Settings,
    domain::Timestamp,
    erasure::Report,
    store::StoreUrl,
};

#[derive(Debug, Args)]
pub(super) struct BackupArgs {
    /// A folder that is not there yet
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Leave the archive's files out
    #[arg(long)]
    without_archive: bool,
}

#[derive(Debug, Args)]
pub(super) struct RestoreArgs {
    /// A folder that `klarstelle backup` wrote
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Put the backup in the place of the store that is there
    #[arg(long)]
    replace: bool,
    /// Restore even if it cannot be read what was erased here since
    #[arg(long)]
    forget_erasures: bool,
}

#[derive(Debug, Serialize)]
struct Written {
    files: usize,
    bytes: u64,
    change: u64,
}

#[derive(Debug, Serialize)]
struct Restored {
    of: Timestamp,
    change: u64,
    claims: u64,
    erased_again: Report,
}

pub(super) async fn backup(settings: &Settings, args: &BackupArgs) -> anyhow::Result<()> {
    let store = open_store(settings).await?;
    let archive = settings.archive_dir();
    let archive = (!args.without_archive).then_some(archive.as_path());
    let Manifest { files, change, .. } = backup::write(&store, archive, &args.dir).await?;
    let written = Written {
        files: files.len(),
        bytes: files.iter().map(|file| file.bytes).sum(),
        change,
    };
    print(settings, &written, |written| {
        let Written { files, bytes, change } = written;
        format!("{files} files, {bytes} bytes, as of change {change}")
    })?;
    Ok(())
}

pub(super) async fn restore(settings: &Settings, args: &RestoreArgs) -> anyhow::Result<()> {
    let StoreUrl::Sqlite(store) = store_url(settings) else {
        return Err(backup::Error::NotAFile.into());
    };
    let _lock = lock(settings, "crawl")?;
    let asked = |is_asked| {
        if is_asked {
            Permission::Given
        } else {
            Permission::Withheld
        }
    };
    let target = backup::Target {
        store,
        places: places(settings),
        replaces: asked(args.replace),
        forgets: asked(args.forget_erasures),
    };
    let outcome = match backup::restore(&args.dir, &target).await {
        Err(error @ backup::Error::InUse(_)) => return Err(anyhow::Error::new(error).context(LockHeld::of("index"))),
        outcome => outcome?,
    };
    let restored = Restored {
        of: outcome.manifest.at,
        change: outcome.manifest.change,
        claims: outcome.claims,
        erased_again: outcome.erased,
    };
    print(settings, &restored, |restored| {
        let Restored { of, change, claims, .. } = restored;
        let again = &restored.erased_again;
        let again = if again.erased.documents > 0 {
            text(again)
        } else {
            String::new()
        };
        format!("restored as of change {change}, {of}; {claims} claims indexed\n{again}")
    })?;
    finished(&restored.erased_again.left)
}
