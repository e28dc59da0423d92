//! Reviewers' acts of tying fact-checks to claims.

use super::{
    Error, Store,
    db::Conn,
    transaction::{Tx, transact},
    value::{Row, args},
};
use crate::domain::{
    Action, Actor, Attachment, AttachmentId, AttachmentState, ClaimId, FactCheckId, ObjectKind, Reason, Timestamp,
};

/// The columns that [`attachment`] reads, of `attachments` as `a`.
macro_rules! attachment_columns {
    () => {
        "a.id, a.claim_id, a.fact_check_id, a.made_by, a.made_at, a.reason, a.withdrawn_by, a.withdrawn_at, \
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
    /// the attachment that holds.
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
    expect(
        tx,
        "SELECT id FROM claims WHERE id = $1",
        new.claim_id,
        ObjectKind::Claim,
    )
    .await?;
    expect(
        tx,
        "SELECT id FROM fact_checks WHERE id = $1",
        new.fact_check_id,
        ObjectKind::FactCheck,
    )
    .await?;
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
        return Err(already_attached(tx, new).await?);
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

async fn already_attached(tx: &mut Tx, new: &Attachment) -> Result<Error, Error> {
    let sql = "SELECT id FROM attachments WHERE claim_id = $1 AND fact_check_id = $2 AND withdrawn_at IS NULL";
    let mut rows = tx.fetch(sql, args![&new.claim_id, &new.fact_check_id]).await?;
    // Withdrawn since it stood in the way: try anew.
    rows.first_mut()
        .map_or_else(|| Ok(Error::lost_race()), |row| Ok(Error::AlreadyAttached(row.take()?)))
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
    count(tx, &[found.claim_id], -1).await?;
    tx.note(ObjectKind::Attachment, *id, found.version, Action::Withdrawn);
    Ok(found)
}

/// Adds to the number of fact-checks of each claim.
pub(super) async fn count(tx: &mut Tx, claims: &[ClaimId], by: i64) -> Result<(), Error> {
    let sql = "UPDATE claims SET fact_checks = fact_checks + $1 WHERE id IN {in}";
    tx.execute_in(sql, args![by], claims.iter().map(Into::into).collect())
        .await
}
