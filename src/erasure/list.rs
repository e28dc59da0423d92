//! The list of what must not come back, as a file beside the store: keyed hashes, so that it says nothing to who reads it.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use super::Error;
use crate::store::{Store, Suppression};

/// Writes the store's list, together with what the file has besides: the store may be a restored one.
pub(super) async fn save(store: &Store, file: &Path) -> Result<(), Error> {
    let mut list = store.suppressions().await?;
    list.extend(read(file)?);
    list.sort_by(|a, b| a.digest.cmp(&b.digest));
    list.dedup_by(|a, b| a.digest == b.digest);
    if list.is_empty() {
        return Ok(());
    }
    write(file, &list).map_err(|source| Error::List {
        file: file.to_owned(),
        source,
    })
}

fn write(file: &Path, list: &[Suppression]) -> io::Result<()> {
    let part = file.with_extension("part");
    let mut out = OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(&part)?;
    for row in list {
        writeln!(out, "{}", serde_json::to_string(row).map_err(io::Error::other)?)?;
    }
    out.sync_all()?;
    fs::rename(&part, file)?;
    file.parent().map_or(Ok(()), |dir| File::open(dir)?.sync_all())
}

/// Reads a list, a row a line; none of a file that is not there.
pub(super) fn read(file: &Path) -> Result<Vec<Suppression>, Error> {
    let text = match fs::read_to_string(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        text => text,
    };
    let rows = text.and_then(|text| {
        let rows = text.lines().filter(|line| !line.trim().is_empty());
        rows.map(|line| serde_json::from_str(line).map_err(io::Error::other))
            .collect()
    });
    rows.map_err(|source| Error::List {
        file: file.to_owned(),
        source,
    })
}
