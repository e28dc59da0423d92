//! Comes in: some work. Goes out: all of it with its change rows, or nothing of it.

use std::time::Duration;

use sqlx::{AssertSqlSafe, SqlSafeStr};
use uuid::Uuid;

use super::{
    Error,
    batch::{self, Insert},
    db::{Conn, Db},
    value::{Row, Value, args},
};
use crate::domain::{Action, Actor, ObjectKind, Timestamp};

/// How often work is tried that another writer undid (deadlock, lost race for a unique row).
const ATTEMPTS: u32 = 8;

/// A connection inside a transaction. Dropped without an end (the caller went away), it closes the connection, which
/// rolls back; handed to the next user it would carry the transaction along.
struct Begun {
    conn: Option<Conn>,
    keeping: Keeping,
}

/// What the end of a transaction waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keeping {
    /// The disk has it.
    Disk,
    /// Nothing: there is nothing to keep, or it is done again if it is lost.
    Nothing,
}

impl Begun {
    async fn new(conn: Conn, begin: &'static str, keeping: Keeping) -> Result<Self, Error> {
        let mut open = Self {
            conn: Some(conn),
            keeping,
        };
        open.conn().run_quick(begin).await?;
        Ok(open)
    }

    fn conn(&mut self) -> &mut Conn {
        self.conn.as_mut().expect("is taken only by `end`")
    }

    async fn commit(mut self) -> Result<(), Error> {
        match self.keeping {
            Keeping::Disk => self.conn().run("COMMIT").await?,
            Keeping::Nothing => self.conn().run_quick("COMMIT").await?,
        }
        drop(self.conn.take());
        Ok(())
    }

    /// If that fails, the connection is closed.
    async fn roll_back(mut self) -> Result<(), Error> {
        self.conn().run_quick("ROLLBACK").await?;
        drop(self.conn.take());
        Ok(())
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            conn.discard();
        }
    }
}

/// A transaction that writes. It remembers its changes and numbers them at the very end, because the counter row is
/// where writers queue.
pub(super) struct Tx {
    begun: Begun,
    changes: Vec<Pending>,
    /// When it began: the time of what it makes.
    pub(super) at: Timestamp,
}

struct Pending {
    kind: ObjectKind,
    id: Uuid,
    version: u64,
    action: Action,
}

const CHANGES: Insert = Insert {
    into: "INSERT INTO changes (number, kind, id, version, action, actor, at)",
    then: "",
};

impl Tx {
    /// Notes that an object changed.
    pub(super) fn note(&mut self, kind: ObjectKind, id: impl Into<Uuid>, version: u64, action: Action) {
        self.changes.push(Pending {
            kind,
            id: id.into(),
            version,
            action,
        });
    }

    /// The connection, for reading inside the transaction.
    pub(super) fn conn(&mut self) -> &mut Conn {
        self.begun.conn()
    }

    /// See [`Conn::fetch`].
    pub(super) async fn fetch(&mut self, sql: impl SqlSafeStr, args: Vec<Value>) -> Result<Vec<Row>, Error> {
        self.conn().fetch(sql, args).await
    }

    /// See [`Conn::execute`].
    pub(super) async fn execute(&mut self, sql: impl SqlSafeStr, args: Vec<Value>) -> Result<u64, Error> {
        self.conn().execute(sql, args).await
    }

    /// See [`Conn::run`].
    pub(super) async fn run(&mut self, sql: impl SqlSafeStr) -> Result<(), Error> {
        self.conn().run(sql).await
    }

    /// See [`Conn::fetch_in`].
    pub(super) async fn fetch_in(&mut self, sql: &str, keys: Vec<Value>) -> Result<Vec<Row>, Error> {
        self.conn().fetch_in(sql, keys).await
    }

    /// Runs a statement whose `{in}` stands for a list of keys, after other values; says how many rows it wrote.
    pub(super) async fn execute_in(&mut self, sql: &str, args: Vec<Value>, keys: Vec<Value>) -> Result<u64, Error> {
        let mut written = 0;
        for (text, args) in batch::in_lists_after(&args, sql, &keys) {
            written += self.execute(AssertSqlSafe(text), args).await?;
        }
        Ok(written)
    }

    /// Inserts many rows; says how many were written.
    pub(super) async fn insert(&mut self, insert: Insert, rows: Vec<Vec<Value>>) -> Result<u64, Error> {
        let mut written = 0;
        for (text, args) in batch::inserts(self.begun.conn().marks(), insert, rows) {
            written += self.execute(AssertSqlSafe(text), args).await?;
        }
        Ok(written)
    }

    /// Commits what was done, or takes it back.
    pub(super) async fn end<T>(mut self, actor: &Actor, done: Result<T, Error>) -> Result<T, Error> {
        let written = match done {
            Ok(done) => self.write_changes(actor).await.map(|()| done),
            Err(error) => Err(error),
        };
        match written {
            Ok(done) => self.begun.commit().await.map(|()| done),
            Err(error) => {
                // Where the database rolled back by itself this fails, and the connection is closed: as good.
                let _ = self.begun.roll_back().await;
                Err(error.before_commit())
            }
        }
    }

    async fn write_changes(&mut self, actor: &Actor) -> Result<(), Error> {
        let pending = std::mem::take(&mut self.changes);
        if pending.is_empty() {
            return Ok(());
        }
        let sql = "UPDATE counters SET value = value + $1 WHERE name = 'changes' RETURNING value - $1";
        let mut rows = self.fetch(sql, args![pending.len() as u64]).await?;
        let before: u64 = rows.first_mut().ok_or(sqlx::Error::RowNotFound)?.take()?;
        let at = Timestamp::now();
        let row = |(number, change): (u64, Pending)| {
            args![
                number,
                &change.kind,
                change.id.to_string(),
                change.version,
                &change.action,
                actor,
                at
            ]
        };
        let rows = (before + 1..).zip(pending).map(row).collect();
        self.insert(CHANGES, rows).await.map(drop)
    }
}

impl Db {
    /// Begins a transaction that writes.
    pub(super) async fn begin(&self) -> Result<Tx, Error> {
        self.begin_by(self.begin_write(), Keeping::Disk).await
    }

    /// For work that is done again if a power cut undoes it: the crawler's own memory. What it says is done was kept before,
    /// by a transaction that waited for the disk, and SQLite never keeps a later one without the earlier.
    pub(super) const fn repeatable(&self) -> Repeatable<'_> {
        Repeatable(self)
    }

    async fn begin_by(&self, sql: &'static str, keeping: Keeping) -> Result<Tx, Error> {
        Ok(Tx {
            begun: Begun::new(self.writer().await?, sql, keeping).await?,
            changes: Vec::new(),
            at: Timestamp::now(),
        })
    }

    /// Begins to read with several statements that see the same moment.
    pub(super) async fn begin_view(&self) -> Result<View, Error> {
        let begun = Begun::new(self.reader().await?, self.begin_read(), Keeping::Nothing);
        begun.await.map(View)
    }
}

/// Begins transactions that do not wait for the disk.
pub(super) struct Repeatable<'a>(&'a Db);

impl Repeatable<'_> {
    pub(super) async fn begin(&self) -> Result<Tx, Error> {
        self.0.begin_by(self.0.begin_repeatable(), Keeping::Nothing).await
    }
}

/// A transaction that reads.
pub(super) struct View(Begun);

impl View {
    /// The connection.
    pub(super) fn conn(&mut self) -> &mut Conn {
        self.0.conn()
    }

    /// Ends it, whatever was read.
    pub(super) async fn end<T>(self, read: Result<T, Error>) -> Result<T, Error> {
        let ended = self.0.roll_back().await;
        read.and_then(|read| ended.map(|()| read))
    }
}

/// `transact!(db, actor, |tx| work(&mut tx))` runs work in a transaction that writes, again if another writer undid it.
/// The work must have no effect outside. A macro, because the futures of async closures are not provably `Send` yet.
macro_rules! transact {
    ($db:expr, $actor:expr, |$tx:ident| $work:expr) => {{
        let mut attempt = 1;
        loop {
            let mut $tx = $db.begin().await?;
            let done = $work.await;
            match $tx.end($actor, done).await {
                Err(error) if $crate::store::transaction::again(&error, &mut attempt).await => {}
                done => break done,
            }
        }
    }};
}

/// `view!(db, |conn| work(conn))` runs work whose statements see the same moment.
macro_rules! view {
    ($db:expr, |$conn:ident| $work:expr) => {{
        let mut view = $db.begin_view().await?;
        let $conn = view.conn();
        let read = $work.await;
        view.end(read).await
    }};
}
pub(super) use {transact, view};

/// Whether work is to be tried again. Waits a little longer each time, and not as long as a rival that began at the same
/// moment.
pub(super) async fn again(error: &Error, attempt: &mut u32) -> bool {
    if !error.is_lost_race() || *attempt >= ATTEMPTS {
        return false;
    }
    let jitter = u64::from(getrandom::u32().unwrap_or(0) % 8);
    tokio::time::sleep(Duration::from_millis((1 << *attempt) + jitter)).await;
    *attempt += 1;
    true
}

#[cfg(test)]
mod tests {
    use super::{super::dialect::open_lite, *};

    #[tokio::test]
    async fn only_what_is_repeatable_does_not_wait_for_the_disk() {
        const FULL: u64 = 2;
        const NORMAL: u64 = 1;
        async fn waits(mut tx: Tx) -> u64 {
            let mut rows = tx.fetch("PRAGMA synchronous", vec![]).await.unwrap();
            tx.end(&Actor::Crawl, Ok(())).await.unwrap();
            rows.remove(0).take().unwrap()
        }
        let dir = tempfile::tempdir().unwrap();
        let db = open_lite(&dir.path().join("store.db")).await.unwrap();
        assert_eq!(waits(db.begin().await.unwrap()).await, FULL);
        assert_eq!(waits(db.repeatable().begin().await.unwrap()).await, NORMAL);
        assert_eq!(waits(db.begin().await.unwrap()).await, FULL, "on the same connection");
        db.close().await;
    }
}
