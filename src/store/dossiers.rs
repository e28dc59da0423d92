//! All that is known about a claim: its fact-checks, its sightings, its addresses.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    Cursor, Error, Page, Store,
    attachments::{attachment, attachment_columns},
    claims::{claim, claim_columns},
    cursor::List,
    db::Conn,
    fact_checks::{fact_check, fact_check_columns, fact_check_tables},
    family,
    transaction::view,
    value::{Row, Signs, Value, args},
};
use crate::domain::{Attachment, Claim, ClaimId, FactCheck, Sighting, UrlKey};

/// A claim with all that was ever attached to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Dossier {
    /// The claim.
    pub claim: Claim,
    /// Its attachments, withdrawn ones too, newest first.
    pub fact_checks: Vec<Attached>,
}

/// A fact-check with the act that ties it to a claim.
#[derive(Debug, Clone, PartialEq)]
pub struct Attached {
    /// The act.
    pub attachment: Attachment,
    /// The fact-check as it stands.
    pub fact_check: FactCheck,
}

/// What [`sighting`] reads.
macro_rules! sighting_columns {
    () => {
        "s.id, $1, d.id, d.url, d.title, s.quote, s.lang, s.score, s.speaker, s.reasons, o.id, d.published_at, s.seen_at"
    };
}

/// Reads this of the sightings of the claim `$1` and of those that it stands for.
macro_rules! of_claim {
    ($columns:expr, $rest:expr) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM sightings s JOIN documents d ON d.id = s.document_id \
             LEFT JOIN sources o ON o.id = d.source_id AND o.removed_at IS NULL \
             WHERE s.claim_id IN (SELECT id FROM claims WHERE id = $1 OR merged_into = $1) ",
            $rest
        )
    };
}
pub(super) use {of_claim, sighting_columns};

impl Store {
    /// The claims named with their attachments and those of the claims that they stand for, in the order asked; unknown ones
    /// are left out.
    pub async fn dossiers(&self, ids: &[ClaimId]) -> Result<Vec<Dossier>, Error> {
        view!(self.db, |conn| dossiers(conn, ids))
    }

    /// The claims that an address stands for: seen there, reviewed there, or named there by an attached fact-check.
    pub async fn claims_at(&self, key: &UrlKey) -> Result<Vec<ClaimId>, Error> {
        claims_at(&mut self.db.reader().await?, key).await
    }

    /// Where a claim was seen, and those that it stands for, newest first.
    pub async fn sightings(
        &self,
        claim: &ClaimId,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Sighting>, Error> {
        let start = Cursor {
            list: List::Sightings,
            key: i64::MAX,
            id: Uuid::max(),
        };
        let from = after.map_or(Ok(start), |cursor| cursor.of(List::Sightings))?;
        let sql = of_claim!(
            sighting_columns!(),
            "AND (s.seen_at, s.id) < ($2, $3) ORDER BY s.seen_at DESC, s.id DESC LIMIT $4"
        );
        let args = args![claim, from.key, from.id.to_string(), i64::from(limit) + 1];
        let items = self
            .db
            .fetch(sql, args)
            .await?
            .iter_mut()
            .map(sighting)
            .collect::<Result<_, _>>()?;
        Ok(Page::cut(items, limit, |last: &Sighting| Cursor {
            list: List::Sightings,
            key: last.seen_at.as_millis(),
            id: last.id.into(),
        }))
    }
}

pub(super) async fn claims_at(conn: &mut Conn, key: &UrlKey) -> Result<Vec<ClaimId>, Error> {
    let sql = "SELECT DISTINCT COALESCE(c.merged_into, c.id) FROM claims c JOIN ( \
               SELECT s.claim_id FROM documents d JOIN sightings s ON s.document_id = d.id WHERE d.url_key = $1 \
               UNION SELECT s.claim_id FROM documents d JOIN sightings s ON s.document_id = d.id \
               WHERE d.canonical_key = $1 \
               UNION SELECT a.claim_id FROM fact_check_urls u \
               JOIN attachments a ON a.fact_check_id = u.fact_check_id AND a.withdrawn_at IS NULL \
               WHERE u.url_key = $1) AS found ON found.claim_id = c.id ORDER BY 1";
    conn.fetch(sql, args![key]).await?.iter_mut().map(Row::take).collect()
}

pub(super) async fn dossiers(conn: &mut Conn, ids: &[ClaimId]) -> Result<Vec<Dossier>, Error> {
    let keys: Vec<Value> = ids.iter().map(Value::from).collect();
    let sql = concat!("SELECT ", claim_columns!(), " FROM claims c WHERE c.id IN {in}");
    let mut claims: HashMap<ClaimId, Claim> = HashMap::new();
    for row in &mut conn.fetch_in(sql, keys.clone()).await? {
        let claim = claim(row)?;
        claims.insert(claim.id, claim);
    }
    let members = family::members(conn, ids).await?;
    let attached = attached(conn, keys.into_iter().chain(members.keys().map(Value::from)).collect()).await?;
    let dossier = |id: &ClaimId| {
        let fact_checks = attached.get(id).cloned().unwrap_or_default();
        Some(Dossier {
            claim: claims.get(id)?.clone(),
            fact_checks,
        })
    };
    Ok(ids.iter().filter_map(dossier).collect())
}

async fn attached(conn: &mut Conn, claims: Vec<Value>) -> Result<HashMap<ClaimId, Vec<Attached>>, Error> {
    let sql = concat!(
        "SELECT ",
        attachment_columns!(),
        ", ",
        fact_check_columns!(),
        " FROM ",
        fact_check_tables!(),
        " JOIN attachments a ON a.fact_check_id = f.id WHERE a.claim_id IN {in} ORDER BY a.id DESC"
    );
    let mut attached: HashMap<ClaimId, Vec<Attached>> = HashMap::new();
    for row in &mut conn.fetch_in(sql, claims).await? {
        let one = Attached {
            attachment: attachment(row)?,
            fact_check: fact_check(row)?,
        };
        attached.entry(one.attachment.claim_id).or_default().push(one);
    }
    Ok(attached)
}

pub(super) fn sighting(row: &mut Row) -> Result<Sighting, Error> {
    Ok(Sighting {
        id: row.take()?,
        claim_id: row.take()?,
        document_id: row.take()?,
        url: row.take()?,
        title: row.take()?,
        quote: row.take()?,
        lang: row.take()?,
        score: row.take::<f64>()? as f32,
        speaker: row.take()?,
        reasons: row.take::<Option<Signs>>()?.unwrap_or_default().0,
        source_id: row.take()?,
        published_at: row.take()?,
        seen_at: row.take()?,
    })
}
