//! SQLite, which runs in the thread that asks. What answers at once (a row by its key, a write in the midst of a transaction)
//! is asked in the async thread itself: two changes of threads cost more than the answer. What may take its time, or waits for
//! the disk or for another process's lock, is done in a thread for blocking work.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use rusqlite::{CachedStatement, Connection, OpenFlags, Statement, types};
use sqlx::SqlStr;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::{spawn_blocking, yield_now},
    time::timeout,
};

use super::{Error, error::Cause, value::Value};

/// How long a statement waits for others before [`Error::Busy`].
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// A statement that took longer lets other tasks have their turn before the next one.
const TURN: Duration = Duration::from_micros(200);

/// Prepared statements that a connection keeps.
const PREPARED: usize = 100;

/// How the connections of a pool are opened.
#[derive(Debug, Clone)]
pub(super) struct Opening {
    pub(super) path: PathBuf,
    pub(super) flags: OpenFlags,
    /// Statements that make them what they are to be.
    pub(super) pragmas: &'static str,
}

impl Opening {
    fn open(&self) -> rusqlite::Result<Connection> {
        let conn = Connection::open_with_flags(&self.path, self.flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        conn.set_prepared_statement_cache_capacity(PREPARED);
        conn.busy_timeout(PATIENCE)?;
        conn.execute_batch(self.pragmas)?;
        conn.busy_timeout(Duration::ZERO)?;
        Ok(conn)
    }
}

/// So many connections to one file at the most, opened when they are needed. A cheap handle.
#[derive(Debug, Clone)]
pub(super) struct Pool(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    opening: Opening,
    most: u32,
    slots: Arc<Semaphore>,
    idle: Mutex<Vec<Connection>>,
}

impl Pool {
    /// Opens the first of them, so that whoever has a pool knows that the file can be used.
    pub(super) async fn open(opening: Opening, most: u32) -> Result<Self, Error> {
        let pool = Self(Arc::new(Inner {
            opening,
            most,
            slots: Arc::new(Semaphore::new(most as usize)),
            idle: Mutex::default(),
        }));
        drop(pool.lend(Pace::Quick).await?);
        Ok(pool)
    }

    /// A connection beside those of this pool: nobody waits for it, and it waits for nobody.
    pub(super) async fn alone(&self) -> Result<Lent, Error> {
        Self::open(self.0.opening.clone(), 1).await?.lend(Pace::Quick).await
    }

    /// A connection for statements of that pace.
    pub(super) async fn lend(&self, pace: Pace) -> Result<Lent, Error> {
        let slot = timeout(PATIENCE, self.0.slots.clone().acquire_owned()).await;
        let slot = slot.map_err(|_| Error::Busy(Cause::Waited))?;
        let slot = slot.map_err(|_| Error::Unreachable(Cause::Closed))?;
        let idle = self.idle().pop();
        let conn = match idle {
            Some(conn) => conn,
            None => self.opened().await?,
        };
        Ok(Lent {
            conn: Some(conn),
            pool: self.clone(),
            pace,
            _slot: slot,
        })
    }

    async fn opened(&self) -> Result<Connection, Error> {
        let inner = self.0.clone();
        Ok(blocking(move || inner.opening.open()).await??)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for those that are lent, and closes all.
    pub(super) async fn close(&self) {
        let _all = timeout(PATIENCE, self.0.slots.acquire_many(self.0.most)).await;
        self.0.slots.close();
        let idle = std::mem::take(&mut *self.idle());
        // The last to close a file empties its log.
        let _closed = blocking(move || drop(idle)).await;
    }
}

/// How long the statements take for which a connection is lent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// Microseconds: rows by their keys, the writes of a transaction. Others that write queue for them anyway.
    Quick,
    /// Nobody knows.
    Long,
}

/// A connection of a pool, which goes back when this is dropped.
#[derive(Debug)]
pub(super) struct Lent {
    /// Taken out while a thread for blocking work has it. Whoever stops waiting for that loses it: it is closed.
    conn: Option<Connection>,
    pool: Pool,
    pace: Pace,
    _slot: OwnedSemaphorePermit,
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            self.pool.idle().push(conn);
        }
    }
}

impl Lent {
    /// The same for statements of another pace.
    pub(super) const fn at(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// Closes the connection instead of handing it on.
    pub(super) fn discard(mut self) {
        drop(self.conn.take());
    }

    /// Runs a statement and collects its rows.
    pub(super) async fn fetch(&mut self, sql: SqlStr, args: Vec<Value>) -> Result<Vec<Columns>, Error> {
        self.work(move |conn| fetch(&mut *prepared(conn, sql.as_str(), &args)?))
            .await
    }

    /// Runs a statement; says how many rows it wrote.
    pub(super) async fn execute(&mut self, sql: SqlStr, args: Vec<Value>) -> Result<u64, Error> {
        self.work(move |conn| Ok(prepared(conn, sql.as_str(), &args)?.raw_execute()? as u64))
            .await
    }

    async fn work<T: Send + 'static>(
        &mut self,
        work: impl Fn(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        match self.pace {
            Pace::Quick => self.here(work).await,
            Pace::Long => self.aside(work).await,
        }
    }

    /// Runs statements without values in this thread; aside, if another process has to be waited for.
    pub(super) async fn run_here(&mut self, sql: SqlStr) -> Result<(), Error> {
        self.here(move |conn| conn.execute_batch(sql.as_str())).await
    }

    /// The same in a thread for blocking work.
    pub(super) async fn run_aside(&mut self, sql: SqlStr) -> Result<(), Error> {
        self.aside(move |conn| conn.execute_batch(sql.as_str())).await
    }

    async fn here<T: Send + 'static>(
        &mut self,
        work: impl Fn(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let begun = Instant::now();
        let done = work(self.conn.as_ref().ok_or(Error::Unreachable(Cause::Closed))?);
        match done {
            // Nothing was done yet: only the first statement of a transaction can meet another process's lock.
            Err(error) if is_busy(&error) => self.aside(work).await,
            done => {
                if begun.elapsed() > TURN {
                    yield_now().await;
                }
                Ok(done?)
            }
        }
    }

    async fn aside<T: Send + 'static>(
        &mut self,
        work: impl Fn(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let conn = self.conn.take().ok_or(Error::Unreachable(Cause::Closed))?;
        let patiently = move || {
            let done = conn.busy_timeout(PATIENCE).and_then(|()| work(&conn));
            // Whatever came of it: here nothing is waited for.
            let hurried = conn.busy_timeout(Duration::ZERO);
            (conn, done.and_then(|done| hurried.map(|()| done)))
        };
        let (conn, done) = blocking(patiently).await?;
        self.conn = Some(conn);
        Ok(done?)
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let done = spawn_blocking(work).await;
    done.map_err(|stopped| match stopped.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(_ending) => Error::Unreachable(Cause::Closed),
    })
}

fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy)
}

/// What a row holds, in the order of the select list.
pub(super) type Columns = Vec<types::Value>;

fn fetch(statement: &mut Statement<'_>) -> rusqlite::Result<Vec<Columns>> {
    let columns = statement.column_count();
    let (mut rows, mut read) = (statement.raw_query(), Vec::new());
    while let Some(row) = rows.next()? {
        read.push((0..columns).map(|at| row.get(at)).collect::<Result<_, _>>()?);
    }
    Ok(read)
}

fn prepared<'c>(conn: &'c Connection, sql: &str, args: &[Value]) -> rusqlite::Result<CachedStatement<'c>> {
    let mut statement = conn.prepare_cached(sql)?;
    bind(&mut statement, args)?;
    Ok(statement)
}

/// `$7` is a name for SQLite, and may stand anywhere and more than once; `?` is the next one.
fn bind(statement: &mut Statement<'_>, args: &[Value]) -> rusqlite::Result<()> {
    let mut next = 0;
    for place in 1..=statement.parameter_count() {
        let named = statement.parameter_name(place).and_then(|name| name.strip_prefix('$'));
        let number: usize = if let Some(number) = named {
            number.parse().unwrap_or(0)
        } else {
            next += 1;
            next
        };
        let value = number.checked_sub(1).and_then(|at| args.get(at));
        let value = value.ok_or(rusqlite::Error::InvalidParameterCount(args.len(), number))?;
        statement.raw_bind_parameter(place, value)?;
    }
    Ok(())
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<types::ToSqlOutput<'_>> {
        use types::ValueRef as V;
        let value = match self {
            Self::Int(value) => value.map(V::Integer),
            Self::Real(value) => value.map(V::Real),
            Self::Text(value) => value.as_ref().map(|text| V::Text(text.as_bytes())),
            Self::Blob(value) => value.as_ref().map(|bytes| V::Blob(bytes)),
        };
        Ok(types::ToSqlOutput::Borrowed(value.unwrap_or(V::Null)))
    }
}

#[cfg(test)]
mod tests {
    use sqlx::SqlSafeStr;

    use super::{
        super::{db::Db, dialect::open_lite, value::args},
        *,
    };

    async fn opened(dir: &tempfile::TempDir) -> (Pool, Pool) {
        match open_lite(&dir.path().join("store.db")).await.unwrap() {
            Db::Lite { read, write } => (read, write),
            Db::Pg(_) => unreachable!("a file was opened"),
        }
    }

    async fn run(pool: &Pool, sql: &'static str) {
        let mut conn = pool.lend(Pace::Quick).await.unwrap();
        conn.run_here(sql.into_sql_str()).await.unwrap();
    }

    async fn numbers(pool: &Pool, pace: Pace) -> Vec<types::Value> {
        let mut conn = pool.lend(pace).await.unwrap();
        let rows = conn.fetch("SELECT n FROM t ORDER BY n".into_sql_str(), vec![]).await;
        rows.unwrap().into_iter().flatten().collect()
    }

    #[tokio::test]
    async fn placeholders_are_found_by_their_numbers_or_in_their_order() {
        let dir = tempfile::tempdir().unwrap();
        let (read, _write) = opened(&dir).await;
        let mut conn = read.lend(Pace::Quick).await.unwrap();
        let texts = |rows: Vec<Columns>| rows.into_iter().flatten().collect::<Vec<_>>();
        let text = |text: &str| types::Value::Text(text.to_owned());
        for (sql, wanted) in [
            ("SELECT $2, $1, $2", vec![text("b"), text("a"), text("b")]),
            ("SELECT ?, ?", vec![text("a"), text("b")]),
        ] {
            let rows = conn.fetch(sql.into_sql_str(), args!["a", "b"]).await.unwrap();
            assert_eq!(texts(rows), wanted, "{sql}");
        }
        let missing = conn.fetch("SELECT $3".into_sql_str(), args!["a", "b"]).await;
        assert!(matches!(missing, Err(Error::Database(_))), "{missing:?}");
    }

    #[tokio::test]
    async fn who_waits_for_another_process_holds_up_nobody_else() {
        let dir = tempfile::tempdir().unwrap();
        let (_read, write) = opened(&dir).await;
        run(&write, "CREATE TABLE t (n INTEGER)").await;
        // Another pool on the file is as good as another process: SQLite's locks are by connection.
        let (read, others) = opened(&dir).await;
        let mut other = others.lend(Pace::Quick).await.unwrap();
        other
            .run_here("BEGIN IMMEDIATE; INSERT INTO t VALUES (1)".into_sql_str())
            .await
            .unwrap();
        let waits = tokio::spawn(async move { run(&write, "INSERT INTO t VALUES (2)").await });
        while !waits.is_finished() && numbers(&read, Pace::Quick).await.is_empty() {
            // This thread is the only one for tasks: that we are here says that it is not held up.
            tokio::time::sleep(Duration::from_millis(20)).await;
            other.run_here("COMMIT".into_sql_str()).await.unwrap();
        }
        waits.await.unwrap();
        assert_eq!(numbers(&read, Pace::Long).await, [1, 2].map(types::Value::Integer));
    }

    #[tokio::test]
    async fn a_connection_that_was_left_in_the_midst_is_replaced() {
        const SLOW: &str =
            "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 300000) SELECT MAX(n) FROM c";
        let dir = tempfile::tempdir().unwrap();
        let (read, write) = opened(&dir).await;
        run(&write, "CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (7)").await;
        for _ in 0..2 * read.0.most {
            let mut conn = read.lend(Pace::Long).await.unwrap();
            let slow = conn.fetch(SLOW.into_sql_str(), vec![]);
            assert!(
                timeout(Duration::from_millis(1), slow).await.is_err(),
                "it takes longer"
            );
        }
        assert_eq!(numbers(&read, Pace::Quick).await, [types::Value::Integer(7)]);
        let mut conn = read.lend(Pace::Long).await.unwrap();
        conn.fetch("SELECT nonsense".into_sql_str(), vec![]).await.unwrap_err();
        let patience = conn.fetch("PRAGMA busy_timeout".into_sql_str(), vec![]).await.unwrap();
        assert_eq!(
            patience,
            [[types::Value::Integer(PATIENCE.as_millis() as i64)]],
            "aside"
        );
        let mut conn = conn.at(Pace::Quick);
        let patience = conn.fetch("PRAGMA busy_timeout".into_sql_str(), vec![]).await.unwrap();
        assert_eq!(patience, [[types::Value::Integer(0)]], "here nothing is waited for");
        drop(conn);
        read.close().await;
        assert!(matches!(read.lend(Pace::Quick).await, Err(Error::Unreachable(_))));
    }
}
