//! Comes in: claims. Goes out: which claim stands for each now, and which others each stands for.
//!
//! A merge moves nothing: rows stay with the claim that they came to, and are read through the one that stands for it. The
//! road not taken, moving them, has to remember each row's way to undo a merge, and what came in meanwhile is lost to it.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    Error, Store,
    db::Conn,
    transaction::Tx,
    value::{Row, Value, args},
};
use crate::domain::{ClaimId, FactCheckId, Timestamp};

impl Store {
    /// Which claim stands for each of those named; unknown ones are left out.
    pub async fn standing(&self, ids: &[ClaimId]) -> Result<HashMap<ClaimId, ClaimId>, Error> {
        standing(&mut self.db.quick().await?, ids).await
    }
}

fn keys<'a>(ids: impl IntoIterator<Item = &'a ClaimId>) -> Vec<Value> {
    ids.into_iter().map(Value::from).collect()
}

fn pairs(mut rows: Vec<Row>) -> Result<HashMap<ClaimId, ClaimId>, Error> {
    rows.iter_mut().map(|row| Ok((row.take()?, row.take()?))).collect()
}

/// Which claim stands for each: most for themselves.
pub(super) async fn standing(conn: &mut Conn, ids: &[ClaimId]) -> Result<HashMap<ClaimId, ClaimId>, Error> {
    let sql = "SELECT id, COALESCE(merged_into, id) FROM claims WHERE id IN {in}";
    pairs(conn.fetch_in(sql, keys(ids)).await?)
}

/// The claims that these stand for besides themselves, each with the one that stands for it.
pub(super) async fn members(conn: &mut Conn, ids: &[ClaimId]) -> Result<BTreeMap<ClaimId, ClaimId>, Error> {
    let sql = "SELECT id, merged_into FROM claims WHERE merged_into IN {in}";
    Ok(pairs(conn.fetch_in(sql, keys(ids)).await?)?.into_iter().collect())
}

/// Of some claims those that do not stand alone, each with the one that stands for it.
pub(super) async fn shared(conn: &mut Conn, ids: &[ClaimId]) -> Result<HashMap<ClaimId, ClaimId>, Error> {
    let sql = "SELECT c.id, COALESCE(c.merged_into, c.id) FROM claims c WHERE c.id IN {in} AND (c.merged_into IS NOT NULL \
               OR EXISTS (SELECT 1 FROM claims m WHERE m.merged_into = c.id))";
    pairs(conn.fetch_in(sql, keys(ids)).await?)
}

/// Checks, after rows were counted for the claims that stand for others, that they still do: they are held by the counting, so
/// that whoever merges or splits them has been, and the work is begun anew, or has to wait.
pub(super) async fn still_standing(tx: &mut Tx, counted: &HashMap<ClaimId, ClaimId>) -> Result<(), Error> {
    let ids: Vec<ClaimId> = counted.keys().copied().collect();
    if standing(tx.conn(), &ids).await? == *counted {
        Ok(())
    } else {
        Err(Error::lost_race())
    }
}

/// Counts anew what a claim has with all that it stands for. The caller holds its row, by having written to it.
pub(super) async fn recount(tx: &mut Tx, id: &ClaimId) -> Result<(), Error> {
    let family: Vec<ClaimId> = members(tx.conn(), &[*id]).await?.into_keys().chain([*id]).collect();
    let seen = Seen::of(tx, &family).await?;
    let checks = fact_checks(tx, &family).await?;
    let asked = Asked::of(tx, &family).await?;
    for claim in &family {
        days(tx, claim).await?;
    }
    let sql = "UPDATE claims SET sightings = $2, first_seen = $3, last_seen = $4, fact_checks = $5, worth = $6, \
               requests = $7, requested_at = $8 WHERE id = $1";
    let worth = seen.worth.max(asked.worth);
    let args = args![
        id,
        seen.count,
        seen.first,
        seen.last,
        checks,
        worth,
        asked.count,
        asked.last
    ];
    tx.execute(sql, args).await.map(drop)
}

/// Counts anew the days of a claim's own sightings.
async fn days(tx: &mut Tx, claim: &ClaimId) -> Result<(), Error> {
    tx.execute("DELETE FROM claim_days WHERE claim_id = $1", args![claim])
        .await?;
    let sql = "INSERT INTO claim_days (claim_id, day, sightings) \
               SELECT t.claim_id, (t.at - ((t.at % 86400000) + 86400000) % 86400000) / 86400000, COUNT(*) FROM ( \
               SELECT s.claim_id, CASE WHEN d.published_at < s.seen_at THEN d.published_at ELSE s.seen_at END AS at \
               FROM sightings s JOIN documents d ON d.id = s.document_id WHERE s.claim_id = $1) AS t GROUP BY 1, 2";
    tx.execute(sql, args![claim]).await.map(drop)
}

/// Who asked for a check.
#[derive(Default)]
struct Asked {
    count: u64,
    last: Option<Timestamp>,
    worth: f64,
}

impl Asked {
    async fn of(tx: &mut Tx, family: &[ClaimId]) -> Result<Self, Error> {
        let sql = "SELECT COUNT(*), MAX(at), COALESCE(MAX(score), 0.0) FROM reports WHERE claim_id IN {in}";
        let mut asked = Self::default();
        for row in &mut tx.fetch_in(sql, keys(family)).await? {
            let (count, last, worth): (u64, Option<Timestamp>, f64) = (row.take()?, row.take()?, row.take()?);
            asked = Self {
                count: asked.count + count,
                last: asked.last.max(last),
                worth: asked.worth.max(worth),
            };
        }
        Ok(asked)
    }
}

/// Counts anew the fact-checks of a claim that stands for others; the same one may be attached to several of them.
pub(super) async fn recount_checks(tx: &mut Tx, id: &ClaimId) -> Result<(), Error> {
    // Taken hold of first: a statement that waits for a row still sees the others as they were when it began.
    tx.execute("UPDATE claims SET fact_checks = fact_checks WHERE id = $1", args![id])
        .await?;
    let family: Vec<ClaimId> = members(tx.conn(), &[*id]).await?.into_keys().chain([*id]).collect();
    let checks = fact_checks(tx, &family).await?;
    let sql = "UPDATE claims SET fact_checks = $2 WHERE id = $1 AND merged_into IS NULL";
    match tx.execute(sql, args![id, checks]).await? {
        0 => Err(Error::lost_race()),
        _ => Ok(()),
    }
}

#[derive(Default)]
struct Seen {
    count: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    worth: f64,
}

impl Seen {
    /// A sighting counts from what its page says, unless we read it before that.
    async fn of(tx: &mut Tx, family: &[ClaimId]) -> Result<Self, Error> {
        let sql = "SELECT COUNT(*), MIN(t.at), MAX(t.at), COALESCE(MAX(t.score), 0.0) FROM ( \
                   SELECT s.score, CASE WHEN d.published_at < s.seen_at THEN d.published_at ELSE s.seen_at END AS at \
                   FROM sightings s JOIN documents d ON d.id = s.document_id WHERE s.claim_id IN {in}) AS t";
        let mut seen = Self::default();
        for row in &mut tx.fetch_in(sql, keys(family)).await? {
            let (count, first, last): (u64, Option<Timestamp>, Option<Timestamp>) =
                (row.take()?, row.take()?, row.take()?);
            let worth: f64 = row.take()?;
            seen = Self {
                count: seen.count + count,
                first: seen.first.into_iter().chain(first).min(),
                last: seen.last.max(last),
                worth: seen.worth.max(worth),
            };
        }
        Ok(seen)
    }
}

async fn fact_checks(tx: &mut Tx, family: &[ClaimId]) -> Result<u64, Error> {
    let sql = "SELECT DISTINCT fact_check_id FROM attachments WHERE withdrawn_at IS NULL AND claim_id IN {in}";
    let mut rows = tx.fetch_in(sql, keys(family)).await?;
    let checks: HashSet<FactCheckId> = rows.iter_mut().map(Row::take).collect::<Result<_, _>>()?;
    Ok(checks.len() as u64)
}
