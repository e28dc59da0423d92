//! The crawler's memory: what is due, and what visits left behind.

use std::collections::HashSet;

use super::{
    Error, Store,
    batch::Insert,
    transaction::{Tx, transact},
    value::{Row, args},
};
use crate::{
    crawl::{
        AddedPages, Authority, Due, Frontier, HostMemory, Memory, Named, NewPages, PageQuota, Record, RobotsMemory,
        Role, Target, Validators,
    },
    domain::{Actor, SourceKind, Timestamp, UrlKey, WebUrl},
};

const DUE_SOURCES: &str = "\
    SELECT s.url, s.id, s.kind, c.etag, c.last_modified, c.content, c.cursor, COALESCE(c.failures, 0), \
        COALESCE(c.unchanged, 0) \
    FROM sources s LEFT JOIN crawl_sources c ON c.source_id = s.id \
    WHERE s.removed_at IS NULL AND COALESCE(c.due_at, 0) <= $1 ORDER BY COALESCE(c.due_at, 0), s.id";

/// Pages of sources that were unset stay, and are not visited.
const DUE_PAGES: &str = "\
    SELECT url, source_id, kind, source_url, depth, etag, last_modified, content, NULL, failures, unchanged FROM ( \
        SELECT p.*, s.kind, s.url AS source_url, ROW_NUMBER() OVER (PARTITION BY p.host ORDER BY p.due_at, p.url_key) AS place \
        FROM crawl_pages p JOIN sources s ON s.id = p.source_id AND s.removed_at IS NULL WHERE p.due_at <= $1 \
    ) AS due WHERE place <= $2 ORDER BY due_at, url_key LIMIT $3";

const KNOWN_PAGES: &str = "\
    SELECT p.url_key FROM crawl_pages p JOIN sources s ON s.id = p.source_id AND s.removed_at IS NULL \
    WHERE p.url_key IN {in}";

/// A page whose source was unset goes over to the one that names it now.
const ADD_PAGES: Insert = Insert {
    into: "INSERT INTO crawl_pages (url_key, url, host, source_id, depth, added_at, due_at, failures, unchanged)",
    then: "ON CONFLICT (url_key) DO UPDATE SET source_id = excluded.source_id, depth = excluded.depth",
};

const RECORD_SOURCE: &str = "\
    INSERT INTO crawl_sources \
        (source_id, visited_at, due_at, error, etag, last_modified, content, failures, unchanged, cursor) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
    ON CONFLICT (source_id) DO UPDATE SET visited_at = excluded.visited_at, due_at = excluded.due_at, \
        error = excluded.error, etag = excluded.etag, last_modified = excluded.last_modified, \
        content = excluded.content, failures = excluded.failures, unchanged = excluded.unchanged, cursor = excluded.cursor";

const RECORD_PAGE: &str = "\
    UPDATE crawl_pages SET visited_at = $2, due_at = $3, error = $4, etag = $5, last_modified = $6, content = $7, \
        failures = $8, unchanged = $9 WHERE url_key = $1";

const REMEMBER_HOST: &str = "\
    INSERT INTO crawl_hosts (host, not_before, robots, robots_until) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (host) DO UPDATE SET not_before = excluded.not_before, robots = excluded.robots, \
        robots_until = excluded.robots_until";

impl Frontier for Store {
    type Error = Error;

    async fn due_sources(&self, due: Due) -> Result<Vec<Target>, Error> {
        let by = match due {
            Due::By(by) => by,
            Due::All => Timestamp::from_millis(i64::MAX),
        };
        self.db
            .fetch(DUE_SOURCES, args![by])
            .await?
            .iter_mut()
            .map(source)
            .collect()
    }

    async fn due_pages(&self, quota: PageQuota) -> Result<Vec<Target>, Error> {
        let args = args![quota.by, quota.per_host, quota.limit];
        self.db.fetch(DUE_PAGES, args).await?.iter_mut().map(page).collect()
    }

    async fn add_pages(&self, pages: NewPages<'_>, at: Timestamp) -> Result<AddedPages, Error> {
        let mut offered = Vec::new();
        let mut keys = HashSet::new();
        for url in pages.urls {
            let key = url.key();
            if keys.insert(key.clone()) {
                offered.push((key, url));
            }
        }
        transact!(self.db, &Actor::Crawl, |tx| add_pages(&mut tx, pages, &offered, at))
    }

    async fn visited(&self, target: &Target, record: &Record) -> Result<(), Error> {
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
        } = &record.memory;
        let mut args = args![
            key,
            record.visited_at,
            record.due_at,
            record.error.as_ref(),
            validators.etag.as_ref(),
            validators.last_modified.as_ref(),
            content.as_ref(),
            *failures,
            *unchanged
        ];
        if let Role::Source(_) = target.role {
            args.push(cursor.as_ref().into());
        }
        self.db.writer().await?.execute(sql, args).await.map(drop)
    }

    async fn host(&self, host: &Authority) -> Result<HostMemory, Error> {
        let sql = "SELECT not_before, robots, robots_until FROM crawl_hosts WHERE host = $1";
        let mut rows = self.db.fetch(sql, args![host.as_str()]).await?;
        rows.first_mut().map_or_else(|| Ok(HostMemory::default()), host_memory)
    }

    async fn remember_host(&self, host: &Authority, memory: &HostMemory) -> Result<(), Error> {
        let robots = memory.robots.as_ref();
        let rules = robots.and_then(|robots| robots.rules.as_ref());
        let args = args![
            host.as_str(),
            memory.not_before,
            rules,
            robots.map(|robots| robots.until)
        ];
        self.db.writer().await?.execute(REMEMBER_HOST, args).await.map(drop)
    }
}

async fn add_pages(
    tx: &mut Tx,
    NewPages {
        source, depth, limit, ..
    }: NewPages<'_>,
    offered: &[(UrlKey, &WebUrl)],
    at: Timestamp,
) -> Result<AddedPages, Error> {
    let keys = offered.iter().map(|(key, _)| key.into()).collect();
    let known = tx.fetch_in(KNOWN_PAGES, keys).await?;
    let known: HashSet<String> = known.into_iter().map(|mut row| row.take()).collect::<Result<_, _>>()?;
    let mut new = offered.iter().filter(|(key, _)| !known.contains(key.as_str()));
    let rows = new.by_ref().take(limit).map(|(key, url)| {
        let host = Authority::of(url);
        args![key, *url, host.as_str(), &source, depth, at, at, 0_u32, 0_u32]
    });
    let new_rows = tx.insert(ADD_PAGES, rows.collect()).await?;
    Ok(AddedPages {
        new: new_rows,
        left_over: new.count() as u64,
    })
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
    })
}

fn count(row: &mut Row) -> Result<u32, Error> {
    Ok(u32::try_from(row.take::<u64>()?).unwrap_or(u32::MAX))
}

fn host_memory(row: &mut Row) -> Result<HostMemory, Error> {
    let not_before = row.take()?;
    let (rules, until): (_, Option<Timestamp>) = (row.take()?, row.take()?);
    Ok(HostMemory {
        not_before,
        robots: until.map(|until| RobotsMemory { rules, until }),
    })
}
