-- +goose Up

-- An export is asked for, made in the background, kept for a day and gone. A
-- file that was sent at once, as all of before were, is 'sent'.
ALTER TABLE exports ADD COLUMN state TEXT COLLATE "C" NOT NULL DEFAULT 'sent';

ALTER TABLE exports ADD COLUMN format TEXT COLLATE "C" NOT NULL DEFAULT 'csv';

ALTER TABLE exports ADD COLUMN rows_total INTEGER NOT NULL DEFAULT 0;

-- Texts that were longer than a cell of a spreadsheet may be.
ALTER TABLE exports ADD COLUMN cut INTEGER NOT NULL DEFAULT 0;

ALTER TABLE exports ADD COLUMN failure TEXT COLLATE "C";

ALTER TABLE exports ADD COLUMN decided_by TEXT COLLATE "C";

ALTER TABLE exports ADD COLUMN finished_at TIMESTAMPTZ;

ALTER TABLE exports ADD COLUMN snapshot_id TEXT COLLATE "C";

CREATE INDEX idx_exports_user_id_created_at ON exports (user_id, created_at, id);
CREATE INDEX idx_exports_organisation_id_state ON exports (organisation_id, state, created_at);

-- A data package that can be cited: which records at which version. Title and
-- filter are protected; the bytes are made again whenever somebody asks.
CREATE TABLE snapshots (
    id TEXT COLLATE "C" NOT NULL,
    organisation_id BIGINT NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    row_count INTEGER NOT NULL,
    omitted INTEGER NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    vocabulary_version TEXT COLLATE "C" NOT NULL,
    program_version TEXT COLLATE "C" NOT NULL,
    row_key TEXT COLLATE "C" NOT NULL,
    protected BYTEA,
    CONSTRAINT pk_snapshots PRIMARY KEY (id),
    CONSTRAINT fk_snapshots_organisation_id FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_snapshots_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE INDEX idx_snapshots_organisation_id_created_at ON snapshots (organisation_id, created_at, id);

-- A record of a snapshot. It names no row of another table: an erased record
-- stays in the list of what is missing.
CREATE TABLE snapshot_records (
    snapshot_id TEXT COLLATE "C" NOT NULL,
    ref TEXT COLLATE "C" NOT NULL,
    version INTEGER NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    published_at TIMESTAMPTZ,
    CONSTRAINT pk_snapshot_records PRIMARY KEY (snapshot_id, ref),
    CONSTRAINT fk_snapshot_records_snapshot_id FOREIGN KEY (snapshot_id) REFERENCES snapshots (id)
);

-- The second wall (00017).
ALTER TABLE snapshots ENABLE ROW LEVEL SECURITY;

ALTER TABLE snapshots FORCE ROW LEVEL SECURITY;

CREATE POLICY own_organisation ON snapshots
    USING (organisation_id = (SELECT NULLIF(current_setting('farwatch.organisation', true), '')::BIGINT) OR (SELECT current_setting('farwatch.system', true)) = 'on')
    WITH CHECK (organisation_id = (SELECT NULLIF(current_setting('farwatch.organisation', true), '')::BIGINT) OR (SELECT current_setting('farwatch.system', true)) = 'on');

ALTER TABLE snapshot_records ENABLE ROW LEVEL SECURITY;

ALTER TABLE snapshot_records FORCE ROW LEVEL SECURITY;

CREATE POLICY own_organisation ON snapshot_records
    USING ((SELECT current_setting('farwatch.system', true)) = 'on' OR (SELECT TRUE FROM snapshots p WHERE p.id = snapshot_id));
