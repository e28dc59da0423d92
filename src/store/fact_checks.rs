//! Fact-checks: other publishers' and our own.

use super::{Added, Error, Store};
use crate::domain::{Actor, ExternalFactCheck, FactCheck, FactCheckId, FactCheckVersion, OwnFactCheck};

impl Store {
    /// Takes another publisher's fact-check that a reviewer entered. It is not attached to anything yet. One whose
    /// identity is known stays as it is.
    pub async fn add_external(&self, check: &ExternalFactCheck, actor: &Actor) -> Result<Added<FactCheck>, Error> {
        let _ = (check, actor);
        todo!()
    }

    /// Takes a fact-check written here.
    pub async fn write_own(&self, check: &OwnFactCheck, actor: &Actor) -> Result<FactCheck, Error> {
        let _ = (check, actor);
        todo!()
    }

    /// Corrects a fact-check written here: a new version; those before stay readable. [`Error::Stale`] if another
    /// version than `expected` is current, [`Error::External`] if it is not ours, [`Error::NotFound`].
    pub async fn correct_own(
        &self,
        id: &FactCheckId,
        expected: u64,
        check: &OwnFactCheck,
        actor: &Actor,
    ) -> Result<FactCheck, Error> {
        let _ = (id, expected, check, actor);
        todo!()
    }

    /// A fact-check as it stands.
    pub async fn fact_check(&self, id: &FactCheckId) -> Result<Option<FactCheck>, Error> {
        let _ = id;
        todo!()
    }

    /// All versions of a fact-check, oldest first; none if there is no such fact-check.
    pub async fn fact_check_versions(&self, id: &FactCheckId) -> Result<Vec<FactCheckVersion>, Error> {
        let _ = id;
        todo!()
    }
}
