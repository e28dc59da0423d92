//! Comes in: a directory that may hold anything. Goes out: an index known to be whole and of our version, or the
//! reason why not.

use std::fs;
use std::io;
use std::path::Path;

use tantivy::directory::error::OpenReadError;
use tantivy::directory::{Directory, INDEX_WRITER_LOCK, MmapDirectory};
use tantivy::{Index, TantivyError};

use crate::position::from_payload;
use crate::schema::{schema, settings};
use crate::{Error, Versions};

const META: &str = "meta.json";

/// Opens the index, or creates an empty one.
pub(crate) fn open_or_create(dir: &Path) -> Result<Index, Error> {
    if dir.join(META).exists() {
        return open_existing(dir);
    }
    let (schema, _) = schema();
    Ok(Index::builder()
        .schema(schema)
        .settings(settings())
        .create_in_dir(dir)?)
}

/// Opens the index; [`Error::Absent`] where there is none.
pub(crate) fn open_existing(dir: &Path) -> Result<Index, Error> {
    if !dir.join(META).exists() {
        return Err(Error::Absent { dir: dir.to_owned() });
    }
    let index = Index::open_in_dir(dir).map_err(unreadable)?;
    verify_versions(&index)?;
    verify_files(&index)?;
    Ok(index)
}

fn verify_versions(index: &Index) -> Result<(), Error> {
    let payload = index.load_metas().map_err(unreadable)?.payload;
    payload.as_deref().map(from_payload).transpose()?;
    if index.schema() == schema().0 {
        return Ok(());
    }
    // The payload claims our version, or there is none: then it is a stranger's index.
    Err(Error::Incompatible {
        found: Versions::UNKNOWN,
        wanted: Versions::CURRENT,
    })
}

/// tantivy trusts its files and panics on wrong ones, so all are checked against their checksums first.
fn verify_files(index: &Index) -> Result<(), Error> {
    let broken = index.validate_checksum().map_err(unreadable)?;
    match broken.iter().min() {
        None => Ok(()),
        Some(file) => Err(Error::Damaged {
            what: format!("checksum of {}", file.display()),
        }),
    }
}

/// While opening, what cannot be read is damage, unless the system refused to read at all.
fn unreadable(error: TantivyError) -> Error {
    let system = |error: &io::Error| {
        !matches!(
            error.kind(),
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof | io::ErrorKind::Other
        )
    };
    match &error {
        TantivyError::IoError(cause) if system(cause) => Error::from(error),
        TantivyError::OpenReadError(OpenReadError::IoError { io_error, .. }) if system(io_error) => Error::from(error),
        TantivyError::LockFailure(..) | TantivyError::OpenDirectoryError(_) => Error::from(error),
        TantivyError::IncompatibleIndex(_) => Error::Incompatible {
            found: Versions::UNKNOWN,
            wanted: Versions::CURRENT,
        },
        damage => Error::Damaged {
            what: damage.to_string(),
        },
    }
}

/// Deletes the files of an index, and nothing else that may lie there by mistake.
pub(crate) fn wipe(dir: &Path) -> Result<(), Error> {
    if !dir.exists() {
        return Ok(());
    }
    let directory = MmapDirectory::open(dir).map_err(TantivyError::from)?;
    let _lock = directory.acquire_lock(&INDEX_WRITER_LOCK).map_err(TantivyError::from)?;
    // meta.json first: whoever opens a half-wiped directory finds no index, not a damaged one.
    remove(&dir.join(META))?;
    for file in fs::read_dir(dir).map_err(Error::Directory)? {
        let path = file.map_err(Error::Directory)?.path();
        if belongs_to_index(&path) {
            remove(&path)?;
        }
    }
    Ok(())
}

pub(crate) fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::Directory(error)),
        _ => Ok(()),
    }
}

/// tantivy names its files by a segment's 32 hex digits, but for two lists and its locks. The locks stay: deleting
/// a lock file lets two processes hold "the same" lock.
fn belongs_to_index(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    segment_of(name).is_some() || name == META || name == ".managed.json"
}

/// The segment whose file has this name.
fn segment_of(name: &str) -> Option<&str> {
    let stem = name.split('.').next()?;
    (stem.len() == 32 && stem.bytes().all(|b| b.is_ascii_hexdigit())).then_some(stem)
}

/// The names of the files of segments in a directory.
pub(crate) fn segment_files(dir: &Path) -> Result<Vec<String>, Error> {
    let mut files = Vec::new();
    for file in fs::read_dir(dir).map_err(Error::Directory)? {
        let name = file
            .map_err(Error::Directory)?
            .file_name()
            .to_string_lossy()
            .into_owned();
        files.extend(segment_of(&name).is_some().then(|| name.clone()));
    }
    Ok(files)
}
