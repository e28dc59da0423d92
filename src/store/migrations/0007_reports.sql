-- What the public asks to have checked; what of mentions the queue goes by; alarms.

-- `concealed` (1): nobody but reporters said it and no reviewer took it up, so that its text, which anybody could send, is
-- shown to reviewers only. `worth` is the best score of its mentions. `requests` and `requested_at` are counted along.
ALTER TABLE claims ADD COLUMN concealed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE claims ADD COLUMN worth DOUBLE PRECISION NOT NULL DEFAULT 0;
ALTER TABLE claims ADD COLUMN requests BIGINT NOT NULL DEFAULT 0;
ALTER TABLE claims ADD COLUMN requested_at BIGINT;

-- Who says it, in the text's own words, and why it has its score (JSON).
ALTER TABLE sightings ADD COLUMN speaker TEXT;
ALTER TABLE sightings ADD COLUMN reasons TEXT;

UPDATE claims SET worth = COALESCE((SELECT MAX(s.score) FROM sightings s WHERE s.claim_id = claims.id), 0);
UPDATE claims SET worth = (SELECT MAX(m.worth) FROM claims m WHERE m.merged_into = claims.id)
    WHERE EXISTS (SELECT 1 FROM claims m WHERE m.merged_into = claims.id AND m.worth > claims.worth);

-- Nothing about who sent it. `receipt` is the SHA-256 of a code that only the sender has. `claim_id` is null while only an
-- address was sent at which no claim was seen.
CREATE TABLE reports (
    id {key} PRIMARY KEY,
    receipt {bytes} NOT NULL UNIQUE,
    claim_id {key} REFERENCES claims (id),
    text TEXT,
    quote TEXT,
    url TEXT,
    url_key {key},
    lang TEXT NOT NULL,
    score DOUBLE PRECISION NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX reports_of_claim ON reports (claim_id, at, id);
CREATE INDEX reports_of_page ON reports (url_key, at) WHERE url_key IS NOT NULL;

-- Sightings of a claim by the day (its number since 1970) on which each counts: what is usual is read from few rows.
CREATE TABLE claim_days (
    claim_id {key} NOT NULL REFERENCES claims (id),
    day BIGINT NOT NULL,
    sightings BIGINT NOT NULL,
    PRIMARY KEY (claim_id, day)
) {clustered};
CREATE INDEX claim_days_by_day ON claim_days (day, claim_id, sightings);

INSERT INTO claim_days (claim_id, day, sightings)
    SELECT t.claim_id, (t.at - ((t.at % 86400000) + 86400000) % 86400000) / 86400000, COUNT(*) FROM (
        SELECT s.claim_id, CASE WHEN d.published_at < s.seen_at THEN d.published_at ELSE s.seen_at END AS at
        FROM sightings s JOIN documents d ON d.id = s.document_id) AS t GROUP BY 1, 2;

-- The account that posted a document, as a pseudonym: a keyed hash, whose key is not in the database.
ALTER TABLE documents ADD COLUMN account {bytes};

CREATE TABLE accounts (
    pseudonym {bytes} PRIMARY KEY,
    first_seen_at BIGINT NOT NULL
) {clustered};

-- One row an episode: it is over when nothing was added to it for a while.
CREATE TABLE alarms (
    id {key} PRIMARY KEY,
    kind TEXT NOT NULL,
    claim_id {key} NOT NULL REFERENCES claims (id),
    began_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    happened BIGINT NOT NULL,
    evidence TEXT NOT NULL
);
CREATE INDEX alarms_of_claim ON alarms (claim_id, kind, last_at);
CREATE INDEX alarms_by_age ON alarms (began_at, id);
