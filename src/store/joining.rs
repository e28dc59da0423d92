//! Claims that were founded apart: those founded since it was last looked go out, pairs that say the same come back.
//!
//! How far it was looked is a mark on the change log.

use std::collections::HashSet;

use super::{
    Added, Error, Store,
    changes::last,
    claims::{claim, claim_columns},
    db::Conn,
    merging::{Union, held, merge},
    rewriting,
    transaction::{Tx, transact, view},
    value::{Row, Value, args},
};
use crate::{
    cluster,
    domain::{Actor, Claim, ClaimId, ClaimOrigin},
};

/// Claims that nobody has compared with the others yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Unjoined {
    /// What was founded, by whomever, and stands for itself. The latest first, by when they were seen first and then by their
    /// words: in an order that does not depend on who was faster.
    pub claims: Vec<Claim>,
    /// The change that this goes up to.
    pub up_to: u64,
}

impl Store {
    /// The claims founded by the first `limit` changes since it was last looked.
    pub async fn unjoined(&self, limit: u32) -> Result<Unjoined, Error> {
        view!(self.db, |conn| unjoined(conn, limit))
    }

    /// Which of these claims were founded by reading, or by a report, and still stand as they were founded: no reviewer has
    /// acted on them.
    pub async fn untouched(&self, ids: &[ClaimId]) -> Result<HashSet<ClaimId>, Error> {
        let sql = "SELECT c.id FROM claims c WHERE c.origin IN ('crawled', 'reported') AND c.merged_into IS NULL AND c.text_by IS NULL \
                   AND NOT EXISTS (SELECT 1 FROM claim_acts a WHERE a.claim_id = c.id AND a.actor <> 'crawl') \
                   AND NOT EXISTS (SELECT 1 FROM claim_acts a WHERE a.other_id = c.id AND a.actor <> 'crawl') AND c.id IN {in}";
        let mut rows = self.db.fetch_in(sql, ids.iter().map(Value::from).collect()).await?;
        rows.iter_mut().map(Row::take).collect()
    }

    /// Merges a claim into another as [`Store::merge`] does; the one that stands for both takes the better wording, unless a
    /// reviewer wrote it.
    pub async fn join(&self, union: Union<'_>, actor: &Actor) -> Result<Added<Claim>, Error> {
        transact!(self.db, actor, |tx| join(&mut tx, union, actor))
    }

    /// Those up to this change have been compared.
    pub async fn joined(&self, up_to: u64) -> Result<(), Error> {
        // Of two that looked at the same time the later one may be further.
        let sql = "INSERT INTO counters (name, value) VALUES ('joined', $1) ON CONFLICT (name) \
                   DO UPDATE SET value = CASE WHEN counters.value < $1 THEN $1 ELSE counters.value END";
        transact!(self.db, &Actor::Crawl, |tx| tx.execute(sql, args![up_to])).map(drop)
    }
}

async fn unjoined(conn: &mut Conn, limit: u32) -> Result<Unjoined, Error> {
    let mut mark = conn
        .fetch("SELECT value FROM counters WHERE name = 'joined'", args![])
        .await?;
    let mark: u64 = mark.first_mut().map_or(Ok(0), Row::take)?;
    let up_to = last(conn).await?.min(mark + u64::from(limit)).max(mark);
    let sql = concat!(
        "SELECT ",
        claim_columns!(),
        " FROM changes x JOIN claims c ON c.id = x.id WHERE x.number > $1 AND x.number <= $2 \
         AND x.kind = 'claim' AND x.action = 'created' AND c.merged_into IS NULL \
         ORDER BY c.first_seen DESC, c.text DESC, c.lang DESC"
    );
    let mut rows = conn.fetch(sql, args![mark, up_to]).await?;
    let claims = rows.iter_mut().map(claim).collect::<Result<_, _>>()?;
    Ok(Unjoined { claims, up_to })
}

async fn join(tx: &mut Tx, union: Union<'_>, actor: &Actor) -> Result<Added<Claim>, Error> {
    let merged = merge(tx, union, actor).await?;
    if let Added::New(survivor) = &merged {
        improve(tx, union.claim, &survivor.id).await?;
    }
    Ok(merged)
}

async fn improve(tx: &mut Tx, gone: &ClaimId, survivor: &ClaimId) -> Result<(), Error> {
    let other = held(tx, gone).await?.claim;
    // A reporter's words are nobody else's to read.
    if other.origin != ClaimOrigin::Crawled {
        return Ok(());
    }
    let texts = rewriting::improvable(tx, &[*survivor]).await?;
    let better = texts
        .into_iter()
        .filter(|(_, text, lang)| *lang == other.lang && cluster::should_replace(text, other.text.as_str(), lang));
    let better = better.map(|(id, _, lang)| (id, other.text.clone(), lang)).collect();
    rewriting::improve(tx, better).await
}
