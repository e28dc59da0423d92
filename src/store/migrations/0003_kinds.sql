-- How far a stream was read; how many links a page is away from its source.

ALTER TABLE crawl_sources ADD COLUMN cursor TEXT;
ALTER TABLE crawl_pages ADD COLUMN depth BIGINT NOT NULL DEFAULT 1;
