//! What reviewers did to claims themselves: written once, never changed.

use super::{
    Error,
    db::Conn,
    family,
    transaction::Tx,
    value::{Row, Value, args},
};
use crate::domain::{Act, ActId, ActKind, Actor, ClaimId, Reason};

/// An act about to be written down.
pub(super) struct Done<'a> {
    kind: ActKind,
    claim: ClaimId,
    other: Option<ClaimId>,
    text_before: Option<String>,
    reason: Option<&'a Reason>,
}

impl<'a> Done<'a> {
    pub(super) const fn new(kind: ActKind, claim: ClaimId) -> Self {
        Self {
            kind,
            claim,
            other: None,
            text_before: None,
            reason: None,
        }
    }

    pub(super) fn about(self, other: ClaimId) -> Self {
        Self {
            other: Some(other),
            ..self
        }
    }

    pub(super) fn replacing(self, text: &str) -> Self {
        Self {
            text_before: Some(text.to_owned()),
            ..self
        }
    }

    pub(super) fn because(self, reason: &'a Reason) -> Self {
        Self {
            reason: Some(reason),
            ..self
        }
    }
}

pub(super) async fn add(tx: &mut Tx, done: &Done<'_>, actor: &Actor) -> Result<(), Error> {
    let sql = "INSERT INTO claim_acts (id, claim_id, act, other_id, text_before, actor, at, reason) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let Done {
        kind,
        claim,
        other,
        text_before,
        reason,
    } = done;
    let args = args![
        &ActId::new(),
        claim,
        kind,
        other.as_ref(),
        text_before.as_ref(),
        actor,
        tx.at,
        *reason
    ];
    tx.execute(sql, args).await.map(drop)
}

/// Those of a claim and of the claims that it stands for, latest first.
pub(super) async fn of(conn: &mut Conn, id: &ClaimId) -> Result<Vec<Act>, Error> {
    let members = family::members(conn, &[*id]).await?;
    let family = || members.keys().chain([id]).map(Value::from).collect::<Vec<_>>();
    let mut acts: Vec<Act> = Vec::new();
    for column in ["claim_id", "other_id"] {
        let sql = format!(
            "SELECT id, act, claim_id, other_id, text_before, actor, at, reason FROM claim_acts WHERE {column} IN {{in}}"
        );
        for row in &mut conn.fetch_in(&sql, family()).await? {
            acts.push(act(row)?);
        }
    }
    acts.sort_by_key(|act| std::cmp::Reverse(act.id));
    acts.dedup_by_key(|act| act.id);
    Ok(acts)
}

fn act(row: &mut Row) -> Result<Act, Error> {
    Ok(Act {
        id: row.take()?,
        kind: row.take()?,
        claim_id: row.take()?,
        other_id: row.take()?,
        text_before: row.take()?,
        by: row.take()?,
        at: row.take()?,
        reason: row.take()?,
    })
}
