-- +goose Up

CREATE TABLE source_records (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id BIGINT NOT NULL,
    ref TEXT COLLATE "C" NOT NULL,
    canonical_url TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT uq_source_records_ref UNIQUE (ref),
    CONSTRAINT uq_source_records_canonical_url UNIQUE (organisation_id, canonical_url),
    CONSTRAINT fk_source_records_organisation_id FOREIGN KEY (organisation_id) REFERENCES organisations (id)
);

CREATE INDEX idx_source_records_organisation_id ON source_records (organisation_id, id);

ALTER TABLE sources ADD COLUMN source_record_id BIGINT CONSTRAINT fk_sources_source_record_id REFERENCES source_records (id);

CREATE INDEX idx_sources_source_record_id ON sources (source_record_id);

-- How far older records have been tied: the last incident that was looked at.
CREATE TABLE source_backfill (
    one INTEGER NOT NULL,
    incident_id BIGINT NOT NULL,
    finished BOOLEAN NOT NULL,
    CONSTRAINT pk_source_backfill PRIMARY KEY (one),
    CONSTRAINT ck_source_backfill_one CHECK (one = 1)
);

INSERT INTO source_backfill (one, incident_id, finished) VALUES (1, 0, FALSE);
