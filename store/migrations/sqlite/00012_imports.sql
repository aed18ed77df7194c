-- +goose Up

-- A table on its way into records. Name, format, map and whatever quotes the
-- file are protected.
CREATE TABLE imports (
    id TEXT NOT NULL,
    organisation_id INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    state TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    received INTEGER NOT NULL,
    rows_done INTEGER NOT NULL,
    rows_total INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    warned INTEGER NOT NULL,
    at TIMESTAMP NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    row_key TEXT NOT NULL,
    protected BLOB,
    CONSTRAINT pk_imports PRIMARY KEY (id),
    CONSTRAINT fk_imports_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE INDEX idx_imports_user_id_at ON imports (user_id, at, id);
CREATE INDEX idx_imports_state_at ON imports (state, at, id);

-- The file, part by part, each part sealed.
CREATE TABLE import_parts (
    import_id TEXT NOT NULL,
    start_at INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    row_key TEXT NOT NULL,
    protected BLOB NOT NULL,
    CONSTRAINT pk_import_parts PRIMARY KEY (import_id, start_at),
    CONSTRAINT fk_import_parts_import_id FOREIGN KEY (import_id) REFERENCES imports (id)
);

-- What became of each row: a killed import goes on behind the last one, and an
-- undo finds what to take back.
CREATE TABLE import_rows (
    import_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    incident_id INTEGER,
    version INTEGER,
    row_key TEXT NOT NULL,
    protected BLOB,
    CONSTRAINT pk_import_rows PRIMARY KEY (import_id, number),
    CONSTRAINT fk_import_rows_import_id FOREIGN KEY (import_id) REFERENCES imports (id)
);

CREATE INDEX idx_import_rows_import_id_outcome ON import_rows (import_id, outcome, number);
CREATE INDEX idx_import_rows_incident_id ON import_rows (incident_id);

-- By what a row finds its record again. The key is a keyed hash: what others
-- call a case is nobody's business.
CREATE TABLE import_keys (
    organisation_id INTEGER NOT NULL,
    row_hash TEXT NOT NULL,
    incident_id INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    CONSTRAINT pk_import_keys PRIMARY KEY (organisation_id, row_hash),
    CONSTRAINT fk_import_keys_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id)
);

CREATE INDEX idx_import_keys_incident_id ON import_keys (incident_id);

-- Maps that an organisation has saved.
CREATE TABLE import_maps (
    id TEXT NOT NULL,
    organisation_id INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    row_key TEXT NOT NULL,
    protected BLOB,
    CONSTRAINT pk_import_maps PRIMARY KEY (id),
    CONSTRAINT fk_import_maps_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE INDEX idx_import_maps_organisation_id_at ON import_maps (organisation_id, at, id);
