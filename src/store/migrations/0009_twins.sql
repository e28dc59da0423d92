-- What one page has under all its addresses at a host: SHA-256 over what is read there. NULL for posts, for what is too short to
-- be told from what others say, and for what was last read by an earlier version.
ALTER TABLE documents ADD COLUMN twin {bytes};
CREATE INDEX documents_by_twin ON documents (twin) WHERE twin IS NOT NULL;
