-- +goose Up

ALTER TABLE incidents ADD COLUMN pending_version INTEGER;

ALTER TABLE incidents ADD COLUMN withdrawn_at TIMESTAMP;

ALTER TABLE incidents ADD COLUMN withdrawal_reason TEXT;

ALTER TABLE incidents ADD COLUMN merged_into TEXT;

-- Every save of a record, with the whole content sealed: history protects what
-- it keeps as well as the record does.
CREATE TABLE incident_revisions (
    incident_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    base_version INTEGER,
    action TEXT NOT NULL,
    user_id TEXT,
    at TIMESTAMP NOT NULL,
    sensitivity TEXT NOT NULL,
    from_status TEXT NOT NULL,
    workflow_status TEXT NOT NULL,
    verification_status TEXT NOT NULL,
    pending BOOLEAN NOT NULL,
    wrote BOOLEAN NOT NULL,
    other_ref TEXT,
    row_key TEXT NOT NULL,
    protected BLOB NOT NULL,
    CONSTRAINT pk_incident_revisions PRIMARY KEY (incident_id, version),
    CONSTRAINT fk_incident_revisions_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_incident_revisions_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

-- What the public reads, written when a record is published. After withdrawal
-- the body is gone and the tombstone stays.
CREATE TABLE public_incidents (
    ref TEXT NOT NULL,
    version INTEGER NOT NULL,
    body TEXT,
    published_at TIMESTAMP NOT NULL,
    withdrawn_at TIMESTAMP,
    reason TEXT,
    merged_into TEXT,
    CONSTRAINT pk_public_incidents PRIMARY KEY (ref),
    CONSTRAINT fk_public_incidents_ref FOREIGN KEY (ref) REFERENCES incidents (ref),
    CONSTRAINT ck_public_incidents_tombstone CHECK ((body IS NULL) = (withdrawn_at IS NOT NULL))
);

CREATE INDEX idx_incidents_workflow_status_embargo_until ON incidents (workflow_status, embargo_until);
