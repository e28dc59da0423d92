//! Claims, and what is known about each.

use super::{Added, Cursor, Error, Page, Store};
use crate::domain::{Actor, Attachment, Claim, ClaimId, ClaimText, FactCheck, Lang, Sighting, UrlKey};

/// Which claims to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimQuery {
    /// In which order.
    pub sort: ClaimSort,
    /// Only those with, or only those without a fact-check.
    pub checked: Option<Checked>,
    /// Where to go on.
    pub after: Option<Cursor>,
    /// How many at most.
    pub limit: u32,
}

/// The orders of claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimSort {
    /// Latest founded first.
    Newest,
    /// Most sightings first, latest founded first among equals.
    MostSeen,
}

/// Whether an active attachment ties a fact-check to the claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// At least one.
    Yes,
    /// None.
    No,
}

/// A claim as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimSummary {
    /// The claim.
    pub claim: Claim,
    /// How many active attachments it has.
    pub fact_checks: u64,
}

/// A claim with all that was ever attached to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Dossier {
    /// The claim.
    pub claim: Claim,
    /// Its attachments, withdrawn ones too, newest first.
    pub fact_checks: Vec<Attached>,
}

/// A fact-check with the act that ties it to a claim.
#[derive(Debug, Clone, PartialEq)]
pub struct Attached {
    /// The act.
    pub attachment: Attachment,
    /// The fact-check as it stands.
    pub fact_check: FactCheck,
}

impl Store {
    /// Founds a claim, unless one with the same fingerprint is known.
    pub async fn create_claim(&self, text: &ClaimText, lang: Lang, actor: &Actor) -> Result<Added<Claim>, Error> {
        let _ = (text, lang, actor);
        todo!()
    }

    /// Lists claims.
    pub async fn claims(&self, query: &ClaimQuery) -> Result<Page<ClaimSummary>, Error> {
        let _ = query;
        todo!()
    }

    /// The claims named, in the order asked; unknown ones are left out.
    pub async fn summaries(&self, ids: &[ClaimId]) -> Result<Vec<ClaimSummary>, Error> {
        let _ = ids;
        todo!()
    }

    /// The claims named with their attachments, in the order asked; unknown ones are left out.
    pub async fn dossiers(&self, ids: &[ClaimId]) -> Result<Vec<Dossier>, Error> {
        let _ = ids;
        todo!()
    }

    /// The claims that an address stands for: seen there, reviewed there, or named there by an attached fact-check.
    pub async fn claims_at(&self, key: &UrlKey) -> Result<Vec<ClaimId>, Error> {
        let _ = key;
        todo!()
    }

    /// Where a claim was seen, newest first.
    pub async fn sightings(&self, claim: &ClaimId, after: Option<&Cursor>, limit: u32) -> Result<Page<Sighting>, Error> {
        let _ = (claim, after, limit);
        todo!()
    }

    /// Identifiers of claims after the one given, in order.
    pub async fn claim_ids(&self, after: Option<&ClaimId>, limit: u32) -> Result<Vec<ClaimId>, Error> {
        let _ = (after, limit);
        todo!()
    }
}
