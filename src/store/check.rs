//! Whether the store is whole, and how much is in it.

use super::{
    Error, Store, changes,
    db::{Conn, Db},
    transaction::view,
    value::Row,
};

/// How much is in the store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Documents read.
    pub documents: u64,
    /// Claims, those not counted that others stand for.
    pub claims: u64,
    /// Sightings of claims.
    pub sightings: u64,
    /// Fact-checks.
    pub fact_checks: u64,
    /// Active attachments.
    pub attachments: u64,
    /// Sources set.
    pub sources: u64,
    /// Number of the last change.
    pub last_change: u64,
}

impl Store {
    /// How much is in the store.
    pub async fn counts(&self) -> Result<Counts, Error> {
        view!(self.db, |conn| counts(conn))
    }

    /// Everything that is wrong with what is stored, a line each; empty if nothing is.
    pub async fn check(&self) -> Result<Vec<String>, Error> {
        view!(self.db, |conn| check(&self.db, conn))
    }
}

async fn counts(conn: &mut Conn) -> Result<Counts, Error> {
    Ok(Counts {
        documents: count(conn, "SELECT COUNT(*) FROM documents").await?,
        claims: count(conn, "SELECT COUNT(*) FROM claims WHERE merged_into IS NULL").await?,
        sightings: count(conn, "SELECT COUNT(*) FROM sightings").await?,
        fact_checks: count(conn, "SELECT COUNT(*) FROM fact_checks").await?,
        attachments: count(conn, "SELECT COUNT(*) FROM attachments WHERE withdrawn_at IS NULL").await?,
        sources: count(conn, "SELECT COUNT(*) FROM sources WHERE removed_at IS NULL").await?,
        last_change: changes::last(conn).await?,
    })
}

async fn count(conn: &mut Conn, sql: &'static str) -> Result<u64, Error> {
    conn.fetch(sql, vec![])
        .await?
        .first_mut()
        .ok_or(sqlx::Error::RowNotFound)?
        .take()
}

/// What must not be, and how many there are of it.
const RULES: &[(&str, &str)] = &[
    (
        "numbers missing in the change log",
        "SELECT (SELECT value FROM counters WHERE name = 'changes') - (SELECT COUNT(*) FROM changes)",
    ),
    (
        "changes numbered above the counter",
        "SELECT COUNT(*) FROM changes WHERE number > (SELECT value FROM counters WHERE name = 'changes') OR number < 1",
    ),
    (
        "claims with a wrong number of sightings",
        "SELECT COUNT(*) FROM claims c WHERE c.merged_into IS NULL AND c.sightings <> \
         (SELECT COUNT(*) FROM sightings s WHERE s.claim_id = c.id) + \
         (SELECT COUNT(*) FROM claims m JOIN sightings s ON s.claim_id = m.id WHERE m.merged_into = c.id)",
    ),
    (
        "claims with a wrong number of fact-checks",
        "SELECT COUNT(*) FROM claims c WHERE c.merged_into IS NULL AND c.fact_checks <> (SELECT COUNT(*) FROM \
         (SELECT a.fact_check_id FROM attachments a WHERE a.claim_id = c.id AND a.withdrawn_at IS NULL UNION \
         SELECT a.fact_check_id FROM claims m JOIN attachments a ON a.claim_id = m.id AND a.withdrawn_at IS NULL \
         WHERE m.merged_into = c.id) AS attached)",
    ),
    (
        "claims with a wrong number of requests",
        "SELECT COUNT(*) FROM claims c WHERE c.merged_into IS NULL AND c.requests <> \
         (SELECT COUNT(*) FROM reports r WHERE r.claim_id = c.id) + \
         (SELECT COUNT(*) FROM claims m JOIN reports r ON r.claim_id = m.id WHERE m.merged_into = c.id)",
    ),
    (
        "claims whose sightings are not those of their days",
        "SELECT COUNT(*) FROM (SELECT s.claim_id, COUNT(*) FROM sightings s GROUP BY s.claim_id \
         EXCEPT SELECT d.claim_id, CAST(SUM(d.sightings) AS BIGINT) FROM claim_days d GROUP BY d.claim_id) AS uncounted",
    ),
    (
        "claims merged into one that does not stand for itself",
        "SELECT COUNT(*) FROM claims m WHERE m.merged_into IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM claims c WHERE c.id = m.merged_into AND c.merged_into IS NULL)",
    ),
    (
        "claims merged by half",
        "SELECT COUNT(*) FROM claims WHERE (merged_into IS NULL) <> (merged_under IS NULL)",
    ),
    (
        "claims without a fingerprint",
        "SELECT COUNT(*) FROM (SELECT place FROM claims WHERE text <> '[erased]' EXCEPT SELECT claim FROM claim_fingerprints) AS nameless",
    ),
    (
        "fact-checks without their current version",
        "SELECT COUNT(*) FROM fact_checks f WHERE f.version <> \
         (SELECT COALESCE(MAX(v.version), 0) FROM fact_check_versions v WHERE v.fact_check_id = f.id)",
    ),
    (
        "attachments withdrawn by half",
        "SELECT COUNT(*) FROM attachments WHERE (withdrawn_by IS NULL) <> (withdrawn_at IS NULL) \
         OR (withdrawn_because IS NULL) <> (withdrawn_at IS NULL)",
    ),
    (
        "objects without a change",
        "SELECT COUNT(*) FROM (SELECT id FROM claims UNION ALL SELECT id FROM sightings UNION ALL \
         SELECT id FROM fact_checks UNION ALL SELECT id FROM attachments UNION ALL SELECT id FROM sources \
         UNION ALL SELECT id FROM reports UNION ALL SELECT id FROM alarms \
         EXCEPT SELECT id FROM changes) AS silent",
    ),
];

async fn check(db: &Db, conn: &mut Conn) -> Result<Vec<String>, Error> {
    let mut problems = Vec::new();
    for row in &mut conn.fetch(db.integrity(), vec![]).await? {
        problems.push(row.take::<String>()?);
    }
    problems.retain(|problem| problem != "ok");
    problems.extend(normaliser(conn).await?);
    for (problem, sql) in RULES {
        let mut rows = conn.fetch(*sql, vec![]).await?;
        let found: i64 = rows.first_mut().ok_or(sqlx::Error::RowNotFound)?.take()?;
        if found != 0 {
            problems.push(format!("{problem}: {found}"));
        }
    }
    Ok(problems)
}

/// Fingerprints and address keys are valid for one version of the normaliser: with another one nothing known is found.
async fn normaliser(conn: &mut Conn) -> Result<Option<String>, Error> {
    let sql = "SELECT value FROM settings WHERE name = 'normaliser'";
    let found: Option<String> = conn.fetch(sql, vec![]).await?.first_mut().map(Row::take).transpose()?;
    let wanted = claim_index::NORMALISER_VERSION.to_string();
    let found = found.unwrap_or_else(|| "none".to_owned());
    Ok((found != wanted).then(|| format!("keys made by normaliser {found}, this program has {wanted}")))
}
