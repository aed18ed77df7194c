-- +goose Up

ALTER TABLE campaigns ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

-- Pairs of records of which somebody said that they do not tell the same. The
-- smaller id stands first, so that a pair is there once.
CREATE TABLE duplicate_dismissals (
    incident_id BIGINT NOT NULL,
    other_id BIGINT NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    row_key TEXT COLLATE "C" NOT NULL,
    protected BYTEA,
    CONSTRAINT pk_duplicate_dismissals PRIMARY KEY (incident_id, other_id),
    CONSTRAINT fk_duplicate_dismissals_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_duplicate_dismissals_other_id FOREIGN KEY (other_id) REFERENCES incidents (id),
    CONSTRAINT fk_duplicate_dismissals_user_id FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT ck_duplicate_dismissals_order CHECK (incident_id < other_id)
);

CREATE INDEX idx_duplicate_dismissals_other_id ON duplicate_dismissals (other_id);

CREATE INDEX idx_incidents_states_updated_at ON incidents (organisation_id, origin_country, host_country, updated_at);

CREATE INDEX idx_evidence_sha256 ON evidence (sha256);

CREATE INDEX idx_sources_text_sha256 ON sources (text_sha256);
