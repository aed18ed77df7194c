-- +goose Up

-- Keys of records, of organisations (no incident) and of the installation
-- (neither), each wrapped by a root key of the key file. A retired key only
-- opens; of a destroyed one the line stays and the key is gone.
CREATE TABLE data_keys (
    id TEXT NOT NULL,
    organisation_id INTEGER,
    incident_id INTEGER,
    wrapped BLOB,
    root_key_id TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    retired_at TIMESTAMP,
    destroyed_at TIMESTAMP,
    CONSTRAINT pk_data_keys PRIMARY KEY (id),
    CONSTRAINT fk_data_keys_organisation_id FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT ck_data_keys_wrapped CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL)),
    CONSTRAINT ck_data_keys_retired CHECK (destroyed_at IS NULL OR retired_at IS NOT NULL)
);

CREATE UNIQUE INDEX idx_data_keys_current ON data_keys (COALESCE(incident_id, 0), COALESCE(organisation_id, 0)) WHERE retired_at IS NULL;

-- One row: which root key wraps, whether the keys are locked, and what is on its
-- way. Recipient and offer carry root keys to the running server, encrypted to
-- a key that only lives in its memory. The sealed value tells a key file that
-- belongs to this database from one that does not.
CREATE TABLE key_state (
    one INTEGER NOT NULL,
    active_root TEXT NOT NULL,
    locked_at TIMESTAMP,
    generation INTEGER NOT NULL,
    scrub_due BOOLEAN NOT NULL,
    upgraded BOOLEAN NOT NULL,
    renew_before TIMESTAMP,
    recipient TEXT NOT NULL,
    offer TEXT NOT NULL,
    row_key TEXT NOT NULL,
    protected BLOB,
    CONSTRAINT pk_key_state PRIMARY KEY (one),
    CONSTRAINT ck_key_state_one CHECK (one = 1)
);

INSERT INTO key_state (one, active_root, generation, scrub_due, upgraded, recipient, offer, row_key) VALUES (1, '', 0, FALSE, FALSE, '', '', '');

-- What was destroyed for good. Nobody gets these refs again, and a restored
-- backup loses the same records anew.
CREATE TABLE erasures (
    ref TEXT NOT NULL,
    organisation_id INTEGER NOT NULL,
    at TIMESTAMP NOT NULL,
    actor TEXT NOT NULL,
    reason_hash TEXT NOT NULL,
    kind TEXT NOT NULL,
    CONSTRAINT pk_erasures PRIMARY KEY (ref),
    CONSTRAINT fk_erasures_organisation_id FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT ck_erasures_kind CHECK (kind IN ('record', 'consent'))
);

-- What somebody filtered by can name a person.
ALTER TABLE exports ADD COLUMN row_key TEXT NOT NULL DEFAULT '';

ALTER TABLE exports ADD COLUMN protected BLOB;
