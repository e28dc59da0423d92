//! Comes in: a directory. Goes out: a handle that answers lookups from the latest commit.

use std::collections::BTreeMap;
use std::path::Path;

use crate::{Answer, Error, Hit, Page, Position, Query, Writer};

/// A cheap handle to one index; clones share it. Every method blocks: call from a blocking thread.
#[derive(Clone, Debug)]
pub struct ClaimIndex {}

impl ClaimIndex {
    /// Opens the index in a directory, or creates it there.
    pub fn open(_dir: &Path) -> Result<ClaimIndex, Error> {
        todo!()
    }

    /// Opens an existing index without the means to write to it. [`Error::Absent`] when there is none.
    pub fn open_read_only(_dir: &Path) -> Result<ClaimIndex, Error> {
        todo!()
    }

    /// Deletes the index in a directory, so that it can be rebuilt. [`Error::Busy`] while a writer holds it.
    pub fn wipe(_dir: &Path) -> Result<(), Error> {
        todo!()
    }

    /// An index that lives and dies with its handles.
    pub fn in_memory() -> Result<ClaimIndex, Error> {
        todo!()
    }

    /// Where the last commit stands; `None` before the first.
    pub fn position(&self) -> Result<Option<Position>, Error> {
        todo!()
    }

    /// The one writer. [`Error::Busy`] when another process or handle holds it.
    pub fn writer(&self) -> Result<Writer, Error> {
        todo!()
    }

    /// Moves to the latest commit, another process's included.
    pub fn reload(&self) -> Result<(), Error> {
        todo!()
    }

    /// Number of entries in the commit this handle sees.
    pub fn len(&self) -> u64 {
        todo!()
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Finds the known claims that a text may repeat.
    pub fn lookup(&self, _query: &Query) -> Result<Answer, Error> {
        todo!()
    }

    /// Word search for people: all words wanted, the last may be unfinished; no query syntax.
    pub fn search(&self, _words: &str, _page: Page) -> Result<Vec<Hit>, Error> {
        todo!()
    }

    /// [`crate::Entry::digest`] of every entry by id, for comparing the index with its store.
    pub fn digests(&self) -> Result<BTreeMap<String, u64>, Error> {
        todo!()
    }
}
