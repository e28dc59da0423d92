-- The crawler's memory. No domain objects, so nothing of it is in the change log; what is lost here is fetched again.

CREATE TABLE crawl_sources (
    source_id {key} PRIMARY KEY REFERENCES sources (id),
    visited_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    error TEXT,
    etag TEXT,
    last_modified TEXT,
    content TEXT,
    failures BIGINT NOT NULL,
    unchanged BIGINT NOT NULL
);

-- Its primary key is what has a page that many sources name fetched once.
CREATE TABLE crawl_pages (
    url_key {key} PRIMARY KEY,
    url TEXT NOT NULL,
    host {key} NOT NULL,
    source_id {key} NOT NULL REFERENCES sources (id),
    added_at BIGINT NOT NULL,
    visited_at BIGINT,
    due_at BIGINT NOT NULL,
    error TEXT,
    etag TEXT,
    last_modified TEXT,
    content TEXT,
    failures BIGINT NOT NULL,
    unchanged BIGINT NOT NULL
);
CREATE INDEX crawl_pages_due ON crawl_pages (due_at, url_key);

-- `robots` holds the rules for us while `robots_until` is ahead; without rules, nothing is allowed.
CREATE TABLE crawl_hosts (
    host {key} PRIMARY KEY,
    not_before BIGINT,
    robots TEXT,
    robots_until BIGINT
);
