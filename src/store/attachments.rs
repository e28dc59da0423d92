//! Reviewers' acts of tying fact-checks to claims.

use std::collections::BTreeSet;

use super::{
    Error, Store,
    db::Conn,
    family, merging,
    transaction::{Tx, transact},
    value::{Row, args},
};
use crate::domain::{
    Action, Actor, Attachment, AttachmentId, AttachmentState, ClaimId, FactCheckId, ObjectKind, Reason, Timestamp,
};

/// The columns that [`attachment`] reads, of `attachments` as `a`. Its claim is the one that stands for the claim that it was
/// made to.
macro_rules! attachment_columns {
    () => {
        "a.id, (SELECT COALESCE(m.merged_into, m.id) FROM claims m WHERE m.id = a.claim_id), a.fact_check_id, a.made_by, a.made_at, a.reason, a.withdrawn_by, a.withdrawn_at, \
         a.withdrawn_because, a.version"
    };
}
pub(super) use attachment_columns;

pub(super) fn attachment(row: &mut Row) -> Result<Attachment, Error> {
    Ok(Attachment {
        id: row.take()?,
        claim_id: row.take()?,
        fact_check_id: row.take()?,
        by: row.take()?,
        at: row.take()?,
        reason: row.take()?,
        state: state(row)?,
        version: row.take()?,
    })
}

fn state(row: &mut Row) -> Result<AttachmentState, Error> {
    match (row.take()?, row.take()?, row.take()?) {
        (None, None, None) => Ok(AttachmentState::Active),
        (Some(by), Some(at), Some(reason)) => Ok(AttachmentState::Withdrawn { by, at, reason }),
        _ => Err(Error::damaged("an attachment is withdrawn by half")),
    }
}

impl Store {
    /// Ties a fact-check to a claim. [`Error::NotFound`] says which of them is missing; [`Error::AlreadyAttached`] names
    /// the attachment that holds, [`Error::Merged`] the claim that stands for this one.
    pub async fn attach(
        &self,
        claim: &ClaimId,
        check: &FactCheckId,
        reason: Option<&Reason>,
        actor: &Actor,
    ) -> Result<Attachment, Error> {
        let new = Attachment {
            id: AttachmentId::new(),
            claim_id: *claim,
            fact_check_id: *check,
            by: actor.clone(),
            at: Timestamp::now(),
            reason: reason.cloned(),
            state: AttachmentState::Active,
            version: 1,
        };
        transact!(self.db, actor, |tx| attach(&mut tx, &new)).map(|()| new)
    }

    /// Takes an attachment back. [`Error::NotFound`], [`Error::AlreadyWithdrawn`].
    pub async fn withdraw(&self, id: &AttachmentId, reason: &Reason, actor: &Actor) -> Result<Attachment, Error> {
        transact!(self.db, actor, |tx| withdraw(&mut tx, id, reason, actor))
    }

    /// An attachment as it stands.
    pub async fn attachment(&self, id: &AttachmentId) -> Result<Option<Attachment>, Error> {
        find(&mut self.db.reader().await?, id).await
    }
}

async fn find(conn: &mut Conn, id: &AttachmentId) -> Result<Option<Attachment>, Error> {
    let sql = concat!("SELECT ", attachment_columns!(), " FROM attachments a WHERE a.id = $1");
    conn.fetch(sql, args![id])
        .await?
        .first_mut()
        .map(attachment)
        .transpose()
}

async fn attach(tx: &mut Tx, new: &Attachment) -> Result<(), Error> {
    if let Some(other) = merging::held(tx, &new.claim_id).await?.merged_into {
        return Err(Error::Merged(other));
    }
    expect(
        tx,
        "SELECT id FROM fact_checks WHERE id = $1",
        new.fact_check_id,
        ObjectKind::FactCheck,
    )
    .await?;
    if let Some(id) = active(tx, new).await? {
        return Err(Error::AlreadyAttached(id));
    }
    let sql = "INSERT INTO attachments (id, claim_id, fact_check_id, made_by, made_at, reason, version) \
               VALUES ($1, $2, $3, $4, $5, $6, 1) \
               ON CONFLICT (claim_id, fact_check_id) WHERE withdrawn_at IS NULL DO NOTHING";
    let args = args![
        &new.id,
        &new.claim_id,
        &new.fact_check_id,
        &new.by,
        new.at,
        new.reason.as_ref()
    ];
    if tx.execute(sql, args).await? == 0 {
        // Another writer was faster.
        return Err(Error::lost_race());
    }
    count(tx, &[new.claim_id], 1).await?;
    tx.note(ObjectKind::Attachment, new.id, 1, Action::Created);
    Ok(())
}

async fn expect(tx: &mut Tx, sql: &'static str, id: impl ToString, kind: ObjectKind) -> Result<(), Error> {
    let found = tx.fetch(sql, args![id.to_string()]).await?;
    if found.is_empty() {
        Err(Error::NotFound(kind))
    } else {
        Ok(())
    }
}

/// The attachment that ties the same already, to the claim or to one that it stands for.
async fn active(tx: &mut Tx, new: &Attachment) -> Result<Option<AttachmentId>, Error> {
    let sql = "SELECT a.id FROM attachments a JOIN claims c ON c.id = a.claim_id WHERE a.fact_check_id = $2 \
               AND a.withdrawn_at IS NULL AND COALESCE(c.merged_into, c.id) = $1 ORDER BY a.id";
    let mut rows = tx.fetch(sql, args![&new.claim_id, &new.fact_check_id]).await?;
    rows.first_mut().map(Row::take).transpose()
}

async fn withdraw(tx: &mut Tx, id: &AttachmentId, reason: &Reason, actor: &Actor) -> Result<Attachment, Error> {
    let sql = "UPDATE attachments SET withdrawn_by = $2, withdrawn_at = $3, withdrawn_because = $4, version = version + 1 \
               WHERE id = $1 AND withdrawn_at IS NULL";
    let written = tx.execute(sql, args![id, actor, tx.at, Some(reason)]).await?;
    let found = find(tx.conn(), id)
        .await?
        .ok_or(Error::NotFound(ObjectKind::Attachment))?;
    if written == 0 {
        return Err(Error::AlreadyWithdrawn);
    }
    // By the claim that it was made to: another may stand for that one by now, or no longer.
    let sql = "SELECT claim_id FROM attachments WHERE id = $1";
    let mut rows = tx.fetch(sql, args![id]).await?;
    let claim: ClaimId = rows.first_mut().ok_or(sqlx::Error::RowNotFound)?.take()?;
    count(tx, &[claim], -1).await?;
    tx.note(ObjectKind::Attachment, *id, found.version, Action::Withdrawn);
    Ok(found)
}

/// Adds to the number of fact-checks of each claim, named once each. Those that do not stand alone are counted anew: the same
/// fact-check may be attached to several of one family.
pub(super) async fn count(tx: &mut Tx, claims: &[ClaimId], by: i64) -> Result<(), Error> {
    let sql = "UPDATE claims SET fact_checks = fact_checks + $1, concealed = CASE WHEN $1 > 0 THEN 0 ELSE concealed END \
               WHERE merged_into IS NULL AND id IN {in}";
    let counted = tx
        .execute_in(sql, args![by], claims.iter().map(Into::into).collect())
        .await?;
    let shared = family::shared(tx.conn(), claims).await?;
    let merged = shared.iter().filter(|(id, standing)| id != standing).count();
    if counted + (merged as u64) < claims.len() as u64 {
        // Merged while this was under way.
        return Err(Error::lost_race());
    }
    let standing: BTreeSet<ClaimId> = shared.values().copied().collect();
    for id in standing {
        family::recount_checks(tx, &id).await?;
    }
    family::still_standing(tx, &shared).await
}
