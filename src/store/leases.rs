//! Who has which host in hand? Runs ask for hosts; leases with fencing tokens go out. One text for both databases; how
//! rows are locked stands in `dialect.rs`.

use super::{
    Error, Store,
    transaction::{Tx, transact},
    value::{Row, args},
};
use crate::{
    crawl::{Authority, Call, Claimed, HostMemory, Kept, Lease, RobotsMemory, RunId, Term, Work},
    domain::{Actor, Timestamp},
};

/// The columns that [`claimed`] reads.
macro_rules! claimed_columns {
    () => {
        "host, lease_token, not_before, robots, robots_until"
    };
}

/// A host that was never met has a row as well: the guests of other hosts' pages lease it, too.
const CLAIM_HOST: &str = concat!(
    "INSERT INTO crawl_hosts (host, lease_owner, lease_until, lease_token) VALUES ($1, $2, $3, 1) \
     ON CONFLICT (host) DO UPDATE SET lease_owner = excluded.lease_owner, lease_until = excluded.lease_until, \
         lease_token = crawl_hosts.lease_token + 1 WHERE crawl_hosts.lease_until <= $4 RETURNING ",
    claimed_columns!()
);

/// What is due there by a time ($1), if that is all that is wanted.
const HAS_SOURCE: &str = "AND EXISTS (SELECT 1 FROM crawl_sources c JOIN sources s ON s.id = c.source_id AND s.removed_at IS NULL \
         WHERE c.host = h.host AND c.due_at <= $1)";

const HOLD: &str = "UPDATE crawl_hosts SET lease_until = $3 WHERE host = $1 AND lease_token = $2";

/// Only what can be visited counts: pages of sources that were unset wait for another source to name them.
const RELEASE: &str = "\
    UPDATE crawl_hosts SET lease_owner = NULL, lease_until = 0, not_before = $2, robots = $3, robots_until = $4, due_at = ( \
        SELECT MIN(CASE WHEN due_at < $5 THEN $5 ELSE due_at END) FROM ( \
            SELECT * FROM (SELECT p.due_at FROM crawl_pages p JOIN sources s ON s.id = p.source_id AND s.removed_at IS NULL \
                WHERE p.host = $1 ORDER BY p.due_at LIMIT 1) AS first_page \
            UNION ALL \
            SELECT * FROM (SELECT c.due_at FROM crawl_sources c JOIN sources s ON s.id = c.source_id AND s.removed_at IS NULL \
                WHERE c.host = $1 ORDER BY c.due_at LIMIT 1) AS first_source) AS first_of_both) \
    WHERE host = $1";

const REMEMBER: &str =
    "UPDATE crawl_hosts SET not_before = $3, robots = $4, robots_until = $5 WHERE host = $1 AND lease_token = $2";

/// Makes a host due by a time, if it is not due before.
const AWAKEN: &str = "\
    INSERT INTO crawl_hosts (host, due_at) VALUES ($1, $2) ON CONFLICT (host) DO UPDATE SET due_at = excluded.due_at \
    WHERE crawl_hosts.due_at IS NULL OR crawl_hosts.due_at > excluded.due_at";

impl Store {
    /// This store, for writes that a lease gives the right to: once it is lost they fail with [`Error::Late`].
    #[must_use]
    pub fn under(&self, lease: &Lease) -> Self {
        Self {
            fence: Some(std::sync::Arc::new(lease.clone())),
            ..self.clone()
        }
    }

    /// Ends the leases of all crawls. For who knows that none is running, because it holds the lock that all of them take.
    pub async fn end_other_crawls(&self) -> Result<(), Error> {
        let sql = "UPDATE crawl_hosts SET lease_owner = NULL, lease_until = 0 WHERE lease_owner LIKE $1";
        let any = self.db.fetch(
            "SELECT 1 FROM crawl_hosts WHERE lease_owner LIKE $1 LIMIT 1",
            args![crawls()],
        );
        if any.await?.is_empty() {
            return Ok(());
        }
        self.db.writer().await?.execute(sql, args![crawls()]).await.map(drop)
    }

    /// Refuses a write under a lease that is lost.
    pub(super) async fn check_fence(&self, tx: &mut Tx) -> Result<(), Error> {
        match &self.fence {
            Some(lease) => self.stand(tx, lease).await,
            None => Ok(()),
        }
    }

    /// Makes sure that a lease stands until the transaction ends.
    pub(super) async fn stand(&self, tx: &mut Tx, lease: &Lease) -> Result<(), Error> {
        let args = args![lease.host.as_str(), lease.token];
        if tx.fetch(self.db.stand(), args).await?.is_empty() {
            return Err(Error::Late);
        }
        Ok(())
    }

    pub(super) async fn claim_due(&self, call: &Call<'_>) -> Result<Option<Claimed>, Error> {
        let Term { run, now, until } = call.term;
        let wanted = wanted(call.which.work);
        let sql = format!(
            "UPDATE crawl_hosts SET lease_owner = $3, lease_until = $4, lease_token = lease_token + 1 WHERE host = ( \
                 SELECT h.host FROM crawl_hosts h WHERE h.due_at <= $1 AND h.lease_until <= $2 {wanted} \
                 ORDER BY h.due_at, h.host LIMIT 1 {}) RETURNING {}",
            self.db.skip_locked(),
            claimed_columns!()
        );
        let args = args![call.which.by, now, run.as_str(), until];
        // Without the writer's lock first: a run that waits asks often.
        if !self.is_any_due(call).await? {
            return Ok(None);
        }
        let mut rows = self.db.writer().await?.fetch(sqlx::AssertSqlSafe(sql), args).await?;
        rows.first_mut().map(claimed).transpose()
    }

    async fn is_any_due(&self, call: &Call<'_>) -> Result<bool, Error> {
        let sql = "SELECT 1 FROM crawl_hosts WHERE due_at <= $1 AND lease_until <= $2 LIMIT 1";
        let args = args![call.which.by, call.term.now];
        Ok(!self.db.quick().await?.fetch(sql, args).await?.is_empty())
    }

    pub(super) async fn claim_one(&self, host: &Authority, term: &Term<'_>) -> Result<Option<Claimed>, Error> {
        let args = args![host.as_str(), term.run.as_str(), term.until, term.now];
        let mut rows = self.db.writer().await?.fetch(CLAIM_HOST, args).await?;
        rows.first_mut().map(claimed).transpose()
    }

    pub(super) async fn renew_all(&self, run: &RunId, until: Timestamp) -> Result<Vec<Authority>, Error> {
        // Rows under which something is just being written are nobody else's meanwhile, and one that waits must not let the
        // others' leases end.
        let sql = format!(
            "UPDATE crawl_hosts SET lease_until = $2 WHERE host IN ( \
                 SELECT host FROM crawl_hosts WHERE lease_owner = $1 {}) RETURNING host",
            self.db.skip_locked()
        );
        let args = args![run.as_str(), until];
        let mut rows = self.db.writer().await?.fetch(sqlx::AssertSqlSafe(sql), args).await?;
        rows.iter_mut().map(authority).collect()
    }

    pub(super) async fn hold_one(&self, lease: &Lease, until: Timestamp) -> Result<Kept, Error> {
        let args = args![lease.host.as_str(), lease.token, until];
        let written = self.db.writer().await?.execute(HOLD, args).await?;
        Ok(kept(written))
    }

    pub(super) async fn held_by_others(&self, call: &Call<'_>) -> Result<Vec<(Authority, Timestamp)>, Error> {
        let sql = format!(
            "SELECT h.host, h.lease_until FROM crawl_hosts h WHERE h.due_at <= $1 \
             AND (h.lease_owner IS NULL OR h.lease_owner <> $2) {} ORDER BY h.host LIMIT 100",
            wanted(call.which.work)
        );
        let args = args![call.which.by, call.term.run.as_str()];
        let mut rows = self.db.fetch(sqlx::AssertSqlSafe(sql), args).await?;
        rows.iter_mut().map(|row| Ok((authority(row)?, row.take()?))).collect()
    }

    pub(super) async fn release_one(
        &self,
        lease: &Lease,
        memory: &HostMemory,
        rests_until: Option<Timestamp>,
    ) -> Result<Kept, Error> {
        let done = transact!(self.db.repeatable(), &Actor::Crawl, |tx| async {
            // The row is locked before what is due is counted, so that no page comes in between.
            self.own(&mut tx, lease).await?;
            let [not_before, rules, until] = columns(memory);
            let rests_until = rests_until.unwrap_or(Timestamp::from_millis(0));
            let args = vec![lease.host.as_str().into(), not_before, rules, until, rests_until.into()];
            tx.execute(RELEASE, args).await.map(drop)
        });
        late(done)
    }

    /// As [`Store::stand`], for who goes on to write the row itself.
    async fn own(&self, tx: &mut Tx, lease: &Lease) -> Result<(), Error> {
        let args = args![lease.host.as_str(), lease.token];
        if tx.fetch(self.db.own(), args).await?.is_empty() {
            return Err(Error::Late);
        }
        Ok(())
    }

    pub(super) async fn remember(&self, lease: &Lease, memory: &HostMemory) -> Result<Kept, Error> {
        let [not_before, rules, until] = columns(memory);
        let args = vec![lease.host.as_str().into(), lease.token.into(), not_before, rules, until];
        let written = self.db.writer().await?.execute(REMEMBER, args).await?;
        Ok(kept(written))
    }
}

/// Of the hosts `h` those that have what is wanted.
const fn wanted(work: Work) -> &'static str {
    match work {
        Work::All => "",
        Work::Sources => HAS_SOURCE,
    }
}

fn crawls() -> String {
    format!("{}-%", RunId::CRAWL)
}

/// Makes a host due.
pub(super) async fn awaken(tx: &mut Tx, host: &Authority, due_at: Timestamp) -> Result<(), Error> {
    tx.execute(AWAKEN, args![host.as_str(), due_at]).await.map(drop)
}

const fn kept(rows: u64) -> Kept {
    if rows == 0 { Kept::Late } else { Kept::Yes }
}

/// A write that came late is no failure of the store.
pub(super) fn late(done: Result<(), Error>) -> Result<Kept, Error> {
    match done {
        Ok(()) => Ok(Kept::Yes),
        Err(Error::Late) => Ok(Kept::Late),
        Err(error) => Err(error),
    }
}

fn columns(memory: &HostMemory) -> [super::value::Value; 3] {
    let robots = memory.robots.as_ref();
    let rules = robots.and_then(|robots| robots.rules.as_ref());
    [
        memory.not_before.into(),
        rules.into(),
        robots.map(|robots| robots.until).into(),
    ]
}

fn authority(row: &mut Row) -> Result<Authority, Error> {
    row.take().map(Authority::stored)
}

fn claimed(row: &mut Row) -> Result<Claimed, Error> {
    let lease = Lease {
        host: authority(row)?,
        token: row.take()?,
    };
    Ok(Claimed {
        lease,
        memory: host_memory(row)?,
    })
}

pub(super) fn host_memory(row: &mut Row) -> Result<HostMemory, Error> {
    let not_before = row.take()?;
    let (rules, until): (_, Option<Timestamp>) = (row.take()?, row.take()?);
    Ok(HostMemory {
        not_before,
        robots: until.map(|until| RobotsMemory { rules, until }),
    })
}
