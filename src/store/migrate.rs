//! Comes in: a database as it was left. Goes out: one with today's tables, or an error and the database as it was left.

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{
    Error, StoreId,
    db::{Conn, Db},
    transaction::{Tx, transact},
    value::args,
};
use crate::domain::Actor;

/// All steps ever taken, in order; step n leads to schema n. A step that was released is never edited.
const STEPS: &[&str] = &[
    include_str!("migrations/0001_init.sql"),
    include_str!("migrations/0002_frontier.sql"),
    include_str!("migrations/0003_kinds.sql"),
    include_str!("migrations/0004_leases.sql"),
    include_str!("migrations/0005_copies.sql"),
    include_str!("migrations/0006_merging.sql"),
    include_str!("migrations/0007_reports.sql"),
    include_str!("migrations/0008_erasure.sql"),
    include_str!("migrations/0009_twins.sql"),
];

/// The newest schema known here.
const KNOWN: u32 = STEPS.len() as u32;

/// Refuses, without writing, a database that a newer version wrote or that is not ours. Says which schema it has.
pub(super) async fn inspect(db: &Db) -> Result<u32, Error> {
    schema(&mut db.reader().await?, db).await
}

async fn schema(conn: &mut Conn, db: &Db) -> Result<u32, Error> {
    let mut tables = conn.fetch(db.tables(), vec![]).await?;
    let tables = tables.first_mut().ok_or(sqlx::Error::RowNotFound)?;
    match (tables.take::<u64>()?, tables.take::<u64>()?) {
        (0, 0) => return Ok(0),
        (0, _) => return Err(Error::damaged("the tables in it are another program's")),
        _ => {}
    }
    let mut rows = conn
        .fetch("SELECT COALESCE(MAX(version), 0) FROM schema_versions", vec![])
        .await?;
    let found: u64 = rows.first_mut().ok_or(sqlx::Error::RowNotFound)?.take()?;
    let found = u32::try_from(found).unwrap_or(u32::MAX);
    if found > KNOWN {
        Err(Error::FromTheFuture { found, known: KNOWN })
    } else {
        Ok(found)
    }
}

/// Takes the steps that are missing, all in one transaction, and reads the store's identifier.
pub(super) async fn run(db: &Db) -> Result<StoreId, Error> {
    if inspect(db).await? < KNOWN {
        transact!(db, &Actor::Operator, |tx| migrate(&mut tx, db))?;
    }
    identify(db).await
}

/// Reads the store's identifier.
pub(super) async fn identify(db: &Db) -> Result<StoreId, Error> {
    let mut rows = db
        .fetch("SELECT value FROM settings WHERE name = 'store_id'", vec![])
        .await?;
    let id: String = rows
        .first_mut()
        .ok_or_else(|| Error::damaged("it has lost its identifier"))?
        .take()?;
    Uuid::try_parse(&id)
        .map(StoreId)
        .map_err(|_| Error::damaged("its identifier is no identifier"))
}

async fn migrate(tx: &mut Tx, db: &Db) -> Result<(), Error> {
    tx.run(db.lock_migrations()).await?;
    // Again, now that nobody else can: another process may have been at it meanwhile.
    let found = schema(tx.conn(), db).await?;
    for (version, step) in (1_u32..).zip(STEPS).skip(found as usize) {
        tx.run(AssertSqlSafe(db.translate(step))).await?;
        let sql = "INSERT INTO schema_versions (version, applied_at) VALUES ($1, $2)";
        tx.execute(sql, args![version, tx.at]).await?;
    }
    if found == 0 { found_store(tx, db).await } else { Ok(()) }
}

async fn found_store(tx: &mut Tx, db: &Db) -> Result<(), Error> {
    tx.run(db.mark()).await?;
    let sql = "INSERT INTO settings (name, value) VALUES ('store_id', $1), ('normaliser', $2)";
    let args = args![Uuid::now_v7().to_string(), claim_index::NORMALISER_VERSION.to_string()];
    tx.execute(sql, args).await.map(drop)
}
