//! How are the sources? What the crawler remembers of each, and what was found there, comes in; a row each goes out.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    Cursor, Error, Page, Store,
    cursor::List,
    frontier, leases,
    sources::source,
    transaction::{Tx, transact},
    value::{Row, Value, args},
};
use crate::{
    crawl::robots_say,
    domain::{Actor, Failure, Health, ObjectKind, RobotsSay, Source, SourceId, Timestamp},
};

/// How many days are counted: today, and the seven before.
pub const DAYS: usize = 8;

const DAY_MS: i64 = 86_400_000;

/// How a source is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceStatus {
    /// The source.
    pub source: Source,
    /// In a word.
    pub health: Health,
    /// The last visit that went well.
    pub last_success: Option<Timestamp>,
    /// The last that did not, and why.
    pub last_failure: Option<(Timestamp, Failure)>,
    /// The first of the failures in a row, if the last visit was one.
    pub failing_since: Option<Timestamp>,
    /// When it is visited next; `None`: by the next run.
    pub next_visit: Option<Timestamp>,
    /// What its host's robots.txt says to its address.
    pub robots: RobotsSay,
    /// Documents read for the first time, by days in UTC: today first. Those of pages that it named count for it.
    pub documents: [DayCount; DAYS],
}

/// Documents of a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DayCount {
    /// Days since 1970-01-01.
    pub day: i64,
    /// How many.
    pub documents: u64,
}

impl DayCount {
    /// Midnight in UTC, at which the day begins.
    pub const fn begin(&self) -> Timestamp {
        Timestamp::from_millis(self.day * DAY_MS)
    }
}

/// Which sources to tell about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusQuery {
    /// Only those that are so.
    pub health: Option<Health>,
    /// Where to go on.
    pub after: Option<Cursor>,
    /// How many at most.
    pub limit: u32,
    /// The moment for which is told what is due and what robots.txt says.
    pub at: Timestamp,
}

/// The columns that [`status`] reads.
const STATUS: &str = "\
    SELECT s.id, s.url, s.kind, s.created_at, c.visited_at, c.succeeded_at, c.failed_at, c.failed_because, c.failure, \
        c.failing_since, c.due_at, h.not_before, h.robots, h.robots_until \
    FROM sources s LEFT JOIN crawl_sources c ON c.source_id = s.id LEFT JOIN crawl_hosts h ON h.host = c.host \
    WHERE s.removed_at IS NULL";

/// What the row of a source that is so says.
const fn condition(health: Health) -> &'static str {
    match health {
        Health::New => "AND c.visited_at IS NULL",
        Health::Ok => "AND c.visited_at IS NOT NULL AND c.failing_since IS NULL",
        Health::Failing => "AND c.visited_at IS NOT NULL AND c.visited_at - c.failing_since < $3",
        Health::Broken => "AND c.visited_at IS NOT NULL AND c.visited_at - c.failing_since >= $3",
    }
}

const DOCUMENTS: &str = "\
    SELECT source_id, first_read_at / 86400000, COUNT(*) FROM documents \
    WHERE first_read_at >= $1 AND source_id IN {in} GROUP BY source_id, first_read_at / 86400000";

impl Store {
    /// How the sources are, oldest first.
    pub async fn source_status(&self, query: &StatusQuery) -> Result<Page<SourceStatus>, Error> {
        let from = match query.after {
            Some(cursor) => cursor.of(List::Sources)?.id,
            None => Uuid::nil(),
        };
        // The week is given whether the condition needs it or not.
        let condition = query.health.map_or("", condition);
        let sql = format!("{STATUS} {condition} AND s.id > $1 AND $3 > 0 ORDER BY s.id LIMIT $2");
        let args = args![from.to_string(), query.limit + 1, Health::broken_after_ms()];
        let items = self.statuses(sql, args, query.at).await?;
        Ok(Page::cut(items, query.limit, |last: &SourceStatus| Cursor {
            list: List::Sources,
            key: 0,
            id: last.source.id.into(),
        }))
    }

    /// How one source is; `None` if it is not set.
    pub async fn status_of(&self, id: &SourceId, at: Timestamp) -> Result<Option<SourceStatus>, Error> {
        let found = self.statuses(format!("{STATUS} AND s.id = $1"), args![id], at).await?;
        Ok(found.into_iter().next())
    }

    /// Makes a source due, however long it has failed. [`Error::NotFound`] if it is not set.
    pub async fn retry_source(&self, id: &SourceId) -> Result<(), Error> {
        transact!(self.db, &Actor::Operator, |tx| retry(&mut tx, id))
    }

    async fn statuses(&self, sql: String, args: Vec<Value>, at: Timestamp) -> Result<Vec<SourceStatus>, Error> {
        let mut rows = self.db.fetch(sqlx::AssertSqlSafe(sql), args).await?;
        let found = rows.iter_mut().map(|row| status(row, at));
        let mut found: Vec<SourceStatus> = found.collect::<Result<_, _>>()?;
        let counts = self.documents_by_day(&found, at).await?;
        for status in &mut found {
            for day in &mut status.documents {
                day.documents = counts.get(&(status.source.id, day.day)).copied().unwrap_or(0);
            }
        }
        Ok(found)
    }

    async fn documents_by_day(
        &self,
        of: &[SourceStatus],
        at: Timestamp,
    ) -> Result<HashMap<(SourceId, i64), u64>, Error> {
        let first = Timestamp::from_millis((day(at) - DAYS as i64 + 1) * DAY_MS);
        let ids = of.iter().map(|status| Value::from(&status.source.id)).collect();
        let mut rows = self.db.fetch_in_after(DOCUMENTS, &[first.into()], ids).await?;
        rows.iter_mut()
            .map(|row| Ok(((row.take()?, row.take()?), row.take()?)))
            .collect()
    }
}

const fn day(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(DAY_MS)
}

fn status(row: &mut Row, at: Timestamp) -> Result<SourceStatus, Error> {
    let source = source(row)?;
    let (visited_at, last_success) = (row.take()?, row.take()?);
    let (failed_at, code, reason): (Option<Timestamp>, Option<String>, Option<String>) =
        (row.take()?, row.take()?, row.take()?);
    let (failing_since, due_at) = (row.take()?, row.take::<Option<Timestamp>>()?);
    let memory = leases::host_memory(row)?;
    let next_visit = due_at.max(memory.not_before).filter(|next| *next > at);
    let today = day(at);
    Ok(SourceStatus {
        health: Health::of(visited_at, failing_since),
        last_success,
        last_failure: failed_at.zip(code).map(|(at, code)| {
            let reason = reason.unwrap_or_else(|| code.clone());
            (at, Failure { code, reason })
        }),
        failing_since,
        next_visit,
        robots: robots_say(&memory, &source.url, at),
        documents: std::array::from_fn(|back| DayCount {
            day: today - back as i64,
            documents: 0,
        }),
        source,
    })
}

async fn retry(tx: &mut Tx, id: &SourceId) -> Result<(), Error> {
    let sql = "SELECT c.host FROM sources s LEFT JOIN crawl_sources c ON c.source_id = s.id \
               WHERE s.id = $1 AND s.removed_at IS NULL";
    let mut rows = tx.fetch(sql, args![id]).await?;
    let row = rows.first_mut().ok_or(Error::NotFound(ObjectKind::Source))?;
    // Without a place at its host it is new, and due anyway.
    match row.take::<Option<String>>()? {
        Some(host) => frontier::hurry(tx, &[(*id, host)], Timestamp::from_millis(0)).await,
        None => Ok(()),
    }
}
