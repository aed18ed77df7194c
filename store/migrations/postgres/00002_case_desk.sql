-- +goose Up

ALTER TABLE incidents ADD COLUMN pending_version BIGINT;

ALTER TABLE incidents ADD COLUMN withdrawn_at TIMESTAMPTZ;

ALTER TABLE incidents ADD COLUMN withdrawal_reason TEXT COLLATE "C";

ALTER TABLE incidents ADD COLUMN merged_into TEXT COLLATE "C";

-- Every save of a record, with the whole content sealed: history protects what
-- it keeps as well as the record does.
CREATE TABLE incident_revisions (
    incident_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    base_version BIGINT,
    action TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C",
    at TIMESTAMPTZ NOT NULL,
    sensitivity TEXT COLLATE "C" NOT NULL,
    from_status TEXT COLLATE "C" NOT NULL,
    workflow_status TEXT COLLATE "C" NOT NULL,
    verification_status TEXT COLLATE "C" NOT NULL,
    pending BOOLEAN NOT NULL,
    wrote BOOLEAN NOT NULL,
    other_ref TEXT COLLATE "C",
    row_key TEXT COLLATE "C" NOT NULL,
    protected BYTEA NOT NULL,
    CONSTRAINT pk_incident_revisions PRIMARY KEY (incident_id, version),
    CONSTRAINT fk_incident_revisions_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_incident_revisions_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

-- What the public reads, written when a record is published. After withdrawal
-- the body is gone and the tombstone stays.
CREATE TABLE public_incidents (
    ref TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    body TEXT COLLATE "C",
    published_at TIMESTAMPTZ NOT NULL,
    withdrawn_at TIMESTAMPTZ,
    reason TEXT COLLATE "C",
    merged_into TEXT COLLATE "C",
    CONSTRAINT pk_public_incidents PRIMARY KEY (ref),
    CONSTRAINT fk_public_incidents_ref FOREIGN KEY (ref) REFERENCES incidents (ref),
    CONSTRAINT ck_public_incidents_tombstone CHECK ((body IS NULL) = (withdrawn_at IS NOT NULL))
);

CREATE INDEX idx_incidents_workflow_status_embargo_until ON incidents (workflow_status, embargo_until);
