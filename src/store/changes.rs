//! The change log: every write to a domain object, numbered without gaps in commit order.

use super::{Error, Store};
use crate::domain::{Change, ClaimId, ObjectKind};

/// Which changes to read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeQuery {
    /// Those after this number.
    pub after: u64,
    /// How many at most.
    pub limit: u32,
    /// Only those of this kind of object.
    pub kind: Option<ObjectKind>,
    /// Only those of the object with this identifier.
    pub id: Option<String>,
}

/// The claims whose index entries some changes touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// The claims, each once.
    pub claims: Vec<ClaimId>,
    /// The last change that was looked at; the number asked for if there is none after it.
    pub up_to: u64,
}

impl Store {
    /// Reads the change log, oldest first.
    pub async fn changes(&self, query: &ChangeQuery) -> Result<Vec<Change>, Error> {
        let _ = query;
        todo!()
    }

    /// The number of the last change; 0 before the first.
    pub async fn last_change(&self) -> Result<u64, Error> {
        todo!()
    }

    /// Which claims' index entries are touched by the first `limit` changes after a number.
    pub async fn touched(&self, after: u64, limit: u32) -> Result<Touched, Error> {
        let _ = (after, limit);
        todo!()
    }
}
