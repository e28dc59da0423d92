//! What may reviewers do? Their wishes come in, rules are applied, and the store records who did what and why.
//!
//! Thin today: the rules that the database can hold (one claim per wording, one active attachment, versions) are held
//! there. States and two-person approval will stand here.

pub mod keys;

use crate::{
    domain::{
        Actor, Attachment, AttachmentId, Claim, ClaimId, ClaimText, ExternalFactCheck, FactCheck, FactCheckId, Lang,
        OwnFactCheck, Reason,
    },
    store::{Added, Error, Parting, Rewriting, Store, Union},
};

/// Enters a claim by hand. If one of the same wording is known, that one is given.
pub async fn create_claim(store: &Store, text: &ClaimText, lang: Lang, actor: &Actor) -> Result<Added<Claim>, Error> {
    store.create_claim(text, lang, actor).await
}

/// Enters another publisher's fact-check. If it is known already, that one is given, unchanged: only a re-import
/// changes what another publisher says.
pub async fn enter_fact_check(
    store: &Store,
    check: &ExternalFactCheck,
    actor: &Actor,
) -> Result<Added<FactCheck>, Error> {
    store.add_external(check, actor).await
}

/// Writes a fact-check of one's own.
pub async fn write_fact_check(store: &Store, check: &OwnFactCheck, actor: &Actor) -> Result<FactCheck, Error> {
    store.write_own(check, actor).await
}

/// What a correction is made of.
#[derive(Debug)]
pub struct Correction<'a> {
    /// The fact-check to correct.
    pub id: &'a FactCheckId,
    /// The version that the author read: a correction of anything else is refused as stale.
    pub read: u64,
    /// What it says from now on.
    pub check: &'a OwnFactCheck,
}

/// Corrects a fact-check of one's own: a new version; the old one stays readable.
///
/// # Errors
/// [`Error::Stale`] if it changed since it was read, [`Error::External`] if it is another publisher's.
pub async fn correct_fact_check(store: &Store, correction: &Correction<'_>, actor: &Actor) -> Result<FactCheck, Error> {
    store
        .correct_own(correction.id, correction.read, correction.check, actor)
        .await
}

/// Ties a fact-check to a claim.
pub async fn attach(
    store: &Store,
    claim: &ClaimId,
    check: &FactCheckId,
    reason: Option<&Reason>,
    actor: &Actor,
) -> Result<Attachment, Error> {
    store.attach(claim, check, reason, actor).await
}

/// Lets one claim stand for another that says the same. Everything is kept as it is, so that [`split`] undoes it whole.
pub async fn merge(store: &Store, union: Union<'_>, actor: &Actor) -> Result<Added<Claim>, Error> {
    store.merge(union, actor).await
}

/// Undoes a merge.
pub async fn split(store: &Store, union: Union<'_>, actor: &Actor) -> Result<Added<Claim>, Error> {
    store.split(union, actor).await
}

/// Founds a claim of sightings that were taken for another's.
pub async fn take_out(store: &Store, parting: Parting<'_>, actor: &Actor) -> Result<Claim, Error> {
    store.take_out(parting, actor).await
}

/// Rewrites a claim: from now on only a reviewer changes its text.
pub async fn rewrite(store: &Store, rewriting: Rewriting<'_>, actor: &Actor) -> Result<Claim, Error> {
    store.rewrite(rewriting, actor).await
}

/// Takes an attachment back, with a reason. The record of it stays.
pub async fn withdraw(store: &Store, id: &AttachmentId, reason: &Reason, actor: &Actor) -> Result<Attachment, Error> {
    store.withdraw(id, reason, actor).await
}
