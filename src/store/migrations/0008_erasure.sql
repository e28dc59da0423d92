-- What must not come back: keyed hashes (HMAC-SHA-256) of addresses, contents and authors; the key stands beside each, so that
-- lists that were made apart can be put together.
CREATE TABLE suppressions (
    digest {bytes} PRIMARY KEY,
    salt {bytes} NOT NULL,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL
);

-- Records of the archive that a crawl kept before it was found that they hold what must not come back.
CREATE TABLE unwanted_records (
    file {key} NOT NULL,
    place BIGINT NOT NULL,
    PRIMARY KEY (file, place)
);

-- What is still kept of a document: 2 its text, 1 quotes from it, 0 its address and the hash of its content.
ALTER TABLE documents ADD COLUMN holds BIGINT NOT NULL DEFAULT 2;
CREATE INDEX documents_by_age ON documents (holds, changed_at) WHERE holds > 0;
