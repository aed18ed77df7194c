-- +goose Up

-- An export is asked for, made in the background, kept for a day and gone. A
-- file that was sent at once, as all of before were, is 'sent'.
ALTER TABLE exports ADD COLUMN state TEXT NOT NULL DEFAULT 'sent';

ALTER TABLE exports ADD COLUMN format TEXT NOT NULL DEFAULT 'csv';

ALTER TABLE exports ADD COLUMN rows_total INTEGER NOT NULL DEFAULT 0;

-- Texts that were longer than a cell of a spreadsheet may be.
ALTER TABLE exports ADD COLUMN cut INTEGER NOT NULL DEFAULT 0;

ALTER TABLE exports ADD COLUMN failure TEXT;

ALTER TABLE exports ADD COLUMN decided_by TEXT;

ALTER TABLE exports ADD COLUMN finished_at TIMESTAMP;

ALTER TABLE exports ADD COLUMN snapshot_id TEXT;

CREATE INDEX idx_exports_user_id_created_at ON exports (user_id, created_at, id);
CREATE INDEX idx_exports_organisation_id_state ON exports (organisation_id, state, created_at);

-- A data package that can be cited: which records at which version. Title and
-- filter are protected; the bytes are made again whenever somebody asks.
CREATE TABLE snapshots (
    id TEXT NOT NULL,
    organisation_id INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    row_count INTEGER NOT NULL,
    omitted INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    vocabulary_version TEXT NOT NULL,
    program_version TEXT NOT NULL,
    row_key TEXT NOT NULL,
    protected BLOB,
    CONSTRAINT pk_snapshots PRIMARY KEY (id),
    CONSTRAINT fk_snapshots_organisation_id FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_snapshots_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE INDEX idx_snapshots_organisation_id_created_at ON snapshots (organisation_id, created_at, id);

-- A record of a snapshot. It names no row of another table: an erased record
-- stays in the list of what is missing.
CREATE TABLE snapshot_records (
    snapshot_id TEXT NOT NULL,
    ref TEXT NOT NULL,
    version INTEGER NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    published_at TIMESTAMP,
    CONSTRAINT pk_snapshot_records PRIMARY KEY (snapshot_id, ref),
    CONSTRAINT fk_snapshot_records_snapshot_id FOREIGN KEY (snapshot_id) REFERENCES snapshots (id)
);
