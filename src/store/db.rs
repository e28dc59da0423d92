//! Comes in: SQL text that both databases understand, and values. Goes out: rows.

use sqlx::{
    Arguments, AssertSqlSafe, Connection, PgConnection, PgPool, Postgres, SqlSafeStr, pool::PoolConnection,
    postgres::PgArguments, query_scalar, query_with,
};

use super::{
    Error, batch,
    lite::{Lent, Pace, Pool},
    value::{Row, Value},
};

/// The connections to the one database. A cheap handle.
#[derive(Debug, Clone)]
pub(super) enum Db {
    /// One file: one connection writes, some read.
    Lite { read: Pool, write: Pool },
    /// A server.
    Pg(PgPool),
}

impl Db {
    /// A connection that reads, whatever it takes.
    pub(super) async fn reader(&self) -> Result<Conn, Error> {
        self.reading(Pace::Long).await
    }

    /// A connection that reads rows by their keys.
    pub(super) async fn quick(&self) -> Result<Conn, Error> {
        self.reading(Pace::Quick).await
    }

    async fn reading(&self, pace: Pace) -> Result<Conn, Error> {
        Ok(match self {
            Self::Lite { read, .. } => Conn::Lite(read.lend(pace).await?),
            Self::Pg(pool) => Conn::Pg(pool.acquire().await?),
        })
    }

    /// A connection that writes.
    pub(super) async fn writer(&self) -> Result<Conn, Error> {
        Ok(match self {
            Self::Lite { write, .. } => Conn::Lite(write.lend(Pace::Quick).await?),
            Self::Pg(pool) => Conn::Pg(pool.acquire().await?),
        })
    }

    /// A connection that reads and is kept: it is never handed back.
    pub(super) async fn detached(&self) -> Result<Own, Error> {
        Ok(match self {
            Self::Lite { read, .. } => Own::Lite(read.alone().await?),
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
    Lite(Lent),
    Pg(PoolConnection<Postgres>),
}

impl Conn {
    /// The same connection for statements that take their time.
    pub(super) fn unhurried(self) -> Self {
        match self {
            Self::Lite(conn) => Self::Lite(conn.at(Pace::Long)),
            Self::Pg(conn) => Self::Pg(conn),
        }
    }

    /// Runs a statement and collects its rows.
    pub(super) async fn fetch(&mut self, sql: impl SqlSafeStr, args: Vec<Value>) -> Result<Vec<Row>, Error> {
        Ok(match self {
            Self::Lite(conn) => {
                let rows = conn.fetch(sql.into_sql_str(), args).await?;
                rows.into_iter().map(Row::from).collect()
            }
            Self::Pg(conn) => {
                let rows = query_with(sql, bound(args)?).fetch_all(&mut **conn).await?;
                rows.into_iter().map(Row::from).collect()
            }
        })
    }

    /// Runs a statement; says how many rows it wrote.
    pub(super) async fn execute(&mut self, sql: impl SqlSafeStr, args: Vec<Value>) -> Result<u64, Error> {
        match self {
            Self::Lite(conn) => conn.execute(sql.into_sql_str(), args).await,
            Self::Pg(conn) => {
                let done = query_with(sql, bound(args)?).execute(&mut **conn).await?;
                Ok(done.rows_affected())
            }
        }
    }

    /// Runs statements without values, as they stand, which may take their time: the schema, a commit that waits for the disk.
    pub(super) async fn run(&mut self, sql: impl SqlSafeStr) -> Result<(), Error> {
        match self {
            Self::Lite(conn) => conn.run_aside(sql.into_sql_str()).await,
            Self::Pg(conn) => Ok(sqlx::raw_sql(sql).execute(&mut **conn).await.map(drop)?),
        }
    }

    /// The same for those that do not: begin, roll back, a commit that waits for nothing.
    pub(super) async fn run_quick(&mut self, sql: impl SqlSafeStr) -> Result<(), Error> {
        match self {
            Self::Lite(conn) => conn.run_here(sql.into_sql_str()).await,
            Self::Pg(_) => self.run(sql).await,
        }
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
    pub(super) fn discard(self) {
        match self {
            Self::Lite(conn) => conn.discard(),
            Self::Pg(mut conn) => conn.close_on_drop(),
        }
    }
}

/// A connection of somebody's own.
#[derive(Debug)]
pub(super) enum Own {
    Lite(Lent),
    Pg(PgConnection),
}

impl Own {
    /// Reads the one number that a statement without values gives; `None` if it gives no row.
    pub(super) async fn number(&mut self, sql: &'static str) -> Result<Option<i64>, Error> {
        match self {
            Self::Lite(conn) => {
                let rows = conn.fetch(sql.into_sql_str(), Vec::new()).await?;
                rows.into_iter().next().map(|row| Row::from(row).take()).transpose()
            }
            Self::Pg(conn) => Ok(query_scalar(sql).fetch_optional(conn).await?),
        }
    }

    /// Ends it in good order. If that fails, it is gone all the same.
    pub(super) async fn close(self) {
        match self {
            Self::Lite(conn) => conn.discard(),
            Self::Pg(conn) => drop(conn.close().await),
        }
    }
}

fn bound(args: Vec<Value>) -> Result<PgArguments, Error> {
    let mut bound = PgArguments::default();
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
