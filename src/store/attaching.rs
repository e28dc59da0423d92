//! Comes in: imported fact-checks with the claims that they review. Goes out: attachments, where reviewers said nothing else.

use std::collections::{BTreeMap, HashMap};

use super::{
    Error, attachments,
    batch::Insert,
    transaction::Tx,
    value::{Row, Value, args},
};
use crate::domain::{Action, Actor, AttachmentId, ClaimId, FactCheckId, ObjectKind, Reason};

/// A fact-check of a batch with the claim that it reviews.
pub(super) struct Reviewed {
    pub(super) check: FactCheckId,
    pub(super) claim: ClaimId,
    pub(super) fate: Fate,
}

/// How an imported fact-check compares with what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    New,
    Changed,
    Same,
}

/// An attachment that there is or was.
#[derive(Debug, Clone)]
struct Held {
    id: AttachmentId,
    claim: ClaimId,
    version: u64,
    made_by: Actor,
    withdrawn_by: Option<Actor>,
}

impl Held {
    const fn is_active(&self) -> bool {
        self.withdrawn_by.is_none()
    }
}

/// An import undoes what imports did, never what people did.
const fn is_person(actor: &Actor) -> bool {
    match actor {
        Actor::Crawl | Actor::Import | Actor::Public => false,
        Actor::Operator | Actor::Key(_) | Actor::Unknown(_) => true,
    }
}

/// Whether the fact-check is to be tied to the claim that it reviews now.
fn is_wanted(reviewed: &Reviewed, held: &[Held]) -> bool {
    let mut here = held.iter().filter(|held| held.claim == reviewed.claim);
    match reviewed.fate {
        Fate::New => true,
        // It comes back to a claim that an import left, but not to one from which a reviewer took it.
        Fate::Changed => here.all(|held| held.withdrawn_by.as_ref().is_some_and(|by| !is_person(by))),
        Fate::Same => here.next().is_none(),
    }
}

/// The attachments, made by imports, that a rewritten fact-check leaves behind: it reviews another claim now.
fn left_behind<'a>(reviewed: &'a Reviewed, held: &'a [Held]) -> impl Iterator<Item = &'a Held> {
    let elsewhere = held
        .iter()
        .filter(|held| held.is_active() && held.claim != reviewed.claim);
    elsewhere.filter(|held| reviewed.fate == Fate::Changed && !is_person(&held.made_by))
}

pub(super) async fn attach(tx: &mut Tx, reviewed: &[Reviewed], actor: &Actor) -> Result<(), Error> {
    let held = held(tx, reviewed).await?;
    let of = |check: &FactCheckId| held.get(check).map_or(&[][..], Vec::as_slice);
    let gone: Vec<Held> = reviewed
        .iter()
        .flat_map(|one| left_behind(one, of(&one.check)))
        .cloned()
        .collect();
    let wanted: Vec<&Reviewed> = reviewed.iter().filter(|one| is_wanted(one, of(&one.check))).collect();
    withdraw(tx, &gone, actor).await?;
    insert(tx, &wanted, actor).await?;
    let more = wanted.iter().map(|one| (one.claim, 1));
    let less = gone.iter().map(|one| (one.claim, -1));
    count(tx, more.chain(less)).await
}

async fn held(tx: &mut Tx, reviewed: &[Reviewed]) -> Result<HashMap<FactCheckId, Vec<Held>>, Error> {
    let sql = "SELECT fact_check_id, id, claim_id, version, made_by, withdrawn_by FROM attachments \
               WHERE fact_check_id IN {in}";
    let keys = reviewed
        .iter()
        .filter(|one| one.fate != Fate::New)
        .map(|one| Value::from(&one.check))
        .collect();
    let mut held: HashMap<FactCheckId, Vec<Held>> = HashMap::new();
    for row in &mut tx.fetch_in(sql, keys).await? {
        held.entry(row.take()?).or_default().push(read(row)?);
    }
    Ok(held)
}

fn read(row: &mut Row) -> Result<Held, Error> {
    Ok(Held {
        id: row.take()?,
        claim: row.take()?,
        version: row.take()?,
        made_by: row.take()?,
        withdrawn_by: row.take()?,
    })
}

async fn withdraw(tx: &mut Tx, gone: &[Held], actor: &Actor) -> Result<(), Error> {
    let reason = Reason::parse("the publisher reworded the claim").ok();
    let sql = "UPDATE attachments SET withdrawn_by = $2, withdrawn_at = $3, withdrawn_because = $4, version = version + 1 \
               WHERE id = $1 AND withdrawn_at IS NULL";
    for held in gone {
        if tx.execute(sql, args![&held.id, actor, tx.at, reason.as_ref()]).await? == 0 {
            return Err(Error::lost_race());
        }
        tx.note(ObjectKind::Attachment, held.id, held.version + 1, Action::Withdrawn);
    }
    Ok(())
}

const ATTACHMENTS: Insert = Insert {
    into: "INSERT INTO attachments (id, claim_id, fact_check_id, made_by, made_at, version)",
    then: "ON CONFLICT (claim_id, fact_check_id) WHERE withdrawn_at IS NULL DO NOTHING",
};

async fn insert(tx: &mut Tx, wanted: &[&Reviewed], actor: &Actor) -> Result<(), Error> {
    let ids: Vec<AttachmentId> = wanted.iter().map(|_| AttachmentId::new()).collect();
    let row = |(id, one): (&AttachmentId, &&Reviewed)| args![id, &one.claim, &one.check, actor, tx.at, 1_i64];
    let rows = ids.iter().zip(wanted).map(row).collect();
    if tx.insert(ATTACHMENTS, rows).await? < wanted.len() as u64 {
        return Err(Error::lost_race());
    }
    for id in ids {
        tx.note(ObjectKind::Attachment, id, 1, Action::Created);
    }
    Ok(())
}

async fn count(tx: &mut Tx, steps: impl Iterator<Item = (ClaimId, i64)>) -> Result<(), Error> {
    let mut counts: BTreeMap<ClaimId, i64> = BTreeMap::new();
    for (claim, step) in steps {
        *counts.entry(claim).or_default() += step;
    }
    let mut by_number: BTreeMap<i64, Vec<ClaimId>> = BTreeMap::new();
    for (claim, number) in counts {
        by_number.entry(number).or_default().push(claim);
    }
    for (number, claims) in by_number.into_iter().filter(|(number, _)| *number != 0) {
        attachments::count(tx, &claims, number).await?;
    }
    Ok(())
}
