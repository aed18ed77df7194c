-- +goose Up

CREATE TABLE grants (
    id TEXT NOT NULL,
    organisation_id INTEGER NOT NULL,
    receiver_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    incident_id INTEGER,
    status TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    decided_by TEXT,
    created_at TIMESTAMP NOT NULL,
    decided_at TIMESTAMP,
    expires_at TIMESTAMP NOT NULL,
    revoked_at TIMESTAMP,
    row_key TEXT NOT NULL,
    protected BLOB,
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
