-- +goose Up

-- The terms of each open or partner record, with their positions. They are made
-- in Go, never by a dictionary of the server.
CREATE TABLE incident_search (
    incident_id BIGINT NOT NULL,
    terms TSVECTOR NOT NULL,
    CONSTRAINT pk_incident_search PRIMARY KEY (incident_id),
    CONSTRAINT fk_incident_search_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id)
);

CREATE INDEX idx_incident_search_terms ON incident_search USING GIN (terms) WITH (fastupdate = off);

-- Who may see a record that a word was found in, and where it stands in the list.
CREATE INDEX idx_incidents_id_circle ON incidents (id, organisation_id, sensitivity, workflow_status, updated_at, ref);
