//! Other publishers' fact-checks by the batch: each founds or joins a claim and is attached to it.

use std::{collections::HashMap, ops::AddAssign};

use rayon::prelude::*;

use super::{
    Error, Store, attaching,
    attaching::{Fate, Reviewed},
    fact_checks::{self, fact_check, fact_check_columns, fact_check_tables},
    founding::{self, Founded, Wording},
    identity::{self, Candidate, Identity},
    transaction::{Tx, transact},
    value::{Row, Value},
};
use crate::domain::{Actor, ClaimOrigin, ExternalFactCheck, FactCheck, FactCheckBody};

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

/// Fact-checks with all that can be thought out about them before a transaction begins: others may write meanwhile.
pub struct ImportBatch(Vec<Candidate>);

impl ImportBatch {
    /// Works on all cores.
    pub fn new(checks: Vec<ExternalFactCheck>) -> Self {
        Self(checks.into_par_iter().map(Candidate::new).collect())
    }
}

impl Store {
    /// Takes a batch in one transaction: all of it or nothing. Taking the same batch again writes nothing.
    ///
    /// A page may review several claims: those of one batch are kept apart. Alone in its batch, another claim at a known
    /// address is the known one, reworded; so rows of one page belong into one batch. A `claim_reviewed` longer than a
    /// claim may be is cut; one without a letter or digit founds no claim.
    pub async fn import(&self, batch: &ImportBatch, actor: &Actor) -> Result<ImportTally, Error> {
        transact!(self.db, actor, |tx| async {
            self.check_fence(&mut tx).await?;
            import(&mut tx, &batch.0, actor).await
        })
    }
}

async fn import(tx: &mut Tx, candidates: &[Candidate], actor: &Actor) -> Result<ImportTally, Error> {
    let known = known(tx, candidates).await?;
    let assigned = identity::assign(candidates, |identity| match &known.get(identity)?.body {
        FactCheckBody::External(check) => Some(check),
        FactCheckBody::Own(_) => None,
    });
    let incoming = assigned
        .into_iter()
        .map(|(identity, candidate)| Incoming::new(tx, identity, candidate, known.get(&identity)));
    let incoming: Vec<Incoming<'_>> = incoming.collect();
    write(tx, &incoming, actor).await?;
    let claims_new = attach(tx, &incoming, actor).await?;
    let count = |fate| incoming.iter().filter(|check| check.fate == fate).count() as u64;
    let (new, changed) = (count(Fate::New), count(Fate::Changed));
    let unchanged = candidates.len() as u64 - new - changed;
    Ok(ImportTally {
        new,
        changed,
        unchanged,
        claims_new,
    })
}

async fn known(tx: &mut Tx, candidates: &[Candidate]) -> Result<HashMap<Identity, FactCheck>, Error> {
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

/// A fact-check of the batch beside what the store knows of it.
struct Incoming<'a> {
    identity: Identity,
    wording: Option<&'a Wording>,
    fate: Fate,
    old: Option<&'a FactCheck>,
    now: FactCheck,
}

impl<'a> Incoming<'a> {
    fn new(tx: &Tx, identity: Identity, candidate: &'a Candidate, old: Option<&'a FactCheck>) -> Self {
        let new = fact_checks::external(tx, &candidate.check);
        let (fate, now) = match old {
            None => (Fate::New, new),
            Some(old) if new.verdict == old.verdict && !differs(&new.body, &old.body) => (Fate::Same, old.clone()),
            Some(old) => {
                let (id, version, created_at) = (old.id, old.version + 1, old.created_at);
                (
                    Fate::Changed,
                    FactCheck {
                        id,
                        version,
                        created_at,
                        ..new
                    },
                )
            }
        };
        Self {
            identity,
            wording: candidate.wording.as_ref(),
            fate,
            old,
            now,
        }
    }
}

/// Whether a body differs from one that was stored, where JSON has rounded its numbers and dropped those it cannot hold.
fn differs(new: &FactCheckBody, stored: &FactCheckBody) -> bool {
    let json = |body: &FactCheckBody| serde_json::to_string(body).unwrap_or_default();
    let as_stored = || serde_json::from_str(&json(new)).is_ok_and(|new: FactCheckBody| json(&new) == json(stored));
    json(new) != json(stored) && !as_stored()
}

async fn write(tx: &mut Tx, incoming: &[Incoming<'_>], actor: &Actor) -> Result<(), Error> {
    let new = incoming.iter().filter(|check| check.fate == Fate::New);
    let mut new: Vec<_> = new.map(|check| (&check.now, Some(check.identity))).collect();
    // In one order everywhere, so that two batches with the same rows wait for each other and do not lock.
    new.sort_unstable_by_key(|(_, identity)| *identity);
    fact_checks::insert(tx, &new, actor).await?;
    let changed = incoming.iter().filter(|check| check.fate == Fate::Changed);
    let mut changed: Vec<_> = changed.filter_map(|check| Some((check.old?, &check.now))).collect();
    changed.sort_unstable_by_key(|(old, _)| old.id);
    fact_checks::update(tx, &changed, actor).await
}

/// Ties each fact-check to the claim that it reviews; says how many claims were founded.
async fn attach(tx: &mut Tx, incoming: &[Incoming<'_>], actor: &Actor) -> Result<u64, Error> {
    let (worded, wordings): (Vec<_>, Vec<&Wording>) = incoming
        .iter()
        .filter_map(|check| Some((check, check.wording?)))
        .unzip();
    let Founded { homes, new } = founding::found(tx, &wordings, ClaimOrigin::Imported).await?;
    let reviewed = worded.iter().zip(homes);
    let reviewed: Vec<_> = reviewed
        .map(|(check, claim)| Reviewed {
            check: check.now.id,
            claim,
            fate: check.fate,
        })
        .collect();
    attaching::attach(tx, &reviewed, actor).await?;
    Ok(new.len() as u64)
}
