-- +goose Up

-- The terms of each open or partner record, by the internal id of the record.
-- They are made in Go; the tokenizer leaves all but ASCII spaces alone. What is
-- taken out is overwritten.
CREATE VIRTUAL TABLE incident_search USING fts5 (terms, tokenize = 'ascii');

INSERT INTO incident_search (incident_search, rank) VALUES ('secure-delete', 1);

-- Who may see a record that a word was found in, and where it stands in the list.
CREATE INDEX idx_incidents_id_circle ON incidents (id, organisation_id, sensitivity, workflow_status, updated_at, ref);
