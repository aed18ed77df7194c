-- +goose Up

-- What vouches for a record as the program left it: a keyed sum over every
-- column of its rows (version 0), and one over each version of its history. No
-- foreign key: of a record that somebody deletes past the program this stays.
CREATE TABLE record_macs (
    incident_id BIGINT NOT NULL,
    version INTEGER NOT NULL,
    mac TEXT NOT NULL,
    CONSTRAINT pk_record_macs PRIMARY KEY (incident_id, version)
);

-- Whether the records from before this table have theirs.
ALTER TABLE key_state ADD COLUMN vouched BOOLEAN NOT NULL DEFAULT FALSE;
