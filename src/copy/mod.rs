//! What did a page look like when it was read? A document's identifier comes in; the copy that the archive keeps goes out, so inert that a
//! browser can show it: nothing in it runs, nothing is loaded from anywhere.

mod page;
mod post;

use std::path::PathBuf;

pub use page::page;

use crate::{
    archive::{self, Answer, ReadError, Record},
    domain::{DocumentId, Timestamp, WebUrl},
    store::{self, Filed, Store},
};

/// A copy, read and found whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// The document's address.
    pub url: WebUrl,
    /// Which version of the document was read from it.
    pub version: u64,
    record: Record,
}

/// Why there is no copy to show.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such document.
    #[error("there is no such document")]
    NoDocument,
    /// No copy of it, or of that version of it, was kept.
    #[error("no copy was kept")]
    NotKept,
    /// One was kept, and its file is there no more.
    #[error("the copy is gone: its file {0} is not in the archive's folder")]
    Gone(String),
    /// It cannot be read, or is not what was kept.
    #[error(transparent)]
    Unreadable(ReadError),
    /// The store cannot say.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl From<ReadError> for Error {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Gone(file) => Self::Gone(file),
            ReadError::Damaged(_) | ReadError::Io(_) => Self::Unreadable(error),
        }
    }
}

impl Copy {
    /// When it was fetched.
    pub fn fetched_at(&self) -> Option<Timestamp> {
        self.record.field("WARC-Date").and_then(Timestamp::parse)
    }

    /// Where it was fetched; for a post, the service's address that answered with it.
    pub fn fetched_from(&self) -> &str {
        self.record.field("WARC-Target-URI").unwrap_or_default()
    }

    /// The answer as it came.
    pub fn answer(&self) -> Answer<'_> {
        self.record.answer().unwrap_or(Answer {
            content_type: None,
            body: &self.record.block,
        })
    }
}

/// Reads a document's copy from the archive's folder: that of a version, or the newest.
pub async fn find(store: &Store, dir: PathBuf, id: &DocumentId, version: Option<u64>) -> Result<Copy, Error> {
    let Filed { url, copies } = store.copies(id).await?.ok_or(Error::NoDocument)?;
    let wanted = |known: u64| version.is_none_or(|version| version == known);
    let (version, kept) = copies
        .into_iter()
        .find(|(known, _)| wanted(*known))
        .ok_or(Error::NotKept)?;
    let read = tokio::task::spawn_blocking(move || archive::read(&dir, &kept));
    let record = read
        .await
        .map_err(|error| ReadError::Io(std::io::Error::other(error)))??;
    Ok(Copy { url, version, record })
}
