//! Comes in: SQL text that both databases understand, and values. Goes out: rows.

use sqlx::{
    Arguments, AssertSqlSafe, Connection, PgConnection, PgPool, Postgres, SqlSafeStr, Sqlite, SqliteConnection,
    SqlitePool, pool::PoolConnection, postgres::PgArguments, query_scalar, query_with, sqlite::SqliteArguments,
};

use super::{
    Error, batch, dialect,
    value::{Row, Value},
};

/// The connections to the one database. A cheap handle.
#[derive(Debug, Clone)]
pub(super) enum Db {
    /// One file: one connection writes, some read.
    Lite { read: SqlitePool, write: SqlitePool },
    /// A server.
    Pg(PgPool),
}

impl Db {
    /// A connection that reads.
    pub(super) async fn reader(&self) -> Result<Conn, Error> {
        Ok(match self {
            Self::Lite { read, .. } => Conn::Lite(read.acquire().await?),
            Self::Pg(pool) => Conn::Pg(pool.acquire().await?),
        })
    }

    /// A connection that writes.
    pub(super) async fn writer(&self) -> Result<Conn, Error> {
        Ok(match self {
            Self::Lite { write, .. } => Conn::Lite(write.acquire().await.map_err(dialect::waited_for_writer)?),
            Self::Pg(pool) => Conn::Pg(pool.acquire().await?),
        })
    }

    /// A connection that reads and is kept: it is never handed back.
    pub(super) async fn detached(&self) -> Result<Own, Error> {
        Ok(match self {
            Self::Lite { read, .. } => Own::Lite(read.acquire().await?.detach()),
            Self::Pg(pool) => Own::Pg(pool.acquire().await?.detach()),
        })
    }

    /// Reads with one statement.
    pub(super) async fn fetch(&self, sql: impl SqlSafeStr, args: Vec<Value>) -> Result<Vec<Row>, Error> {
        self.reader().await?.fetch(sql, args).await
    }

    /// Reads with one statement whose `{in}` stands for a list of keys.
    pub(super) async fn fetch_in(&self, sql: &str, keys: Vec<Value>) -> Result<Vec<Row>, Error> {
        self.reader().await?.fetch_in(sql, keys).await
    }

    /// The same, with other values before the keys.
    pub(super) async fn fetch_in_after(&self, sql: &str, args: &[Value], keys: Vec<Value>) -> Result<Vec<Row>, Error> {
        let (mut conn, mut rows) = (self.reader().await?, Vec::new());
        for (text, args) in batch::in_lists_after(args, sql, &keys) {
            rows.extend(conn.fetch(AssertSqlSafe(text), args).await?);
        }
        Ok(rows)
    }

    /// Ends all connections in good order.
    pub(super) async fn close(&self) {
        match self {
            Self::Lite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Self::Pg(pool) => pool.close().await,
        }
    }
}

/// One connection.
pub(super) enum Conn {
    Lite(PoolConnection<Sqlite>),
    Pg(PoolConnection<Postgres>),
}

impl Conn {
    /// Runs a statement and collects its rows.
    pub(super) async fn fetch(&mut self, sql: impl SqlSafeStr, args: Vec<Value>) -> Result<Vec<Row>, Error> {
        Ok(match self {
            Self::Lite(conn) => {
                let rows = query_with(sql, lite_args(args)?).fetch_all(&mut **conn).await?;
                rows.into_iter().map(Row::from).collect()
            }
            Self::Pg(conn) => {
                let rows = query_with(sql, pg_args(args)?).fetch_all(&mut **conn).await?;
                rows.into_iter().map(Row::from).collect()
            }
        })
    }

    /// Runs a statement; says how many rows it wrote.
    pub(super) async fn execute(&mut self, sql: impl SqlSafeStr, args: Vec<Value>) -> Result<u64, Error> {
        Ok(match self {
            Self::Lite(conn) => query_with(sql, lite_args(args)?)
                .execute(&mut **conn)
                .await?
                .rows_affected(),
            Self::Pg(conn) => query_with(sql, pg_args(args)?)
                .execute(&mut **conn)
                .await?
                .rows_affected(),
        })
    }

    /// Runs statements without values, as they stand: begin, commit, schema.
    pub(super) async fn run(&mut self, sql: impl SqlSafeStr) -> Result<(), Error> {
        match self {
            Self::Lite(conn) => sqlx::raw_sql(sql).execute(&mut **conn).await.map(drop)?,
            Self::Pg(conn) => sqlx::raw_sql(sql).execute(&mut **conn).await.map(drop)?,
        }
        Ok(())
    }

    /// Runs a statement whose `{in}` stands for a list of keys, as often as the number of keys demands.
    pub(super) async fn fetch_in(&mut self, sql: &str, keys: Vec<Value>) -> Result<Vec<Row>, Error> {
        let mut rows = Vec::new();
        for (text, args) in batch::in_lists(self.marks(), sql, &keys) {
            rows.extend(self.fetch(AssertSqlSafe(text), args).await?);
        }
        Ok(rows)
    }

    /// Closes the connection instead of handing it on: its state is unknown.
    pub(super) fn discard(mut self) {
        match &mut self {
            Self::Lite(conn) => conn.close_on_drop(),
            Self::Pg(conn) => conn.close_on_drop(),
        }
    }
}

/// A connection of somebody's own.
#[derive(Debug)]
pub(super) enum Own {
    Lite(SqliteConnection),
    Pg(PgConnection),
}

impl Own {
    /// Reads the one number that a statement without values gives; `None` if it gives no row.
    pub(super) async fn number(&mut self, sql: &'static str) -> Result<Option<i64>, Error> {
        Ok(match self {
            Self::Lite(conn) => query_scalar(sql).fetch_optional(conn).await?,
            Self::Pg(conn) => query_scalar(sql).fetch_optional(conn).await?,
        })
    }

    /// Ends it in good order. If that fails, it is gone all the same.
    pub(super) async fn close(self) {
        let _ended = match self {
            Self::Lite(conn) => conn.close().await,
            Self::Pg(conn) => conn.close().await,
        };
    }
}

/// The same list of values, in the form that one database takes.
macro_rules! bind {
    ($name:ident, $arguments:ty) => {
        fn $name(args: Vec<Value>) -> Result<$arguments, Error> {
            let mut bound = <$arguments>::default();
            for value in args {
                match value {
                    Value::Int(value) => bound.add(value),
                    Value::Text(value) => bound.add(value),
                    Value::Real(value) => bound.add(value),
                    Value::Blob(value) => bound.add(value),
                }
                .map_err(sqlx::Error::Encode)?;
            }
            Ok(bound)
        }
    };
}

bind!(lite_args, SqliteArguments);
bind!(pg_args, PgArguments);
