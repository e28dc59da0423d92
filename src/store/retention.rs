//! A time comes in; what was kept for longer than its kind may be goes.

use std::collections::BTreeSet;

use super::{
    Error, Store,
    erasing::{hold, note_sightings},
    merging::note,
    rewording::{self, Prints},
    transaction::{Tx, transact},
    value::{Row, Value, args},
};
use crate::domain::{Action, Actor, ClaimId, ClaimText, Kept, ObjectKind, SightingId, Timestamp};

/// Rows dropped by one transaction: other writers wait for it.
const BATCH: u32 = 500;

/// What was dropped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Documents that lost their texts.
    pub documents: u64,
    /// Sightings that lost their quotes.
    pub quotes: u64,
}

/// Of a document, whether a claim seen in it has a fact-check.
macro_rules! answered {
    () => {
        "EXISTS (SELECT 1 FROM sightings s JOIN claims c ON c.id = s.claim_id \
         JOIN claims t ON t.id = COALESCE(c.merged_into, c.id) WHERE s.document_id = d.id AND t.fact_checks > 0)"
    };
}

const QUOTES: &str = "SELECT s.id, s.claim_id, s.quote FROM documents d JOIN sightings s ON s.document_id = d.id \
     JOIN claims c ON c.id = s.claim_id JOIN claims t ON t.id = COALESCE(c.merged_into, c.id) \
     WHERE d.holds > 0 AND d.changed_at < $1 AND s.quote <> '' AND t.fact_checks = 0 ORDER BY s.id LIMIT $2";

const UNANSWERED: &str = concat!(
    "SELECT d.id FROM documents d WHERE d.holds > 0 AND d.changed_at < $1 AND NOT ",
    answered!(),
    " LIMIT $2"
);

const ANSWERED: &str = concat!(
    "SELECT d.id FROM documents d WHERE d.holds = 2 AND d.changed_at < $1 AND ",
    answered!(),
    " LIMIT $2"
);

impl Store {
    /// Drops what was last changed before a time of documents none of whose claims has a fact-check: titles, texts, authors,
    /// quotes. Addresses, hashes and counts stay; so do claims, without words that nothing else says. Quotes of claims
    /// without a fact-check go from other documents too.
    pub async fn drop_unanswered(&self, before: Timestamp) -> Result<Dropped, Error> {
        let mut dropped = Dropped::default();
        loop {
            let quotes = transact!(self.db, &Actor::Operator, |tx| drop_quotes(&mut tx, before))?;
            dropped.quotes += quotes;
            if quotes < u64::from(BATCH) {
                break;
            }
        }
        dropped.documents = self.drop_texts(UNANSWERED, before, 0).await?;
        Ok(dropped)
    }

    /// Drops titles, texts and authors of documents that were last changed before a time and in which a claim with a
    /// fact-check was seen. The quotes stay.
    pub async fn drop_answered(&self, before: Timestamp) -> Result<Dropped, Error> {
        let documents = self.drop_texts(ANSWERED, before, 1).await?;
        Ok(Dropped { documents, quotes: 0 })
    }

    async fn drop_texts(&self, which: &'static str, before: Timestamp, holds: i64) -> Result<u64, Error> {
        let mut all = 0;
        loop {
            let dropped = transact!(self.db, &Actor::Operator, |tx| drop_texts(
                &mut tx, which, before, holds
            ))?;
            all += dropped;
            if dropped < u64::from(BATCH) {
                return Ok(all);
            }
        }
    }

    /// Drops what requests for a check say that came before a time: their words and addresses, and those of claims that nobody
    /// else says and that nobody asked for since. Their counts and receipts stay. Gives how many requests.
    pub async fn drop_requests(&self, before: Timestamp) -> Result<u64, Error> {
        transact!(self.db, &Actor::Operator, |tx| drop_requests(&mut tx, before))
    }

    /// Records of one of the archive's files that a claim with a fact-check was read from: evidence.
    pub async fn evidence_in(&self, file: &str) -> Result<Vec<Kept>, Error> {
        let sql = concat!(
            "SELECT k.file, k.place, k.digest FROM document_copies k JOIN documents d ON d.id = k.document_id \
             WHERE k.file = $1 AND ",
            answered!()
        );
        let kept = |row: &mut Row| {
            Ok(Kept {
                file: row.take()?,
                offset: row.take()?,
                digest: row.take()?,
            })
        };
        self.db.fetch(sql, args![file]).await?.iter_mut().map(kept).collect()
    }

    /// When retention was last applied.
    pub async fn retained_at(&self) -> Result<Option<Timestamp>, Error> {
        let sql = "SELECT value FROM settings WHERE name = 'retained_at'";
        let mut rows = self.db.fetch(sql, vec![]).await?;
        let text: Option<String> = rows.first_mut().map(Row::take).transpose()?;
        Ok(text.as_deref().and_then(Timestamp::parse))
    }

    /// Notes that retention was applied.
    pub async fn note_retained(&self, at: Timestamp) -> Result<(), Error> {
        let sql = "INSERT INTO settings (name, value) VALUES ('retained_at', $1) \
                   ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        transact!(self.db, &Actor::Operator, |tx| async {
            tx.execute(sql, args![at.to_string()]).await.map(drop)
        })
    }
}

async fn drop_quotes(tx: &mut Tx, before: Timestamp) -> Result<u64, Error> {
    let (mut sightings, mut claims, mut gone): (Vec<SightingId>, BTreeSet<ClaimId>, Vec<String>) = Default::default();
    for row in &mut tx.fetch(QUOTES, args![before, BATCH]).await? {
        sightings.push(row.take()?);
        claims.insert(row.take()?);
        gone.push(row.take()?);
    }
    if sightings.is_empty() {
        return Ok(0);
    }
    let heads = hold(tx, &claims).await?;
    let keys = sightings.iter().map(Value::from).collect();
    tx.execute_in(
        "UPDATE sightings SET quote = '', speaker = NULL, reasons = NULL WHERE id IN {in}",
        vec![],
        keys,
    )
    .await?;
    rewording::reword(tx, &claims, &heads, &gone, Prints::Stay).await?;
    for head in &heads {
        note(tx, head, Action::Updated).await?;
    }
    note_sightings(tx, &sightings, Action::Erased).await?;
    Ok(sightings.len() as u64)
}

async fn drop_requests(tx: &mut Tx, before: Timestamp) -> Result<u64, Error> {
    let sql = "UPDATE claims SET text = $2, version = version + 1 WHERE concealed = 1 AND text <> $2 AND text_by IS NULL \
               AND sightings = 0 AND requested_at < $1 RETURNING id, version";
    for row in &mut tx.fetch(sql, args![before, ClaimText::ERASED]).await? {
        let id: ClaimId = row.take()?;
        tx.note(ObjectKind::Claim, id, row.take()?, Action::Erased);
    }
    let sql = "UPDATE reports SET text = NULL, quote = NULL, url = NULL, url_key = NULL \
               WHERE at < $1 AND (text IS NOT NULL OR quote IS NOT NULL OR url IS NOT NULL)";
    tx.execute(sql, args![before]).await
}

async fn drop_texts(tx: &mut Tx, which: &'static str, before: Timestamp, holds: i64) -> Result<u64, Error> {
    let mut rows = tx.fetch(which, args![before, BATCH]).await?;
    let ids: Vec<String> = rows.iter_mut().map(Row::take).collect::<Result<_, _>>()?;
    let sql = "UPDATE documents SET title = '', text = '', author = NULL, account = NULL, holds = $1 WHERE id IN {in}";
    tx.execute_in(sql, args![holds], ids.iter().map(Value::from).collect())
        .await
}
