-- One text for both databases; words in braces are put in by dialect.rs. Times are milliseconds since 1970.

CREATE TABLE schema_versions (
    version {number} PRIMARY KEY,
    applied_at BIGINT NOT NULL
);

-- What the store knows about itself: its identifier, the normaliser's version that its keys were made with.
CREATE TABLE settings (
    name {key} PRIMARY KEY,
    value TEXT NOT NULL
);

-- One row hands out the numbers of the change log: whoever holds it is the next to commit.
CREATE TABLE counters (
    name {key} PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO counters (name, value) VALUES ('changes', 0);

CREATE TABLE changes (
    number {number} PRIMARY KEY,
    kind TEXT NOT NULL,
    id {key} NOT NULL,
    version BIGINT NOT NULL,
    action TEXT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX changes_of_object ON changes (id, number);

CREATE TABLE sources (
    id {key} PRIMARY KEY,
    url TEXT NOT NULL,
    url_key {key} NOT NULL,
    kind TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    removed_at BIGINT,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX sources_set ON sources (url_key) WHERE removed_at IS NULL;

-- `sightings`, `first_seen`, `last_seen` and `fact_checks` (active attachments) are counted along, for sorting.
-- `place` is a short name for it, for the two tables that have many small rows.
CREATE TABLE claims (
    place {serial} PRIMARY KEY,
    id {key} NOT NULL UNIQUE,
    text TEXT NOT NULL,
    lang TEXT NOT NULL,
    origin TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    first_seen BIGINT,
    last_seen BIGINT,
    sightings BIGINT NOT NULL,
    fact_checks BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX claims_by_sightings ON claims (sightings, id);

-- Its primary key is what keeps two writers from founding two claims of one wording.
CREATE TABLE claim_fingerprints (
    fingerprint {bytes} PRIMARY KEY,
    claim BIGINT NOT NULL REFERENCES claims (place)
) {clustered};

CREATE TABLE claim_bands (
    band BIGINT NOT NULL,
    claim BIGINT NOT NULL REFERENCES claims (place),
    PRIMARY KEY (band, claim)
) {clustered};

-- `content` is the SHA-256 of what was read.
CREATE TABLE documents (
    id {key} PRIMARY KEY,
    url TEXT NOT NULL,
    url_key {key} NOT NULL UNIQUE,
    canonical_url TEXT,
    canonical_key {key},
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    lang TEXT NOT NULL,
    author TEXT,
    published_at BIGINT,
    source_id {key} REFERENCES sources (id),
    content {bytes} NOT NULL,
    first_read_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX documents_by_canonical ON documents (canonical_key) WHERE canonical_key IS NOT NULL;

CREATE TABLE sightings (
    id {key} PRIMARY KEY,
    claim_id {key} NOT NULL REFERENCES claims (id),
    document_id {key} NOT NULL REFERENCES documents (id),
    quote TEXT NOT NULL,
    lang TEXT NOT NULL,
    score DOUBLE PRECISION NOT NULL,
    seen_at BIGINT NOT NULL,
    UNIQUE (document_id, claim_id)
);
CREATE INDEX sightings_of_claim ON sightings (claim_id, seen_at, id);

-- `identity` names another publisher's fact-check; those written here have none. What it says stands in its versions.
CREATE TABLE fact_checks (
    id {key} PRIMARY KEY,
    origin TEXT NOT NULL,
    identity {bytes} UNIQUE,
    verdict TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);

CREATE TABLE fact_check_versions (
    fact_check_id {key} NOT NULL REFERENCES fact_checks (id),
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (fact_check_id, version)
);

-- Its own address and where it says that the claim was seen.
CREATE TABLE fact_check_urls (
    url_key {key} NOT NULL,
    fact_check_id {key} NOT NULL REFERENCES fact_checks (id),
    PRIMARY KEY (url_key, fact_check_id)
) {clustered};

CREATE TABLE attachments (
    id {key} PRIMARY KEY,
    claim_id {key} NOT NULL REFERENCES claims (id),
    fact_check_id {key} NOT NULL REFERENCES fact_checks (id),
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    reason TEXT,
    withdrawn_by TEXT,
    withdrawn_at BIGINT,
    withdrawn_because TEXT,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX attachments_active ON attachments (claim_id, fact_check_id) WHERE withdrawn_at IS NULL;
CREATE INDEX attachments_of_claim ON attachments (claim_id, id);
CREATE INDEX attachments_of_fact_check ON attachments (fact_check_id, id);

CREATE TABLE api_keys (
    id {key} PRIMARY KEY,
    name TEXT NOT NULL,
    scope TEXT NOT NULL,
    secret_sha256 {bytes} NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT
);
