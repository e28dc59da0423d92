//! Two claims that say the same come in; one that stands for both goes out, and the way back.

use super::{
    Added, Error, Store, acts,
    acts::Done,
    claims::{claim, claim_columns},
    concealing, family,
    transaction::{Tx, transact},
    value::{Row, Value, args},
};
use crate::domain::{Act, ActKind, Action, Actor, Audience, Claim, ClaimId, ObjectKind, Reason};

/// A wish to merge or to split.
#[derive(Debug, Clone, Copy)]
pub struct Union<'a> {
    /// The claim that another one stands for, or is to stand for.
    pub claim: &'a ClaimId,
    /// That other one.
    pub survivor: &'a ClaimId,
    /// Why.
    pub reason: &'a Reason,
}

impl Store {
    /// Lets a claim stand for another from now on, with all that is known of either. Gives the claim that stands for both:
    /// not the one named, if that was merged itself. Merged before, nothing is written.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::SameClaim`], [`Error::Merged`] if yet another one stands for the claim.
    pub async fn merge(&self, union: Union<'_>, actor: &Actor) -> Result<Added<Claim>, Error> {
        transact!(self.db, actor, |tx| merge(&mut tx, union, actor))
    }

    /// Undoes a merge: the claim stands for itself again, with all that came to it or to the claims merged into it, before
    /// the merge or since. Gives it. If it stands for itself already, nothing is written.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotMerged`] if yet another one stands for the claim.
    pub async fn split(&self, union: Union<'_>, actor: &Actor) -> Result<Added<Claim>, Error> {
        transact!(self.db, actor, |tx| split(&mut tx, union, actor))
    }

    /// What was done to a claim and to those that it stands for, latest first.
    pub async fn acts(&self, id: &ClaimId) -> Result<Vec<Act>, Error> {
        acts::of(&mut self.db.reader().await?, id).await
    }
}

/// A claim beside the one that stands for it, if another one does.
pub(super) struct Held {
    pub(super) claim: Claim,
    pub(super) merged_into: Option<ClaimId>,
}

pub(super) async fn held(tx: &mut Tx, id: &ClaimId) -> Result<Held, Error> {
    let sql = concat!(
        "SELECT ",
        claim_columns!(),
        ", c.merged_into FROM claims c WHERE c.id = $1"
    );
    let mut rows = tx.fetch(sql, args![id]).await?;
    let row = rows.first_mut().ok_or(Error::NotFound(ObjectKind::Claim))?;
    Ok(Held {
        claim: claim(row)?,
        merged_into: row.take()?,
    })
}

/// Raises the version of claims that stand as expected, in one order everywhere, so that two writers wait for each other
/// and do not lock.
async fn touch(tx: &mut Tx, mut claims: [(&ClaimId, Option<&ClaimId>); 2]) -> Result<(), Error> {
    claims.sort();
    for (id, merged_into) in claims {
        let sql = "UPDATE claims SET version = version + 1 WHERE id = $1 AND COALESCE(merged_into, '') = $2";
        let expected = merged_into.map(ClaimId::to_string).unwrap_or_default();
        if tx.execute(sql, args![id, expected]).await? == 0 {
            return Err(Error::lost_race());
        }
    }
    Ok(())
}

pub(super) async fn merge(tx: &mut Tx, union: Union<'_>, actor: &Actor) -> Result<Added<Claim>, Error> {
    let gone = held(tx, union.claim).await?;
    let named = held(tx, union.survivor).await?;
    let survivor = named.merged_into.unwrap_or(named.claim.id);
    match gone.merged_into {
        Some(other) if other == survivor => return Ok(Added::Known(held(tx, &survivor).await?.claim)),
        Some(other) => return Err(Error::Merged(other)),
        None if survivor == gone.claim.id => return Err(Error::SameClaim),
        None => {}
    }
    let audience = gone.claim.audience;
    let gone = gone.claim.id;
    touch(tx, [(&gone, None), (&survivor, None)]).await?;
    let sql = "UPDATE claims SET merged_into = $2, merged_under = $3 WHERE id = $1";
    tx.execute(sql, args![&gone, &survivor, union.survivor]).await?;
    let sql = "UPDATE claims SET merged_into = $2 WHERE merged_into = $1";
    tx.execute(sql, args![&gone, &survivor]).await?;
    if audience == Audience::Public {
        concealing::reveal(tx, &survivor).await?;
    }
    family::recount(tx, &survivor).await?;
    let done = Done::new(ActKind::Merged, gone)
        .about(*union.survivor)
        .because(union.reason);
    acts::add(tx, &done, actor).await?;
    note(tx, &gone, Action::Merged).await?;
    note(tx, &survivor, Action::Updated).await.map(Added::New)
}

async fn split(tx: &mut Tx, union: Union<'_>, actor: &Actor) -> Result<Added<Claim>, Error> {
    let found = held(tx, union.claim).await?;
    let survivor = match found.merged_into {
        None => return Ok(Added::Known(found.claim)),
        Some(survivor) if survivor == *union.survivor => survivor,
        Some(_) => return Err(Error::NotMerged),
    };
    let id = found.claim.id;
    touch(tx, [(&id, Some(&survivor)), (&survivor, None)]).await?;
    let sql = "UPDATE claims SET merged_into = NULL, merged_under = NULL WHERE id = $1";
    tx.execute(sql, args![&id]).await?;
    let below = below(tx, &id).await?.iter().map(Value::from).collect();
    tx.execute_in("UPDATE claims SET merged_into = $1 WHERE id IN {in}", args![&id], below)
        .await?;
    family::recount(tx, &id).await?;
    family::recount(tx, &survivor).await?;
    let done = Done::new(ActKind::Split, id).about(survivor).because(union.reason);
    acts::add(tx, &done, actor).await?;
    note(tx, &survivor, Action::Updated).await?;
    note(tx, &id, Action::Split).await.map(Added::New)
}

/// The claims that were merged into a claim, or into one of those.
async fn below(tx: &mut Tx, id: &ClaimId) -> Result<Vec<ClaimId>, Error> {
    let sql = "WITH RECURSIVE below (id) AS (SELECT c.id FROM claims c WHERE c.merged_under = $1 \
               UNION SELECT c.id FROM claims c JOIN below b ON c.merged_under = b.id) SELECT id FROM below";
    tx.fetch(sql, args![id]).await?.iter_mut().map(Row::take).collect()
}

/// Notes a change of a claim whose version was raised; gives the claim as it stands.
pub(super) async fn note(tx: &mut Tx, id: &ClaimId, action: Action) -> Result<Claim, Error> {
    let claim = held(tx, id).await?.claim;
    tx.note(ObjectKind::Claim, claim.id, claim.version, action);
    Ok(claim)
}
