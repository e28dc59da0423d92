//! Comes in: entries and the change they belong to. Goes out: commits that survive `kill -9`.

use crate::{Entry, Error, Position};

/// The one writer of an index; dropping it without a commit forgets what was put.
#[derive(Debug)]
pub struct Writer {}

impl Writer {
    /// Adds an entry, or replaces the one with the same id.
    pub fn put(&mut self, _entry: &Entry) -> Result<(), Error> {
        todo!()
    }

    /// Removes an entry; an unknown id is no error.
    pub fn remove(&mut self, _id: &str) -> Result<(), Error> {
        todo!()
    }

    /// Removes all entries.
    pub fn clear(&mut self) -> Result<(), Error> {
        todo!()
    }

    /// Makes everything so far durable and visible, together with the position it stands for.
    pub fn commit(&mut self, _position: &Position) -> Result<(), Error> {
        todo!()
    }
}
