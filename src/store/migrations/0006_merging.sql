-- A claim that was found to say what another says: `merged_into` stands for both now, `merged_under` is the one that it was
-- merged into by name, which may itself have been merged since. Nothing moves: sightings, attachments and fingerprints stay
-- with the claim that they came to, so that a split gives all of it back, what came in the meantime too.
ALTER TABLE claims ADD COLUMN merged_into {key};
ALTER TABLE claims ADD COLUMN merged_under {key};
-- The reviewer who wrote the text: wordings that are read somewhere no longer replace it.
ALTER TABLE claims ADD COLUMN text_by TEXT;
CREATE INDEX claims_merged_into ON claims (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX claims_merged_under ON claims (merged_under) WHERE merged_under IS NOT NULL;

-- What was done to claims, and why. Rows are only added.
CREATE TABLE claim_acts (
    id {key} PRIMARY KEY,
    claim_id {key} NOT NULL REFERENCES claims (id),
    act TEXT NOT NULL,
    other_id {key} REFERENCES claims (id),
    text_before TEXT,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    reason TEXT
);
CREATE INDEX claim_acts_of_claim ON claim_acts (claim_id, id);
CREATE INDEX claim_acts_of_other ON claim_acts (other_id, id) WHERE other_id IS NOT NULL;
