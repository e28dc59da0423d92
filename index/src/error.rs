//! What can go wrong with an index, named for what the caller can do about it.

use std::fmt;
use std::io;
use std::path::PathBuf;

use tantivy::TantivyError;
use tantivy::directory::error::LockError;

/// A failure of the index. None of them is caused by the text that was asked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no index here to read.
    #[error("no index in {}", dir.display())]
    Absent {
        /// Where it was looked for.
        dir: PathBuf,
    },
    /// Another process, or another handle of this one, holds the writer.
    #[error("the index is being written by another process")]
    Busy,
    /// The handle was opened for reading only.
    #[error("the index was opened for reading only")]
    ReadOnly,
    /// Files are missing, cut or changed: wipe and rebuild.
    #[error("the index is damaged: {what}")]
    Damaged {
        /// What was found, for the log.
        what: String,
    },
    /// Written by another version of this crate: wipe and rebuild.
    #[error("the index was written with {found}, but {wanted} is needed")]
    Incompatible {
        /// In the index.
        found: Versions,
        /// Of this crate.
        wanted: Versions,
    },
    /// The model refused a text.
    #[error("the model failed: {what}")]
    Model {
        /// What it said.
        what: String,
    },
    /// The directory could not be read or changed.
    #[error("the index directory cannot be used")]
    Directory(#[source] io::Error),
    /// The search engine failed while reading or writing (disk full, too many open files).
    #[error("the search engine failed")]
    Engine(#[source] TantivyError),
}

/// Versions of everything that decides what an index contains. A change in any of them means rebuilding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versions {
    /// Fields and their settings; 0 where unknown.
    pub schema: u32,
    /// From text to terms; 0 where unknown.
    pub analyzer: u32,
    /// See [`crate::NORMALISER_VERSION`]; 0 where unknown.
    pub normaliser: u32,
}

impl fmt::Display for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Versions {
            schema,
            analyzer,
            normaliser,
        } = self;
        write!(f, "schema {schema}, analyzer {analyzer}, normaliser {normaliser}")
    }
}

impl From<TantivyError> for Error {
    fn from(error: TantivyError) -> Error {
        match error {
            TantivyError::LockFailure(LockError::LockBusy, _) => Error::Busy,
            TantivyError::DataCorruption(damage) => Error::Damaged {
                what: format!("{damage:?}"),
            },
            other => Error::Engine(other),
        }
    }
}
