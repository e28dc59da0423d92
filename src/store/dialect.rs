//! Everything that differs between SQLite and PostgreSQL, and nothing else.

use std::{
    fs::OpenOptions,
    io,
    os::unix::fs::OpenOptionsExt,
    path::Path,
    time::{Duration, Instant},
};

use sqlx::{
    ConnectOptions, Executor, Row, SqlitePool,
    error::DatabaseError,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteError, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{Error, db::Db};

/// SQLite before this may lose commits in WAL mode ("WAL-reset bug", sqlite.org/wal.html).
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

/// How long a writer waits for others before [`Error::Busy`].
const PATIENCE: Duration = Duration::from_secs(20);

const PG_LIMITS: &str = "SET statement_timeout = '60s'; SET lock_timeout = '20s'; \
     SET idle_in_transaction_session_timeout = '60s'";

/// Placeholder in migrations, word for SQLite, word for PostgreSQL.
const WORDS: [(&str, &str, &str); 4] = [
    ("{bytes}", "BLOB", "BYTEA"),
    // By this word SQLite uses the number as the row's place, without a second index.
    ("{number}", "INTEGER", "BIGINT"),
    // Keys are compared byte by byte on both; PostgreSQL would go by the server's language.
    ("{key}", "TEXT", "TEXT COLLATE \"C\""),
    // Small rows found by their key alone: on SQLite the table is its own index.
    ("{clustered}", "WITHOUT ROWID", ""),
];

impl Db {
    /// One of two, by the database that this is.
    const fn pick<T: Copy>(&self, lite: T, pg: T) -> T {
        match self {
            Self::Lite { .. } => lite,
            Self::Pg(_) => pg,
        }
    }

    /// Begins a transaction that writes. SQLite takes its one writer's lock at once: taken later, it could be refused.
    pub(super) const fn begin_write(&self) -> &'static str {
        self.pick("BEGIN IMMEDIATE", "BEGIN")
    }

    /// Begins a transaction all of whose statements see the same moment.
    pub(super) const fn begin_read(&self) -> &'static str {
        self.pick("BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    }

    /// Lets one process at a time migrate, until its transaction ends. On SQLite the beginning has done so.
    pub(super) const fn lock_migrations(&self) -> &'static str {
        self.pick(
            "",
            "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock(5497853135693827154)",
        )
    }

    /// Marks an empty database as ours: "KLAR".
    pub(super) const fn mark(&self) -> &'static str {
        self.pick("PRAGMA application_id = 1263288658", "")
    }

    /// Counts the tables named `schema_versions` (one, if the database is ours) and all others. A server's database may
    /// hold tables of others beside ours, a file may not.
    pub(super) const fn tables(&self) -> &'static str {
        self.pick(
            "SELECT COUNT(CASE WHEN name = 'schema_versions' THEN 1 END), COUNT(*) FROM sqlite_schema",
            "SELECT COUNT(*), CAST(0 AS BIGINT) FROM information_schema.tables \
             WHERE table_schema = current_schema() AND table_name = 'schema_versions'",
        )
    }

    /// Asks the database itself whether it is whole: a row a problem, or the one row `ok`.
    pub(super) const fn integrity(&self) -> &'static str {
        self.pick("PRAGMA integrity_check", "SELECT 'ok'")
    }

    /// A migration's text in this database's words.
    pub(super) fn translate(&self, sql: &str) -> String {
        WORDS.iter().fold(sql.to_owned(), |sql, (mark, lite, pg)| {
            sql.replace(mark, self.pick(lite, pg))
        })
    }
}

/// Opens a file only to read: what it is can be found out without changing a byte of it.
pub(super) async fn open_untouched(path: &Path) -> Result<Db, Error> {
    let pool = lite_pool(1).connect_with(lite_options(path).read_only(true)).await?;
    Ok(Db::Lite {
        read: pool.clone(),
        write: pool,
    })
}

/// Opens a file; makes it if it is not there.
pub(super) async fn open_lite(path: &Path) -> Result<Db, Error> {
    make_private(path).map_err(sqlx::Error::Io)?;
    let write = open_writer(path).await?;
    let read = lite_pool(4).connect_with(lite_options(path).read_only(true)).await?;
    Ok(Db::Lite { read, write })
}

/// Opens the one connection that writes. While another process is just making the file, SQLite refuses without waiting.
async fn open_writer(path: &Path) -> Result<SqlitePool, Error> {
    let begun = Instant::now();
    loop {
        match lite_pool(1)
            .connect_with(writing(lite_options(path)))
            .await
            .map_err(Error::from)
        {
            Err(Error::Busy(_)) if begun.elapsed() < PATIENCE => tokio::time::sleep(Duration::from_millis(50)).await,
            opened => return opened,
        }
    }
}

/// Refuses to work with an SQLite library that may lose commits.
pub(super) async fn check_library() -> Result<(), Error> {
    let mut conn = SqliteConnectOptions::new().in_memory(true).connect().await?;
    let found: String = conn.fetch_one("SELECT sqlite_version()").await?.try_get(0)?;
    let numbers: Vec<u32> = found.split('.').filter_map(|part| part.parse().ok()).collect();
    if numbers < OLDEST_SQLITE.to_vec() {
        Err(Error::SqliteTooOld { found })
    } else {
        Ok(())
    }
}

/// Makes the file so that only its owner can read it; what SQLite puts beside it takes over its mode. An existing file is
/// not opened: closing it would drop the locks that SQLite holds in this process (POSIX advisory locks).
fn make_private(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn lite_pool(most: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(most)
        .acquire_timeout(PATIENCE)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

fn lite_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        .pragma("cache_size", "-16000")
        .disable_statement_logging()
}

fn writing(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("secure_delete", "ON")
        .pragma("cache_size", "-64000")
        // 16 MB: imports come in large commits, and each checkpoint costs two more syncs.
        .pragma("wal_autocheckpoint", "4000")
        .pragma("journal_size_limit", "67108864")
}

/// Connects to a server. The limits are set by statement, because poolers refuse them as start parameters.
pub(super) async fn open_pg(url: &str) -> Result<Db, Error> {
    let options: PgConnectOptions = url.parse()?;
    let pool = PgPoolOptions::new()
        .max_connections(10)
        .acquire_timeout(PATIENCE)
        .after_connect(|conn, _| Box::pin(async move { conn.execute(sqlx::raw_sql(PG_LIMITS)).await.map(drop) }));
    let options = options.application_name("klarstelle").disable_statement_logging();
    Ok(Db::Pg(pool.connect_with(options).await?))
}

/// What a database error means, by its code.
pub(super) enum Meaning {
    Full,
    Busy,
    Unreachable,
    Damaged,
    Refused,
}

/// Primary result codes (sqlite.org/rescode.html).
const LITE_MEANINGS: &[(i32, Meaning)] = &[
    (5, Meaning::Busy),         // BUSY
    (6, Meaning::Busy),         // LOCKED
    (8, Meaning::Unreachable),  // READONLY: remounted
    (10, Meaning::Unreachable), // IOERR, of a failed fsync too
    (11, Meaning::Damaged),     // CORRUPT
    (13, Meaning::Full),        // FULL
    (14, Meaning::Unreachable), // CANTOPEN
    (26, Meaning::Damaged),     // NOTADB
];

/// IOERR_SHMSIZE: the file beside the database cannot grow, which only a full disk explains.
const LITE_SHMSIZE: i32 = 4874;

/// Starts of SQLSTATE codes (PostgreSQL manual, appendix A); the first that fits.
const PG_MEANINGS: &[(&str, Meaning)] = &[
    ("53100", Meaning::Full),
    ("53", Meaning::Busy),        // too many connections, out of memory
    ("40", Meaning::Busy),        // serialization failure, deadlock
    ("55P03", Meaning::Busy),     // lock timeout
    ("57014", Meaning::Busy),     // statement timeout
    ("57", Meaning::Unreachable), // shutdown, starting up
    ("08", Meaning::Unreachable), // connection
    ("28", Meaning::Unreachable), // login refused
    ("3D", Meaning::Unreachable), // no such database
    ("58", Meaning::Unreachable), // the server's disk
    ("XX00", Meaning::Damaged),
];

pub(super) fn meaning(error: &dyn DatabaseError) -> &'static Meaning {
    let code = error.code().unwrap_or_default();
    let found = if error.as_error().is::<SqliteError>() {
        let code = code.parse().unwrap_or(0);
        let primary = if code == LITE_SHMSIZE { 13 } else { code & 0xFF };
        LITE_MEANINGS
            .iter()
            .find(|(known, _)| *known == primary)
            .map(|(_, meaning)| meaning)
    } else {
        PG_MEANINGS
            .iter()
            .find(|(start, _)| code.starts_with(start))
            .map(|(_, meaning)| meaning)
    };
    found.unwrap_or(&Meaning::Refused)
}

/// Whether another writer undid the work: it may be tried again at once.
pub(super) fn is_lost_race(error: &dyn DatabaseError) -> bool {
    matches!(error.code().as_deref(), Some("40001" | "40P01"))
}

/// On SQLite writers queue for the one connection: no answer in time means that others hold it, not that it is gone.
pub(super) fn waited_for_writer(error: sqlx::Error) -> Error {
    match error {
        sqlx::Error::PoolTimedOut => Error::Busy(error),
        error => error.into(),
    }
}
