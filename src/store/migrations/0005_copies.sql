-- Where the archive keeps what each version of a document was read from: the file's name, the offset of the record in it, and
-- the SHA-256 of the record.
CREATE TABLE document_copies (
    document_id {key} NOT NULL REFERENCES documents (id),
    version BIGINT NOT NULL,
    file TEXT NOT NULL,
    place BIGINT NOT NULL,
    digest {bytes} NOT NULL,
    PRIMARY KEY (document_id, version)
);
