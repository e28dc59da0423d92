//! The whole store at once: a copy of it while others write, and the deleting of what deleting leaves behind.

use std::{
    fs::{self, OpenOptions},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    time::{Duration, Instant},
};

use super::{
    Error, Store,
    db::{Conn, Db},
    value::args,
};

/// How long readers may hold up the emptying of the write-ahead log.
const PATIENCE: Duration = Duration::from_secs(20);

/// The tables that hold words of documents, or what is worked out from them.
const TABLES: [&str; 9] = [
    "documents",
    "sightings",
    "claims",
    "claim_acts",
    "claim_bands",
    "claim_fingerprints",
    "document_copies",
    "crawl_pages",
    "unwanted_records",
];

/// How far the bytes of deleted rows are gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scrubbed {
    /// No file of the database has them.
    Wholly,
    /// Readers kept the write-ahead log from being emptied; the next scrub will.
    ButTheLog,
    /// The server's tables were written anew; its own write-ahead log, replicas and dumps are the operator's.
    ButTheServersLog,
    /// Others held some tables for too long to write them anew: the server overwrites the bytes as it needs the room.
    ButUnusedRoom,
}

impl Store {
    /// Whether a copy of it can be made with [`Store::copy_into`]: a file can, a server has tools of its own.
    pub const fn is_file(&self) -> bool {
        matches!(self.db, Db::Lite { .. })
    }

    /// Writes a copy of the store, as it is at one moment, into a new file; others go on reading and writing. Only its owner
    /// can read it, and it is on disk when this returns.
    pub async fn copy_into(&self, file: &Path) -> Result<(), Error> {
        let io = |error| Error::from(sqlx::Error::Io(error));
        // SQLite takes over the mode of a file that is there and empty.
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
        made.map_err(io)?;
        let name = file.to_string_lossy().into_owned();
        let copied = self.db.reader().await?.execute("VACUUM INTO $1", args![name]).await;
        let synced = copied.and_then(|_| fs::File::open(file).and_then(|file| file.sync_all()).map_err(io));
        if synced.is_err() {
            let _ = fs::remove_file(file);
        }
        synced
    }

    /// Deletes what deleted rows leave behind: free pages, dead rows, the write-ahead log.
    pub async fn scrub(&self) -> Result<Scrubbed, Error> {
        match &self.db {
            Db::Lite { .. } => {
                // Deleting has overwritten them already (`secure_delete`); this gives the room back.
                self.db.writer().await?.run("VACUUM").await?;
                self.empty_log().await
            }
            Db::Pg(_) => rewrite_tables(self.db.writer().await?).await,
        }
    }

    async fn empty_log(&self) -> Result<Scrubbed, Error> {
        let begun = Instant::now();
        loop {
            let mut conn = self.db.writer().await?.unhurried();
            let mut rows = conn.fetch("PRAGMA wal_checkpoint(TRUNCATE)", vec![]).await?;
            let is_held: i64 = rows.first_mut().ok_or(sqlx::Error::RowNotFound)?.take()?;
            drop(conn);
            match is_held {
                0 => return Ok(Scrubbed::Wholly),
                _ if begun.elapsed() > PATIENCE => return Ok(Scrubbed::ButTheLog),
                _ => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

/// A plain `VACUUM` leaves the bytes in their pages until the room is used again; the full one writes the table anew.
async fn rewrite_tables(mut conn: Conn) -> Result<Scrubbed, Error> {
    let rewritten = rewrite_with(&mut conn).await;
    // Its limits are others than those of the pool now.
    conn.discard();
    rewritten
}

async fn rewrite_with(conn: &mut Conn) -> Result<Scrubbed, Error> {
    let mut scrubbed = Scrubbed::ButTheServersLog;
    conn.run("SET statement_timeout = 0").await?;
    for table in TABLES {
        let full = conn.run(sqlx::AssertSqlSafe(format!("VACUUM (FULL) {table}"))).await;
        match full {
            Err(Error::Busy(_)) => {
                scrubbed = Scrubbed::ButUnusedRoom;
                conn.run(sqlx::AssertSqlSafe(format!("VACUUM {table}"))).await?;
            }
            done => done?,
        }
    }
    Ok(scrubbed)
}
