-- Hosts are leased to runs; sources have a health; documents are counted by the day.

-- `lease_token` grows with each lease: what a run writes after it lost its lease names a token of the past, and is refused.
-- `due_at` is never later than the first page or source due at the host; null if there is none.
ALTER TABLE crawl_hosts ADD COLUMN due_at BIGINT;
ALTER TABLE crawl_hosts ADD COLUMN lease_owner TEXT;
ALTER TABLE crawl_hosts ADD COLUMN lease_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE crawl_hosts ADD COLUMN lease_token BIGINT NOT NULL DEFAULT 0;
CREATE INDEX crawl_hosts_due ON crawl_hosts (due_at, host);

INSERT INTO crawl_hosts (host, due_at) SELECT host, MIN(due_at) FROM crawl_pages WHERE true GROUP BY host
    ON CONFLICT (host) DO UPDATE SET due_at = excluded.due_at;

DROP INDEX crawl_pages_due;
CREATE INDEX crawl_pages_of_host ON crawl_pages (host, due_at, url_key);

-- Made anew: a source has its row before its first visit. `host` is filled in by the next run where it is empty.
-- `failing_since` is the first of the failures in a row.
CREATE TABLE crawl_sources_new (
    source_id {key} PRIMARY KEY REFERENCES sources (id),
    host {key} NOT NULL,
    due_at BIGINT NOT NULL,
    visited_at BIGINT,
    succeeded_at BIGINT,
    failed_at BIGINT,
    failed_because TEXT,
    failure TEXT,
    failing_since BIGINT,
    etag TEXT,
    last_modified TEXT,
    content TEXT,
    cursor TEXT,
    failures BIGINT NOT NULL,
    unchanged BIGINT NOT NULL
);
INSERT INTO crawl_sources_new (source_id, host, due_at, visited_at, succeeded_at, failed_at, failed_because, failing_since,
        etag, last_modified, content, cursor, failures, unchanged)
    SELECT source_id, '', due_at, visited_at,
        CASE WHEN error IS NULL THEN visited_at END,
        CASE WHEN error IS NOT NULL THEN visited_at END,
        error,
        CASE WHEN error IS NOT NULL THEN visited_at END,
        etag, last_modified, content, cursor, failures, unchanged
    FROM crawl_sources;
DROP TABLE crawl_sources;
ALTER TABLE crawl_sources_new RENAME TO crawl_sources;
CREATE INDEX crawl_sources_of_host ON crawl_sources (host, due_at);

CREATE INDEX documents_by_day ON documents (first_read_at, source_id);
