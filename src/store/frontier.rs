//! The crawler's memory: what is due, and what visits left behind.

use std::collections::{BTreeSet, HashSet};

use super::{
    Error, Store,
    batch::Insert,
    leases::{self, late},
    transaction::{Tx, transact},
    value::{Row, args},
};
use crate::{
    crawl::{
        AddedPages, Authority, Call, Claimed, Due, Frontier, HostMemory, Kept, Lease, Memory, Named, NewPages, Record,
        Role, RunId, Target, Term, Validators, VisitEnd, Which, Work,
    },
    domain::{Actor, SourceId, SourceKind, Timestamp, UrlKey, WebUrl},
};

/// Sources that no run has seen yet, and those whose host was not known to an earlier version.
const NEW_SOURCES: &str = "\
    SELECT s.id, s.url FROM sources s LEFT JOIN crawl_sources c ON c.source_id = s.id \
    WHERE s.removed_at IS NULL AND (c.source_id IS NULL OR c.host = '')";

const ENLIST: &str = "\
    INSERT INTO crawl_sources (source_id, host, due_at, failures, unchanged) VALUES ($1, $2, 0, 0, 0) \
    ON CONFLICT (source_id) DO UPDATE SET host = excluded.host";

const LATER_SOURCES: &str = "\
    SELECT c.source_id, c.host FROM crawl_sources c JOIN sources s ON s.id = c.source_id AND s.removed_at IS NULL \
    WHERE c.due_at > $1 ORDER BY c.host";

/// How much is due.
const PLANNED: &str = "\
    SELECT (SELECT COUNT(*) FROM crawl_pages p JOIN sources s ON s.id = p.source_id AND s.removed_at IS NULL \
            WHERE p.due_at <= $1) \
        + (SELECT COUNT(*) FROM crawl_sources c JOIN sources s ON s.id = c.source_id AND s.removed_at IS NULL \
            WHERE c.due_at <= $1)";

const DUE_SOURCES: &str = "\
    SELECT s.url, s.id, s.kind, c.etag, c.last_modified, c.content, c.cursor, c.failures, c.unchanged, c.failing_since \
    FROM crawl_sources c JOIN sources s ON s.id = c.source_id AND s.removed_at IS NULL \
    WHERE c.host = $1 AND c.due_at <= $2 ORDER BY c.due_at, s.id LIMIT $3";

/// Pages of sources that were unset stay, and are not visited.
const DUE_PAGES: &str = "\
    SELECT p.url, p.source_id, s.kind, s.url, p.depth, p.etag, p.last_modified, p.content, NULL, p.failures, p.unchanged, \
        CAST(NULL AS BIGINT) \
    FROM crawl_pages p JOIN sources s ON s.id = p.source_id AND s.removed_at IS NULL \
    WHERE p.host = $1 AND p.due_at <= $2 ORDER BY p.due_at, p.url_key LIMIT $3";

const COUNT_PAGES: &str = "\
    SELECT COUNT(*) FROM crawl_pages p JOIN sources s ON s.id = p.source_id AND s.removed_at IS NULL \
    WHERE p.host = $1 AND p.due_at <= $2";

const KNOWN_PAGES: &str = "\
    SELECT p.url_key FROM crawl_pages p JOIN sources s ON s.id = p.source_id AND s.removed_at IS NULL \
    WHERE p.url_key IN {in}";

/// A page whose source was unset goes over to the one that names it now.
const ADD_PAGES: Insert = Insert {
    into: "INSERT INTO crawl_pages (url_key, url, host, source_id, depth, added_at, due_at, failures, unchanged)",
    then: "ON CONFLICT (url_key) DO UPDATE SET source_id = excluded.source_id, depth = excluded.depth",
};

const RECORD_SOURCE: &str = "\
    UPDATE crawl_sources SET visited_at = $2, due_at = $3, etag = $4, last_modified = $5, content = $6, failures = $7, \
        unchanged = $8, cursor = $9, failing_since = $10, \
        succeeded_at = CASE WHEN $11 IS NULL THEN $2 ELSE succeeded_at END, \
        failed_at = CASE WHEN $11 IS NULL THEN failed_at ELSE $2 END, \
        failed_because = COALESCE($11, failed_because), \
        failure = CASE WHEN $11 IS NULL THEN failure ELSE $12 END \
    WHERE source_id = $1";

const RECORD_PAGE: &str = "\
    UPDATE crawl_pages SET visited_at = $2, due_at = $3, etag = $4, last_modified = $5, content = $6, \
        failures = $7, unchanged = $8, error = $9 WHERE url_key = $1";

const PUT_OFF_SOURCE: &str = "UPDATE crawl_sources SET due_at = $2 WHERE source_id = $1";
const PUT_OFF_PAGE: &str = "UPDATE crawl_pages SET due_at = $2 WHERE url_key = $1";

impl Frontier for Store {
    type Error = Error;

    async fn begin(&self, due: Due, at: Timestamp) -> Result<u64, Error> {
        self.enlist().await?;
        let by = match due {
            Due::By(by) => by,
            Due::All => {
                self.hurry(at).await?;
                at
            }
        };
        let mut rows = self.db.fetch(PLANNED, args![by]).await?;
        rows.first_mut().ok_or(sqlx::Error::RowNotFound)?.take()
    }

    async fn claim(&self, call: &Call<'_>) -> Result<Option<Claimed>, Error> {
        self.claim_due(call).await
    }

    async fn claim_host(&self, host: &Authority, term: &Term<'_>) -> Result<Option<Claimed>, Error> {
        self.claim_one(host, term).await
    }

    async fn renew(&self, run: &RunId, until: Timestamp) -> Result<Vec<Authority>, Error> {
        self.renew_all(run, until).await
    }

    async fn hold(&self, lease: &Lease, until: Timestamp) -> Result<Kept, Error> {
        self.hold_one(lease, until).await
    }

    async fn in_other_hands(&self, call: &Call<'_>) -> Result<Vec<(Authority, Timestamp)>, Error> {
        self.held_by_others(call).await
    }

    async fn release(&self, lease: &Lease, memory: &HostMemory, rests_until: Option<Timestamp>) -> Result<Kept, Error> {
        self.release_one(lease, memory, rests_until).await
    }

    async fn due(&self, host: &Authority, which: &Which, limit: u32) -> Result<Vec<Target>, Error> {
        let mut conn = self.db.quick().await?;
        let mut rows = conn.fetch(DUE_SOURCES, args![host.as_str(), which.by, limit]).await?;
        let mut due: Vec<_> = rows.iter_mut().map(source).collect::<Result<_, _>>()?;
        let room = limit - due.len() as u32;
        if which.work == Work::All && room > 0 {
            let mut rows = conn.fetch(DUE_PAGES, args![host.as_str(), which.by, room]).await?;
            for row in &mut rows {
                due.push(page(row)?);
            }
        }
        Ok(due)
    }

    async fn due_pages(&self, host: &Authority, by: Timestamp) -> Result<u64, Error> {
        let mut rows = self.db.fetch(COUNT_PAGES, args![host.as_str(), by]).await?;
        rows.first_mut().ok_or(sqlx::Error::RowNotFound)?.take()
    }

    async fn visited(&self, lease: &Lease, target: &Target, end: &VisitEnd<'_>) -> Result<Option<AddedPages>, Error> {
        let offered = end.pages.map_or_else(Vec::new, |pages| once_each(pages.urls));
        let written = transact!(self.db.repeatable(), &Actor::Crawl, |tx| async {
            let added = if let Some(pages) = end.pages {
                self.add(&mut tx, lease, pages, &offered).await?
            } else {
                self.stand(&mut tx, lease).await?;
                AddedPages::default()
            };
            write_down(&mut tx, target, &(end.record)(added)).await?;
            Ok(added)
        });
        match written {
            Ok(added) => Ok(Some(added)),
            Err(Error::Late) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn put_off(&self, lease: &Lease, target: &Target, until: Timestamp) -> Result<Kept, Error> {
        let (sql, key) = match target.role {
            Role::Source(_) => (PUT_OFF_SOURCE, target.source.to_string()),
            Role::Page(_) => (PUT_OFF_PAGE, target.url.key().to_string()),
        };
        let done = transact!(self.db.repeatable(), &Actor::Crawl, |tx| async {
            self.stand(&mut tx, lease).await?;
            tx.execute(sql, args![key.clone(), until]).await.map(drop)
        });
        late(done)
    }

    async fn remember_host(&self, lease: &Lease, memory: &HostMemory) -> Result<Kept, Error> {
        self.remember(lease, memory).await
    }
}

impl Store {
    /// Gives each source its place at its host. Writes nothing where none is new.
    async fn enlist(&self) -> Result<(), Error> {
        let mut rows = self.db.fetch(NEW_SOURCES, vec![]).await?;
        let new = rows.iter_mut().map(|row| Ok((row.take()?, row.take()?)));
        let new: Vec<(SourceId, WebUrl)> = new.collect::<Result<_, Error>>()?;
        if new.is_empty() {
            return Ok(());
        }
        transact!(self.db, &Actor::Crawl, |tx| enlist(&mut tx, &new))
    }

    /// Makes all sources due.
    async fn hurry(&self, at: Timestamp) -> Result<(), Error> {
        let mut rows = self.db.fetch(LATER_SOURCES, args![at]).await?;
        let later = rows.iter_mut().map(|row| Ok((row.take()?, row.take()?)));
        let later: Vec<(SourceId, String)> = later.collect::<Result<_, Error>>()?;
        transact!(self.db, &Actor::Crawl, |tx| hurry(&mut tx, &later, at))
    }

    async fn add(
        &self,
        tx: &mut Tx,
        lease: &Lease,
        pages: NewPages<'_>,
        offered: &[(UrlKey, &WebUrl)],
    ) -> Result<AddedPages, Error> {
        let keys = offered.iter().map(|(key, _)| key.into()).collect();
        let known = tx.fetch_in(KNOWN_PAGES, keys).await?;
        let known: HashSet<String> = known.into_iter().map(|mut row| row.take()).collect::<Result<_, _>>()?;
        let mut new = offered.iter().filter(|(key, _)| !known.contains(key.as_str()));
        let taken: Vec<_> = new.by_ref().take(pages.limit).collect();
        // In one order, so that no two who do this wait for each other: the own host is locked, the others are awoken.
        let hosts: BTreeSet<_> = taken.iter().map(|(_, url)| Authority::of(url)).collect();
        for host in hosts.iter().filter(|host| **host < lease.host) {
            leases::awaken(tx, host, pages.due_at).await?;
        }
        self.stand(tx, lease).await?;
        for host in hosts.iter().filter(|host| **host >= lease.host) {
            leases::awaken(tx, host, pages.due_at).await?;
        }
        Ok(AddedPages {
            new: insert_pages(tx, pages, &taken).await?,
            left_over: new.count() as u64,
        })
    }
}

/// Addresses by their keys, in the order given.
fn once_each(urls: &[WebUrl]) -> Vec<(UrlKey, &WebUrl)> {
    let mut seen = HashSet::new();
    let keyed = urls.iter().map(|url| (url.key(), url));
    keyed.filter(|(key, _)| seen.insert(key.clone())).collect()
}

async fn enlist(tx: &mut Tx, new: &[(SourceId, WebUrl)]) -> Result<(), Error> {
    let mut hosts = BTreeSet::new();
    for (id, url) in new {
        let host = Authority::of(url);
        tx.execute(ENLIST, args![id, host.as_str()]).await?;
        hosts.insert(host);
    }
    for host in &hosts {
        leases::awaken(tx, host, Timestamp::from_millis(0)).await?;
    }
    Ok(())
}

/// Hosts are awoken in order, as by all who awaken several.
pub(super) async fn hurry(tx: &mut Tx, sources: &[(SourceId, String)], at: Timestamp) -> Result<(), Error> {
    for (_, host) in sources {
        leases::awaken(tx, &Authority::stored(host.clone()), at).await?;
    }
    for (id, _) in sources {
        tx.execute(PUT_OFF_SOURCE, args![id, at]).await?;
    }
    Ok(())
}

async fn write_down(tx: &mut Tx, target: &Target, record: &Record) -> Result<(), Error> {
    let (sql, key) = match target.role {
        Role::Source(_) => (RECORD_SOURCE, target.source.to_string()),
        Role::Page(_) => (RECORD_PAGE, target.url.key().to_string()),
    };
    let Memory {
        validators,
        content,
        cursor,
        failures,
        unchanged,
        failing_since,
    } = &record.memory;
    let mut args = args![
        key,
        record.visited_at,
        record.due_at,
        validators.etag.as_ref(),
        validators.last_modified.as_ref(),
        content.as_ref(),
        *failures,
        *unchanged
    ];
    let (code, reason) = record
        .failure
        .as_ref()
        .map(|failure| (&failure.code, &failure.reason))
        .unzip();
    args.extend(match target.role {
        Role::Source(_) => args![cursor.as_ref(), *failing_since, code, reason],
        Role::Page(_) => args![code],
    });
    tx.execute(sql, args).await.map(drop)
}

async fn insert_pages(
    tx: &mut Tx,
    NewPages {
        source, depth, due_at, ..
    }: NewPages<'_>,
    taken: &[&(UrlKey, &WebUrl)],
) -> Result<u64, Error> {
    let rows = taken.iter().map(|(key, url)| {
        let host = Authority::of(url);
        args![key, *url, host.as_str(), &source, depth, due_at, due_at, 0_u32, 0_u32]
    });
    tx.insert(ADD_PAGES, rows.collect()).await
}

fn source(row: &mut Row) -> Result<Target, Error> {
    let (url, source, kind): (_, _, SourceKind) = (row.take()?, row.take()?, row.take()?);
    Ok(Target {
        url,
        source,
        role: Role::Source(kind),
        memory: memory(row)?,
    })
}

fn page(row: &mut Row) -> Result<Target, Error> {
    Ok(Target {
        url: row.take()?,
        source: row.take()?,
        role: Role::Page(Named {
            kind: row.take()?,
            source_url: row.take()?,
            depth: count(row)?,
        }),
        memory: memory(row)?,
    })
}

fn memory(row: &mut Row) -> Result<Memory, Error> {
    let validators = Validators {
        etag: row.take()?,
        last_modified: row.take()?,
    };
    Ok(Memory {
        validators,
        content: row.take()?,
        cursor: row.take()?,
        failures: count(row)?,
        unchanged: count(row)?,
        failing_since: row.take()?,
    })
}

fn count(row: &mut Row) -> Result<u32, Error> {
    Ok(u32::try_from(row.take::<u64>()?).unwrap_or(u32::MAX))
}
