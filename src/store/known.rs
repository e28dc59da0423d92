//! What answers tell of claims: all of it in one statement, so that it is from one moment.

use std::{collections::HashMap, sync::Arc};

use super::{
    Error, Store,
    claims::{claim, claim_columns},
    fact_checks::{fact_check, fact_check_columns},
    value::{Row, Value},
};
use crate::domain::{Claim, ClaimId, FactCheck, FactCheckId};

/// What an answer tells of a claim.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// The claim; it stands for itself.
    pub claim: Claim,
    /// The fact-checks that are attached to it now, or to a claim that it stands for: newest attachment first, each once.
    pub fact_checks: Vec<FactCheck>,
}

/// What is known of some claims at one moment.
#[derive(Debug, Clone, Default)]
pub struct KnownAt {
    /// The number of the last change then; `None` if none of the claims is known.
    pub change: Option<u64>,
    /// By the identifier asked for, what is known of the claim that stands for it.
    pub claims: HashMap<ClaimId, Arc<Known>>,
}

/// A row a fact-check, and one for a claim without any.
const KNOWN: &str = concat!(
    "WITH asked AS (SELECT id, COALESCE(merged_into, id) AS head FROM claims WHERE id IN {in}), \
     family AS (SELECT id AS asked, head, head AS member FROM asked \
     UNION ALL SELECT k.id, k.head, m.id FROM asked k JOIN claims m ON m.merged_into = k.head) \
     SELECT y.asked, (SELECT value FROM counters WHERE name = 'changes'), ",
    claim_columns!(),
    ", f.id, ",
    fact_check_columns!(),
    " FROM family y JOIN claims c ON c.id = y.head \
     LEFT JOIN attachments a ON a.claim_id = y.member AND a.withdrawn_at IS NULL \
     LEFT JOIN fact_checks f ON f.id = a.fact_check_id \
     LEFT JOIN fact_check_versions v ON v.fact_check_id = f.id AND v.version = f.version ORDER BY a.id DESC"
);

impl Store {
    /// What answers tell of the claims named; unknown ones are left out. Of at most 512 it is told as of one moment, of more
    /// as of that moment or later.
    pub async fn known(&self, ids: &[ClaimId]) -> Result<KnownAt, Error> {
        let mut conn = self.db.quick().await?;
        let mut rows = conn.fetch_in(KNOWN, ids.iter().map(Value::from).collect()).await?;
        let (mut change, mut found) = (None, HashMap::new());
        for row in &mut rows {
            let asked: ClaimId = row.take()?;
            let now: u64 = row.take()?;
            change = Some(change.unwrap_or(now).min(now));
            add(found.entry(asked), row)?;
        }
        let claims = found.into_iter().map(|(asked, known)| (asked, Arc::new(known)));
        Ok(KnownAt {
            change,
            claims: claims.collect(),
        })
    }
}

fn add(place: std::collections::hash_map::Entry<'_, ClaimId, Known>, row: &mut Row) -> Result<(), Error> {
    let claim = claim(row)?;
    let known = place.or_insert_with(|| Known {
        claim,
        fact_checks: Vec::new(),
    });
    let attached: Option<FactCheckId> = row.take()?;
    // Attached to several claims that were merged, it is one fact-check still.
    if attached.is_some_and(|id| known.fact_checks.iter().all(|check| check.id != id)) {
        known.fact_checks.push(fact_check(row)?);
    }
    Ok(())
}
