//! Why there is no model.

use std::{io, path::PathBuf};

use crate::net::HubError;

/// Why a model could not be fetched or used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What is there cannot be used.
    #[error(transparent)]
    Unusable(#[from] claim_embed::Error),
    /// No model of this name is known.
    #[error("no model is called {0}; known are {1}")]
    Unknown(String, String),
    /// The hub does not answer as hoped.
    #[error(transparent)]
    Hub(#[from] HubError),
    /// The hub lacks a file that every model has.
    #[error("the hub has no {0} for this model")]
    Lacks(&'static str),
    /// Sizes or sums differ. What was fetched is gone, so that the next attempt begins anew.
    #[error("{file} is not what it should be: SHA-256 {found}, expected {expected}")]
    Sum {
        /// The file.
        file: String,
        /// What came.
        found: String,
        /// What was pinned or promised.
        expected: String,
    },
    /// More or fewer bytes than the hub's list says.
    #[error("{file} has {found} bytes; the hub's list says {expected}")]
    Size {
        /// The file.
        file: String,
        /// What came.
        found: u64,
        /// What the list says.
        expected: u64,
    },
    /// The file that pins the others makes no sense.
    #[error("{path} makes no sense: {source}; delete the folder to fetch the model anew")]
    Pins {
        /// The file.
        path: PathBuf,
        /// Where.
        source: serde_json::Error,
    },
    /// The disk is full, or the folder may not be written.
    #[error("cannot write {path}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl Error {
    pub(super) fn write(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Write { path, source }
    }
}
