//! What is in a store, without identifiers and times: two stores that know the same give the same lines.
//!
//! Which of two sources named a page first is left out, too: hosts are visited at the same time, so it may differ between
//! two runs that nothing broke off.

use klarstelle::store::StoreUrl;
use sqlx::{Connection, PgConnection, Row, SqliteConnection, sqlite::SqliteConnectOptions};

/// What was found.
pub(crate) const FOUND: &[(&str, &str)] = &[
    (
        "document",
        "SELECT d.url || '|' || COALESCE(d.canonical_url, '') || '|' || d.title || '|' || d.text || '|' || d.lang || '|' || \
         COALESCE(d.author, '') || '|' || CAST(d.version AS TEXT) FROM documents d JOIN sources s ON s.id = d.source_id",
    ),
    (
        "claim",
        "SELECT text || '|' || lang || '|' || origin || '|' || CAST(sightings AS TEXT) || '|' || CAST(fact_checks AS TEXT) || \
         '|' || CAST(version AS TEXT) FROM claims",
    ),
    (
        "sighting",
        "SELECT d.url || '|' || c.text || '|' || s.quote FROM sightings s JOIN documents d ON d.id = s.document_id \
         JOIN claims c ON c.id = s.claim_id",
    ),
    (
        "fact-check",
        "SELECT f.verdict || '|' || v.body FROM fact_checks f JOIN fact_check_versions v ON v.fact_check_id = f.id",
    ),
    (
        "attachment",
        "SELECT c.text || '|' || f.verdict FROM attachments a JOIN claims c ON c.id = a.claim_id \
         JOIN fact_checks f ON f.id = a.fact_check_id WHERE a.withdrawn_at IS NULL",
    ),
    (
        "change",
        "SELECT kind || '|' || action || '|' || CAST(COUNT(*) AS TEXT) FROM changes GROUP BY kind, action",
    ),
];

/// What the crawler remembers.
pub(crate) const REMEMBERED: &[(&str, &str)] = &[
    (
        "page",
        "SELECT p.url || '|' || p.host || '|' || CAST(p.depth AS TEXT) || '|' || COALESCE(p.error, '') || '|' || \
         COALESCE(p.etag, '') || '|' || COALESCE(p.content, '') || '|' || CAST(p.failures AS TEXT) || '|' || \
         CAST(p.unchanged AS TEXT) || CASE WHEN p.visited_at IS NULL THEN '|never' ELSE '' END \
         FROM crawl_pages p JOIN sources s ON s.id = p.source_id",
    ),
    (
        "source",
        "SELECT s.url || '|' || c.host || '|' || COALESCE(c.failed_because, '') || '|' || COALESCE(c.etag, '') || '|' || \
         COALESCE(c.content, '') || '|' || CAST(c.failures AS TEXT) || '|' || CAST(c.unchanged AS TEXT) \
         FROM crawl_sources c JOIN sources s ON s.id = c.source_id",
    ),
    (
        "host",
        "SELECT host || '|' || COALESCE(robots, '') || '|' || COALESCE(lease_owner, 'free') FROM crawl_hosts",
    ),
];

/// The lines of these tables, sorted.
pub(crate) async fn dump(url: &StoreUrl, tables: &[&[(&str, &'static str)]]) -> Vec<String> {
    let mut lines = Vec::new();
    for (table, sql) in tables.iter().copied().flatten() {
        lines.extend(read(url, sql).await.into_iter().map(|line| format!("{table} {line}")));
    }
    lines.sort();
    lines
}

/// Asserts that two dumps have the same lines; says which differ.
pub(crate) fn assert_same(found: &[String], wanted: &[String], when: &str) {
    let only = |here: &[String], there: &[String]| -> Vec<String> {
        here.iter().filter(|line| !there.contains(line)).cloned().collect()
    };
    let (more, less) = (only(found, wanted), only(wanted, found));
    assert!(
        more.is_empty() && less.is_empty() && found.len() == wanted.len(),
        "{when}: too much: {more:#?}, missing: {less:#?}"
    );
}

async fn read(url: &StoreUrl, sql: &'static str) -> Vec<String> {
    match url {
        StoreUrl::Sqlite(path) => {
            let options = SqliteConnectOptions::new().filename(path).read_only(true);
            let mut conn = SqliteConnection::connect_with(&options).await.expect("a store");
            let rows = sqlx::query(sql).fetch_all(&mut conn).await.expect("rows");
            rows.iter().map(|row| row.get(0)).collect()
        }
        StoreUrl::Postgres(url) => {
            let mut conn = PgConnection::connect(url).await.expect("a store");
            let rows = sqlx::query(sql).fetch_all(&mut conn).await.expect("rows");
            rows.iter().map(|row| row.get(0)).collect()
        }
    }
}
