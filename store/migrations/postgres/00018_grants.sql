-- +goose Up

CREATE TABLE grants (
    id TEXT COLLATE "C" NOT NULL,
    organisation_id BIGINT NOT NULL,
    receiver_id BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    incident_id BIGINT,
    status TEXT COLLATE "C" NOT NULL,
    requested_by TEXT COLLATE "C" NOT NULL,
    decided_by TEXT COLLATE "C",
    created_at TIMESTAMPTZ NOT NULL,
    decided_at TIMESTAMPTZ,
    expires_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ,
    row_key TEXT COLLATE "C" NOT NULL,
    protected BYTEA,
    CONSTRAINT pk_grants PRIMARY KEY (id),
    CONSTRAINT ck_grants_kind CHECK (kind IN ('incident', 'saved_search')),
    CONSTRAINT ck_grants_status CHECK (status IN ('requested', 'active', 'declined', 'revoked')),
    CONSTRAINT fk_grants_organisation_id FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_grants_receiver_id FOREIGN KEY (receiver_id) REFERENCES organisations (id),
    CONSTRAINT fk_grants_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_grants_requested_by FOREIGN KEY (requested_by) REFERENCES users (id),
    CONSTRAINT fk_grants_decided_by FOREIGN KEY (decided_by) REFERENCES users (id)
);

CREATE INDEX idx_grants_organisation_id_created_at ON grants (organisation_id, created_at);

CREATE INDEX idx_grants_receiver_id_status ON grants (receiver_id, status);

CREATE INDEX idx_grants_incident_id ON grants (incident_id);

-- Who shares writes the grant; whoever it is for reads it. What it lets them
-- read is read behind the wall of the one who shares.
ALTER TABLE grants ENABLE ROW LEVEL SECURITY;

ALTER TABLE grants FORCE ROW LEVEL SECURITY;

CREATE POLICY own_organisation ON grants
    USING (organisation_id = (SELECT NULLIF(current_setting('farwatch.organisation', true), '')::BIGINT) OR (SELECT current_setting('farwatch.system', true)) = 'on');

CREATE POLICY received ON grants FOR SELECT
    USING (receiver_id = (SELECT NULLIF(current_setting('farwatch.organisation', true), '')::BIGINT));
