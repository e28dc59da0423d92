//! Sightings and reports that were just recorded come in; alarms go out, one an episode.
//!
//! Old pages raise nothing: an alarm is about what is said now. What is usual is read from a row a day, and what is coordinated
//! from the last hundred sightings, so that a claim that is everywhere costs no more than another.

use std::collections::{HashMap, HashSet};

use claim_index::{Fingerprint, Sketch};

use super::{
    Error,
    db::Conn,
    dossiers,
    transaction::Tx,
    value::{Row, Value, args},
};
use crate::{
    cluster::NEAR_DUPLICATE,
    domain::{Action, AlarmId, AlarmKind, ClaimId, Evidence, Mention, ObjectKind, Pseudonym, Thresholds, Timestamp},
};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// How old a sighting may be to be news.
const NEWS_MS: i64 = 2 * DAY_MS;

/// Most sightings compared when it is asked whether a text is coordinated.
const COMPARED: i64 = 100;

/// Episodes of the claims that these stand for, and then their own: a merge begins none anew.
const EPISODES: [&str; 2] = [
    "SELECT c.merged_into, a.kind, a.id, a.last_at FROM claims c JOIN alarms a ON a.claim_id = c.id WHERE c.merged_into IN {in}",
    "SELECT claim_id, kind, id, last_at FROM alarms WHERE claim_id IN {in}",
];

/// What was known of a claim before something was recorded.
#[derive(Debug, Clone, Default)]
struct Before {
    sightings: u64,
    fact_checks: u64,
    first_seen: Option<Timestamp>,
    last_seen: Option<Timestamp>,
    /// Its episodes that are not over.
    open: HashMap<AlarmKind, AlarmId>,
}

/// Claims about to be counted.
pub(super) struct Watch<'a> {
    limits: &'a Thresholds,
    /// When it is recorded.
    now: Timestamp,
    before: HashMap<ClaimId, Before>,
}

/// A sighting that was counted.
pub(super) struct Seen<'a> {
    /// The claim that stands for it.
    pub(super) claim: ClaimId,
    pub(super) mention: &'a Mention,
    /// The account that said it.
    pub(super) account: Option<Pseudonym>,
    /// When it counts.
    pub(super) at: Timestamp,
}

impl<'a> Watch<'a> {
    /// Reads how the claims that stand for themselves are, before they are counted.
    pub(super) async fn begin(
        conn: &mut Conn,
        limits: &'a Thresholds,
        now: Timestamp,
        claims: &HashSet<ClaimId>,
    ) -> Result<Self, Error> {
        let keys = || claims.iter().map(Value::from).collect::<Vec<_>>();
        let mut before: HashMap<ClaimId, Before> = HashMap::new();
        let sql = "SELECT id, sightings, fact_checks, first_seen, last_seen FROM claims WHERE id IN {in}";
        for row in &mut conn.fetch_in(sql, keys()).await? {
            let id = row.take()?;
            let read = Before {
                sightings: row.take()?,
                fact_checks: row.take()?,
                first_seen: row.take()?,
                last_seen: row.take()?,
                open: HashMap::new(),
            };
            before.insert(id, read);
        }
        let over = now.as_millis() - i64::from(limits.episode_hours) * HOUR_MS;
        for sql in EPISODES {
            for row in &mut conn.fetch_in(sql, keys()).await? {
                let (claim, kind, id, last): (ClaimId, AlarmKind, AlarmId, i64) =
                    (row.take()?, row.take()?, row.take()?, row.take()?);
                if let Some(before) = before.get_mut(&claim).filter(|_| last > over) {
                    before.open.insert(kind, id);
                }
            }
        }
        Ok(Self { limits, now, before })
    }

    /// Raises what a sighting raises, or adds it to the episode that goes on.
    pub(super) async fn sighted(&self, tx: &mut Tx, seen: &Seen<'_>) -> Result<(), Error> {
        let Some(before) = self.before.get(&seen.claim) else {
            return Ok(());
        };
        if self.now.as_millis() - seen.at.as_millis() > NEWS_MS {
            return Ok(());
        }
        for kind in AlarmKind::ALL {
            let evidence = match (kind, before.open.get(kind)) {
                (AlarmKind::Resurfaced, Some(_)) => Some(Evidence::default()),
                (AlarmKind::Resurfaced, None) => self.resurfaced(tx, before, seen).await?,
                (AlarmKind::Growing, _) => self.growing(tx, before, seen).await?,
                (AlarmKind::Coordinated, open) => self.coordinated(tx, before, seen, open.is_some()).await?,
            };
            if let Some(evidence) = evidence {
                self.raise(tx, *kind, &seen.claim, before, &evidence).await?;
            }
        }
        Ok(())
    }

    /// The same for a request for a check.
    pub(super) async fn requested(&self, tx: &mut Tx, claim: &ClaimId) -> Result<(), Error> {
        let Some(before) = self.before.get(claim) else {
            return Ok(());
        };
        let least = u64::from(self.limits.burst_requests);
        let from = self.now.as_millis() - i64::from(self.limits.burst_minutes) * MINUTE_MS;
        let sql = "SELECT COUNT(*) FROM (SELECT 1 FROM reports WHERE claim_id IN \
                   (SELECT id FROM claims WHERE id = $1 OR merged_into = $1) AND at > $2 LIMIT $3) AS asked";
        let asked: u64 = one(tx, sql, args![claim, from, least]).await?;
        if asked < least.max(1) {
            return Ok(());
        }
        let evidence = Evidence {
            requests: Some(asked),
            minutes: Some(u64::from(self.limits.burst_minutes)),
            ..Evidence::default()
        };
        self.raise(tx, AlarmKind::Coordinated, claim, before, &evidence).await
    }

    async fn raise(
        &self,
        tx: &mut Tx,
        kind: AlarmKind,
        claim: &ClaimId,
        before: &Before,
        evidence: &Evidence,
    ) -> Result<(), Error> {
        if let Some(open) = before.open.get(&kind) {
            let sql = "UPDATE alarms SET happened = happened + 1, \
                       last_at = CASE WHEN last_at < $2 THEN $2 ELSE last_at END WHERE id = $1";
            return tx.execute(sql, args![open, self.now]).await.map(drop);
        }
        let id = AlarmId::new();
        let sql = "INSERT INTO alarms (id, kind, claim_id, began_at, last_at, happened, evidence) \
                   SELECT $1, $2, $3, $4, $4, 1, $5 WHERE NOT EXISTS \
                   (SELECT 1 FROM alarms WHERE claim_id = $3 AND kind = $2 AND last_at > $6)";
        let over = self.now.as_millis() - i64::from(self.limits.episode_hours) * HOUR_MS;
        // Another writer may have raised it before this one counted the claim.
        if tx
            .execute(sql, args![&id, &kind, claim, self.now, evidence, over])
            .await?
            > 0
        {
            tx.note(ObjectKind::Alarm, id, 1, Action::Created);
        }
        Ok(())
    }

    /// A claim that a fact-check answers, and that nobody said for long.
    async fn resurfaced(&self, tx: &mut Tx, before: &Before, seen: &Seen<'_>) -> Result<Option<Evidence>, Error> {
        if before.fact_checks == 0 {
            return Ok(None);
        }
        let last = match before.last_seen {
            Some(last) => Some(last),
            // Never seen here: then it was said when it was checked.
            None => last_checked(tx, &seen.claim).await?,
        };
        let quiet = last.map_or(0, |last| (seen.at.as_millis() - last.as_millis()) / DAY_MS);
        let is_back = quiet >= i64::from(self.limits.quiet_days.max(1));
        Ok(is_back.then(|| Evidence {
            quiet_days: u64::try_from(quiet).ok(),
            ..Evidence::default()
        }))
    }

    /// More in a day than the days before explain.
    async fn growing(&self, tx: &mut Tx, before: &Before, seen: &Seen<'_>) -> Result<Option<Evidence>, Error> {
        let least = u64::from(self.limits.growth_least).max(1);
        if before.sightings + 1 < least {
            return Ok(None);
        }
        let (day, most) = (seen.at.day(), i64::from(self.limits.growth_days).max(1));
        let sql = "SELECT COALESCE(CAST(SUM(CASE WHEN day = $2 THEN sightings ELSE 0 END) AS BIGINT), 0), \
                   COALESCE(CAST(SUM(CASE WHEN day < $2 THEN sightings ELSE 0 END) AS BIGINT), 0) FROM claim_days \
                   WHERE claim_id IN (SELECT id FROM claims WHERE id = $1 OR merged_into = $1) AND day >= $3 AND day <= $2";
        let mut rows = tx.fetch(sql, args![&seen.claim, day, day - most]).await?;
        let row = rows
            .first_mut()
            .ok_or_else(|| Error::damaged("an aggregate without a row"))?;
        let (today, earlier): (u64, u64) = (row.take()?, row.take()?);
        let age = before.first_seen.map_or(0, |first| day - first.day()).clamp(1, most);
        let usual = (earlier as f64 / age as f64).max(1.0);
        let is_growing = today >= least && today as f64 >= usual * self.limits.growth_factor;
        Ok(is_growing.then(|| Evidence {
            day_sightings: Some(today),
            usual_per_day: Some((usual * 100.0).round() / 100.0),
            ..Evidence::default()
        }))
    }

    /// Nearly the same text from many new accounts at about the same time.
    async fn coordinated(
        &self,
        tx: &mut Tx,
        before: &Before,
        seen: &Seen<'_>,
        is_open: bool,
    ) -> Result<Option<Evidence>, Error> {
        let least = u64::from(self.limits.burst_accounts).max(2);
        if seen.account.is_none() || before.sightings + 1 < least {
            return Ok(None);
        }
        let span = i64::from(self.limits.burst_minutes) * MINUTE_MS;
        let at = seen.at.as_millis();
        let young = at - i64::from(self.limits.new_account_days) * DAY_MS;
        let sql = "SELECT s.quote, d.account FROM sightings s JOIN documents d ON d.id = s.document_id \
                   JOIN accounts a ON a.pseudonym = d.account \
                   WHERE s.claim_id IN (SELECT id FROM claims WHERE id = $1 OR merged_into = $1) AND s.seen_at >= $2 \
                   AND COALESCE(d.published_at, s.seen_at) BETWEEN $2 AND $3 AND a.first_seen_at > $4 \
                   ORDER BY s.seen_at DESC LIMIT $5";
        let args = args![&seen.claim, at - span, at + span, young, COMPARED];
        let mut rows = tx.fetch(sql, args).await?;
        let mut all: Vec<(String, [u8; 16])> = Vec::new();
        for row in &mut rows {
            all.push((row.take()?, row.take()?));
        }
        let is_new = all
            .iter()
            .any(|(_, account)| Some(account) == seen.account.as_ref().map(Pseudonym::as_bytes));
        let accounts: HashSet<[u8; 16]> = if is_new && all.len() as u64 >= least {
            let same = NearlySame::to(&seen.mention.quote);
            all.into_iter()
                .filter(|(quote, _)| same.is(quote))
                .map(|(_, account)| account)
                .collect()
        } else {
            HashSet::new()
        };
        let is_raised = accounts.len() as u64 >= least || is_open && is_new;
        Ok(is_raised.then(|| Evidence {
            accounts: Some(accounts.len() as u64),
            minutes: Some(u64::from(self.limits.burst_minutes)),
            ..Evidence::default()
        }))
    }
}

/// Tells near-copies of a text.
struct NearlySame<'a> {
    text: &'a str,
    print: Option<Fingerprint>,
    sketch: Option<Sketch>,
}

impl<'a> NearlySame<'a> {
    fn to(text: &'a str) -> Self {
        Self {
            text,
            print: Fingerprint::near_verbatim(text),
            sketch: Sketch::of(text),
        }
    }

    fn is(&self, other: &str) -> bool {
        if self.text == other || self.print.is_some() && self.print == Fingerprint::near_verbatim(other) {
            return true;
        }
        let both = self.sketch.as_ref().zip(Sketch::of(other));
        both.is_some_and(|(one, other)| one.similarity(&other) >= NEAR_DUPLICATE)
    }
}

/// When the latest of the fact-checks of a claim was published.
async fn last_checked(tx: &mut Tx, claim: &ClaimId) -> Result<Option<Timestamp>, Error> {
    let dossier = dossiers::dossiers(tx.conn(), &[*claim]).await?.pop();
    Ok(dossier.and_then(|dossier| super::timelines::last_checked(&dossier)))
}

async fn one(tx: &mut Tx, sql: &'static str, args: Vec<Value>) -> Result<u64, Error> {
    let mut rows = tx.fetch(sql, args).await?;
    rows.first_mut().map_or(Ok(0), Row::take)
}
