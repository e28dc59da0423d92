//! Sightings that were just recorded come in; what the queue and the alarms go by is counted along: days, and the best score.
//!
//! A day's row is the claim's that the sighting came to, as the sighting itself; the score is the standing claim's.

use std::collections::HashMap;

use super::{
    Error,
    batch::Insert,
    transaction::Tx,
    value::{Value, args},
};
use crate::domain::{ClaimId, Mention, Timestamp};

const DAYS: Insert = Insert {
    into: "INSERT INTO claim_days (claim_id, day, sightings)",
    then: "ON CONFLICT (claim_id, day) DO UPDATE SET sightings = claim_days.sightings + 1",
};

/// Counts one sighting more for each claim on the day of a moment, and keeps the best score.
pub(super) async fn sighted(
    tx: &mut Tx,
    at: Timestamp,
    seen: &[(ClaimId, &Mention)],
    standing: &HashMap<ClaimId, ClaimId>,
) -> Result<(), Error> {
    let mut claims: Vec<&ClaimId> = seen.iter().map(|(claim, _)| claim).collect();
    // In one order everywhere: two writers wait for each other and do not lock.
    claims.sort_unstable();
    let rows = claims.into_iter().map(|claim| args![claim, at.day(), 1_i64]);
    tx.insert(DAYS, rows.collect()).await?;
    let scores = seen
        .iter()
        .filter_map(|(claim, mention)| Some((*standing.get(claim)?, mention.score)));
    raise(tx, &scores.collect()).await
}

/// Reads before it writes: few sightings are better than all before them.
async fn raise(tx: &mut Tx, scores: &HashMap<ClaimId, f32>) -> Result<(), Error> {
    let sql = "SELECT id, worth FROM claims WHERE id IN {in}";
    let mut better = Vec::new();
    for row in &mut tx.fetch_in(sql, scores.keys().map(Value::from).collect()).await? {
        let (id, worth): (ClaimId, f64) = (row.take()?, row.take()?);
        better.extend(
            scores
                .get(&id)
                .filter(|score| f64::from(**score) > worth)
                .map(|score| (id, *score)),
        );
    }
    better.sort_unstable_by_key(|(id, _)| *id);
    for (id, score) in better {
        tx.execute("UPDATE claims SET worth = $2 WHERE id = $1", args![&id, score])
            .await?;
    }
    Ok(())
}
