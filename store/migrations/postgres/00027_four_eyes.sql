-- +goose Up

-- Whether a second person decides about what somebody wrote.
ALTER TABLE organisations ADD COLUMN four_eyes BOOLEAN DEFAULT TRUE NOT NULL;

-- TRUE: somebody decided about work of their own. Never FALSE: NULL is left out
-- of the sums over records, so that those of before still fit.
ALTER TABLE incidents ADD COLUMN self_reviewed BOOLEAN CONSTRAINT ck_incidents_self_reviewed CHECK (self_reviewed);

-- The same after each save.
ALTER TABLE incident_revisions ADD COLUMN self_reviewed BOOLEAN CONSTRAINT ck_incident_revisions_self_reviewed CHECK (self_reviewed);

-- How many matching records a file leaves out for that.
ALTER TABLE exports ADD COLUMN self_reviewed BIGINT DEFAULT 0 NOT NULL;
