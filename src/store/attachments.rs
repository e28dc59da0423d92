//! Reviewers' acts of tying fact-checks to claims.

use super::{Error, Store};
use crate::domain::{Actor, Attachment, AttachmentId, ClaimId, FactCheckId, Reason};

impl Store {
    /// Ties a fact-check to a claim. [`Error::NotFound`] says which of them is missing; [`Error::AlreadyAttached`] names
    /// the attachment that holds.
    pub async fn attach(
        &self,
        claim: &ClaimId,
        check: &FactCheckId,
        reason: Option<&Reason>,
        actor: &Actor,
    ) -> Result<Attachment, Error> {
        let _ = (claim, check, reason, actor);
        todo!()
    }

    /// Takes an attachment back. [`Error::NotFound`], [`Error::AlreadyWithdrawn`].
    pub async fn withdraw(&self, id: &AttachmentId, reason: &Reason, actor: &Actor) -> Result<Attachment, Error> {
        let _ = (id, reason, actor);
        todo!()
    }

    /// An attachment as it stands.
    pub async fn attachment(&self, id: &AttachmentId) -> Result<Option<Attachment>, Error> {
        let _ = id;
        todo!()
    }
}
