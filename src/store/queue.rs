//! What needs a check first? The open claims come out in an order that explains itself: a product of five factors, each shown.
//!
//! Plain fractions and no logarithms, so that both databases reckon alike and anybody can follow by hand; whole days, so that
//! the order does not change under a reader who turns pages.

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{
    Cursor, Error, Page, Store,
    claims::{claim, claim_columns},
    cursor::List,
    value::{Row, args},
};
use crate::domain::{Claim, ClaimOrigin, Lang, Timestamp};

/// Which open claims to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueQuery {
    /// Only those in this language.
    pub lang: Option<Lang>,
    /// As of which moment; its day counts.
    pub at: Timestamp,
    /// Where to go on.
    pub after: Option<Cursor>,
    /// How many at most.
    pub limit: u32,
}

/// A claim that no fact-check answers, and why it stands where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// The claim.
    pub claim: Claim,
    /// How many asked for a check.
    pub requests: u64,
    /// The product of the factors.
    pub score: f64,
    /// The factors.
    pub factors: Factors,
    /// What they were made of.
    pub counts: QueueCounts,
}

/// What the factors are made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QueueCounts {
    /// Best check-worthiness of its mentions, 0 to 1.
    pub worth: f64,
    /// Sightings of the last seven days, today among them.
    pub week: u64,
    /// Sightings of the four weeks before those.
    pub month_before: u64,
    /// Days since anybody said it or asked for it.
    pub silent_days: u64,
}

/// The factors of a place in the queue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factors {
    /// How check-worthy it is: the best of its mentions, 0.05 at least; 1 for what a reviewer entered.
    pub check_worthiness: f64,
    /// How often it was seen: 1 for never, 3 for twenty times, towards 5.
    pub spread: f64,
    /// Whether it is seen more often: this week against a usual one of the four before, ½ to 4.
    pub growth: f64,
    /// How many asked for it: 1 for nobody, 3 for five, towards 5.
    pub requests: f64,
    /// Whether it is still said: 1 today, ½ after a fortnight of silence, and so on.
    pub staleness: f64,
}

/// Days in which what is seen is "this week", and those before that are usual.
const WEEK: i64 = 7;
const MONTH: i64 = 28;

/// Factor of the queue, in SQL; `w`, `s`, `r`, `u`, `q` and `d` are the counts, as real numbers.
const WORTH: &str = "CASE WHEN t.origin = 'entered' THEN 1.0 WHEN t.worth < 0.05 THEN 0.05 ELSE t.worth END";
const SPREAD: &str = "1.0 + 4.0 * t.sightings / (t.sightings + 20.0)";
const GROWTH: &str = "CASE WHEN (t.week + 2.0) / (t.month_before / 4.0 + 2.0) < 0.5 THEN 0.5 \
     WHEN (t.week + 2.0) / (t.month_before / 4.0 + 2.0) > 4.0 THEN 4.0 \
     ELSE (t.week + 2.0) / (t.month_before / 4.0 + 2.0) END";
const REQUESTS: &str = "1.0 + 4.0 * t.requests / (t.requests + 5.0)";
const STALENESS: &str = "14.0 / (14.0 + t.silent)";

/// Scores are compared as whole millionths: a cursor holds one.
const MILLIONTHS: f64 = 1_000_000.0;

/// Each stage is worked out once: SQLite would put one into the other, and reckon each count again wherever it is named. `$1` is
/// today's number, `$2` and `$3` the first day of the week and of the weeks before it, `$4` and `$5` the cursor, `$6` the limit,
/// `$7` the language.
fn sql(query: &QueueQuery) -> String {
    let columns = claim_columns!();
    let lang = query.lang.map_or("", |_| "AND c.lang = $7");
    format!(
        "WITH n AS MATERIALIZED ({COUNTED}), \
         t AS MATERIALIZED (SELECT c.id, c.origin, c.worth, c.sightings, c.requests, COALESCE(n.week, 0) AS week, \
         COALESCE(n.month_before, 0) AS month_before, \
         CASE WHEN {LAST} / 86400000 > $1 THEN 0 ELSE $1 - {LAST} / 86400000 END AS silent \
         FROM claims c LEFT JOIN n ON n.id = c.id WHERE c.merged_into IS NULL AND c.fact_checks = 0 {lang}), \
         q AS MATERIALIZED (SELECT t.id, t.week, t.month_before, t.silent, \
         CAST(1000000.0 * ({WORTH}) * ({SPREAD}) * ({GROWTH}) * ({REQUESTS}) * ({STALENESS}) AS BIGINT) AS place FROM t), \
         r AS MATERIALIZED (SELECT * FROM q WHERE (q.place, q.id) < ($4, $5) ORDER BY q.place DESC, q.id DESC LIMIT $6) \
         SELECT {columns}, c.requests, c.worth, r.week, r.month_before, r.silent, r.place \
         FROM r JOIN claims c ON c.id = r.id ORDER BY r.place DESC, r.id DESC"
    )
}

/// The sightings of this week and of the weeks before it, of the claims that stand for themselves. Two halves instead of a
/// COALESCE: SQLite joins by an index of its own making only what is plainly a column.
const COUNTED: &str = "SELECT s.id, CAST(SUM(s.week) AS BIGINT) AS week, CAST(SUM(s.month_before) AS BIGINT) AS month_before FROM ( \
     SELECT d.claim_id AS id, CASE WHEN d.day >= $2 THEN d.sightings ELSE 0 END AS week, \
     CASE WHEN d.day < $2 THEN d.sightings ELSE 0 END AS month_before \
     FROM claim_days d WHERE d.day >= $3 AND d.day <= $1 \
     UNION ALL SELECT m.merged_into, CASE WHEN d.day >= $2 THEN d.sightings ELSE 0 END, \
     CASE WHEN d.day < $2 THEN d.sightings ELSE 0 END \
     FROM claims m JOIN claim_days d ON d.claim_id = m.id \
     WHERE m.merged_into IS NOT NULL AND d.day >= $3 AND d.day <= $1) AS s GROUP BY s.id";

/// The last moment at which anybody said it or asked for it.
const LAST: &str = "(CASE WHEN COALESCE(c.requested_at, 0) > COALESCE(c.last_seen, c.created_at) THEN c.requested_at \
     ELSE COALESCE(c.last_seen, c.created_at) END)";

impl Store {
    /// The claims that no fact-check answers, those first that need one most. Those that only reviewers may read are among them.
    pub async fn queue(&self, query: &QueueQuery) -> Result<Page<Waiting>, Error> {
        let start = Cursor {
            list: List::Queue,
            key: i64::MAX,
            id: Uuid::max(),
        };
        let from = query.after.map_or(Ok(start), |cursor| cursor.of(List::Queue))?;
        let today = query.at.day();
        let mut args = args![
            today,
            today + 1 - WEEK,
            today + 1 - WEEK - MONTH,
            from.key,
            from.id.to_string(),
            i64::from(query.limit) + 1
        ];
        args.extend(query.lang.as_ref().map(Into::into));
        let mut rows = self.db.fetch(AssertSqlSafe(sql(query)), args).await?;
        let items = rows.iter_mut().map(waiting).collect::<Result<_, _>>()?;
        Ok(Page::cut(items, query.limit, |last: &Waiting| Cursor {
            list: List::Queue,
            key: (last.score * MILLIONTHS).round() as i64,
            id: last.claim.id.into(),
        }))
    }
}

fn waiting(row: &mut Row) -> Result<Waiting, Error> {
    let claim = claim(row)?;
    let requests = row.take()?;
    let counts = QueueCounts {
        worth: row.take()?,
        week: row.take()?,
        month_before: row.take()?,
        silent_days: row.take()?,
    };
    let place: i64 = row.take()?;
    Ok(Waiting {
        factors: Factors::of(&claim, requests, &counts),
        score: place as f64 / MILLIONTHS,
        claim,
        requests,
        counts,
    })
}

impl Factors {
    /// The same as the queries reckon; a test holds them equal.
    fn of(claim: &Claim, requests: u64, counts: &QueueCounts) -> Self {
        let (seen, asked) = (claim.sightings as f64, requests as f64);
        let growth = (counts.week as f64 + 2.0) / (counts.month_before as f64 / 4.0 + 2.0);
        Self {
            check_worthiness: if claim.origin == ClaimOrigin::Entered {
                1.0
            } else {
                counts.worth.max(0.05)
            },
            spread: 1.0 + 4.0 * seen / (seen + 20.0),
            growth: growth.clamp(0.5, 4.0),
            requests: 1.0 + 4.0 * asked / (asked + 5.0),
            staleness: 14.0 / (14.0 + counts.silent_days as f64),
        }
    }

    /// What they come to.
    pub fn product(&self) -> f64 {
        self.check_worthiness * self.spread * self.growth * self.requests * self.staleness
    }
}
