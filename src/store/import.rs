//! Other publishers' fact-checks by the batch: each founds or joins a claim and is attached to it.

use std::{collections::HashMap, ops::AddAssign};

use super::{
    Error, Store, attaching,
    attaching::{Fate, Reviewed},
    fact_checks::{self, fact_check, fact_check_columns, fact_check_tables},
    founding::{self, Founded, Wording},
    identity::{self, Candidate, Identity},
    transaction::{Tx, transact},
    value::{Row, Value},
};
use crate::domain::{Actor, ClaimOrigin, ClaimText, ExternalFactCheck, FactCheck, FactCheckBody, Fingerprint};

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct ImportTally {
    /// Fact-checks that were not known.
    pub new: u64,
    /// Fact-checks that were known with another content.
    pub changed: u64,
    /// Fact-checks that were known as they are, and repetitions within the batch.
    pub unchanged: u64,
    /// Claims founded.
    pub claims_new: u64,
}

impl AddAssign for ImportTally {
    fn add_assign(&mut self, other: Self) {
        self.new += other.new;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
        self.claims_new += other.claims_new;
    }
}

impl Store {
    /// Takes a batch in one transaction: all of it or nothing. Taking the same batch again writes nothing.
    ///
    /// A page may review several claims: those of one batch are kept apart. Alone in its batch, another claim at a known
    /// address is the known one, reworded; so rows of one page belong into one batch. A `claim_reviewed` longer than a
    /// claim may be is cut; one without a letter or digit founds no claim.
    pub async fn import(&self, checks: &[ExternalFactCheck], actor: &Actor) -> Result<ImportTally, Error> {
        transact!(self.db, actor, |tx| import(&mut tx, checks, actor))
    }
}

async fn import(tx: &mut Tx, checks: &[ExternalFactCheck], actor: &Actor) -> Result<ImportTally, Error> {
    let candidates: Vec<Candidate<'_>> = checks.iter().map(Candidate::new).collect();
    let known = known(tx, &candidates).await?;
    let claims = known
        .iter()
        .filter_map(|(identity, check)| Some((*identity, claim_of(check)?)))
        .collect();
    let assigned = identity::assign(&candidates, &claims);
    let incoming = assigned
        .into_iter()
        .map(|(identity, check)| Incoming::new(tx, identity, check, &known));
    let incoming: Vec<Incoming> = incoming.collect();
    write(tx, &incoming, actor).await?;
    let claims_new = attach(tx, &incoming, actor).await?;
    let count = |fate| incoming.iter().filter(|check| check.fate() == fate).count() as u64;
    let (new, changed) = (count(Fate::New), count(Fate::Changed));
    Ok(ImportTally {
        new,
        changed,
        unchanged: checks.len() as u64 - new - changed,
        claims_new,
    })
}

async fn known(tx: &mut Tx, candidates: &[Candidate<'_>]) -> Result<HashMap<Identity, FactCheck>, Error> {
    let sql = concat!(
        "SELECT f.identity, ",
        fact_check_columns!(),
        " FROM ",
        fact_check_tables!(),
        " WHERE f.identity IN {in}"
    );
    let keys = candidates
        .iter()
        .flat_map(Candidate::identities)
        .map(Value::from)
        .collect();
    let pair = |row: &mut Row| Ok((Identity::from(row.take::<[u8; 16]>()?), fact_check(row)?));
    tx.fetch_in(sql, keys).await?.iter_mut().map(pair).collect()
}

fn claim_of(check: &FactCheck) -> Option<Fingerprint> {
    match &check.body {
        FactCheckBody::External(check) => Some(Fingerprint::exact(&check.claim_reviewed)),
        FactCheckBody::Own(_) => None,
    }
}

/// A fact-check of the batch beside what the store knows of it.
struct Incoming {
    identity: Identity,
    wording: Option<Wording>,
    old: Option<FactCheck>,
    now: FactCheck,
}

impl Incoming {
    fn new(tx: &Tx, identity: Identity, check: &ExternalFactCheck, known: &HashMap<Identity, FactCheck>) -> Self {
        let mut now = fact_checks::external(tx, check);
        let old = known.get(&identity).cloned();
        if let Some(old) = &old {
            now = FactCheck {
                id: old.id,
                version: old.version,
                created_at: old.created_at,
                ..now
            };
            if now.verdict != old.verdict || differs(&now.body, &old.body) {
                now.version += 1;
            }
        }
        Self {
            identity,
            wording: wording(check),
            old,
            now,
        }
    }

    fn fate(&self) -> Fate {
        match &self.old {
            None => Fate::New,
            Some(old) if old.version < self.now.version => Fate::Changed,
            Some(_) => Fate::Same,
        }
    }
}

/// Whether a body differs from one that was stored, where JSON has rounded its numbers and dropped those it cannot hold.
fn differs(new: &FactCheckBody, stored: &FactCheckBody) -> bool {
    let json = |body: &FactCheckBody| serde_json::to_string(body).unwrap_or_default();
    let as_stored = || serde_json::from_str(&json(new)).is_ok_and(|new: FactCheckBody| json(&new) == json(stored));
    json(new) != json(stored) && !as_stored()
}

fn wording(check: &ExternalFactCheck) -> Option<Wording> {
    let text: String = check.claim_reviewed.trim().chars().take(ClaimText::MAX_CHARS).collect();
    Some(Wording::new(ClaimText::parse(&text).ok()?, check.lang))
}

async fn write(tx: &mut Tx, incoming: &[Incoming], actor: &Actor) -> Result<(), Error> {
    let new = incoming.iter().filter(|check| check.old.is_none());
    let mut new: Vec<_> = new.map(|check| (check.now.clone(), Some(check.identity))).collect();
    // In one order everywhere, so that two batches with the same rows wait for each other and do not lock.
    new.sort_unstable_by_key(|(_, identity)| *identity);
    fact_checks::insert(tx, &new, actor).await?;
    let changed = incoming.iter().filter(|check| check.fate() == Fate::Changed);
    let changed = changed.filter_map(|check| Some((check.old.clone()?, check.now.clone())));
    let mut changed: Vec<_> = changed.collect();
    changed.sort_unstable_by_key(|(old, _)| old.id);
    fact_checks::update(tx, &changed, actor).await
}

/// Ties each fact-check to the claim that it reviews; says how many claims were founded.
async fn attach(tx: &mut Tx, incoming: &[Incoming], actor: &Actor) -> Result<u64, Error> {
    let (worded, wordings): (Vec<&Incoming>, Vec<&Wording>) = incoming
        .iter()
        .filter_map(|check| Some((check, check.wording.as_ref()?)))
        .unzip();
    let Founded { homes, new } = founding::found(tx, &wordings, ClaimOrigin::Imported).await?;
    let reviewed = worded.iter().zip(homes);
    let reviewed: Vec<_> = reviewed
        .map(|(check, claim)| Reviewed {
            check: check.now.id,
            claim,
            fate: check.fate(),
        })
        .collect();
    attaching::attach(tx, &reviewed, actor).await?;
    Ok(new.len() as u64)
}
