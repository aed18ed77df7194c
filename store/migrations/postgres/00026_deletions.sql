-- +goose Up

-- A record that a reviewer has deleted is hidden from everybody at once, and
-- erased when its time is over; until then it can be brought back. A table of its
-- own: it is small, and records need not be written for it.
CREATE TABLE deletions (
    incident_id BIGINT NOT NULL,
    organisation_id BIGINT NOT NULL,
    deleted_at TIMESTAMPTZ NOT NULL,
    deleted_by TEXT COLLATE "C",
    row_key TEXT COLLATE "C" NOT NULL,
    protected BYTEA,
    CONSTRAINT pk_deletions PRIMARY KEY (incident_id),
    CONSTRAINT fk_deletions_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_deletions_organisation_id FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_deletions_deleted_by FOREIGN KEY (deleted_by) REFERENCES users (id)
);

CREATE INDEX idx_deletions_organisation_id ON deletions (organisation_id);

CREATE INDEX idx_deletions_deleted_at ON deletions (deleted_at);

CREATE CONSTRAINT TRIGGER note_deletions AFTER INSERT OR DELETE ON deletions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_change();

-- The place of a record in the order of changes, when it is deleted or comes back.
-- One that was erased has gone from records when this runs, and its own trigger
-- has told so.
-- +goose StatementBegin
CREATE FUNCTION keep_feed_deletion() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    r incidents%ROWTYPE;
    gone BIGINT;
BEGIN
    IF TG_OP = 'DELETE' THEN gone := OLD.incident_id; ELSE gone := NEW.incident_id; END IF;
    SELECT * INTO r FROM incidents i WHERE i.id = gone;
    IF FOUND AND feed_open(r.sensitivity, r.workflow_status) THEN
        PERFORM place_in_feed(r.ref, r.organisation_id, r.workflow_status IN ('approved', 'published'));
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE CONSTRAINT TRIGGER deletions_feed AFTER INSERT OR DELETE ON deletions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION keep_feed_deletion();

ALTER TABLE deletions ENABLE ROW LEVEL SECURITY;

ALTER TABLE deletions FORCE ROW LEVEL SECURITY;

CREATE POLICY own_organisation ON deletions
    USING (organisation_id = (SELECT NULLIF(current_setting('farwatch.organisation', true), '')::BIGINT) OR (SELECT current_setting('farwatch.system', true)) = 'on');

-- A hold keeps a record from being deleted and erased: one person places it, one
-- asks for its release and another one confirms that.
CREATE TABLE legal_holds (
    id TEXT COLLATE "C" NOT NULL,
    incident_id BIGINT NOT NULL,
    organisation_id BIGINT NOT NULL,
    placed_at TIMESTAMPTZ NOT NULL,
    placed_by TEXT COLLATE "C" NOT NULL,
    asked_at TIMESTAMPTZ,
    asked_by TEXT COLLATE "C",
    released_at TIMESTAMPTZ,
    released_by TEXT COLLATE "C",
    row_key TEXT COLLATE "C" NOT NULL,
    protected BYTEA,
    CONSTRAINT pk_legal_holds PRIMARY KEY (id),
    CONSTRAINT fk_legal_holds_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_legal_holds_organisation_id FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_legal_holds_placed_by FOREIGN KEY (placed_by) REFERENCES users (id),
    CONSTRAINT fk_legal_holds_asked_by FOREIGN KEY (asked_by) REFERENCES users (id),
    CONSTRAINT fk_legal_holds_released_by FOREIGN KEY (released_by) REFERENCES users (id),
    CONSTRAINT ck_legal_holds_two_people CHECK (released_by IS NULL OR (asked_by IS NOT NULL AND asked_by <> released_by))
);

CREATE UNIQUE INDEX idx_legal_holds_open ON legal_holds (incident_id) WHERE released_at IS NULL;

CREATE INDEX idx_legal_holds_incident_id ON legal_holds (incident_id);

ALTER TABLE legal_holds ENABLE ROW LEVEL SECURITY;

ALTER TABLE legal_holds FORCE ROW LEVEL SECURITY;

CREATE POLICY own_organisation ON legal_holds
    USING (organisation_id = (SELECT NULLIF(current_setting('farwatch.organisation', true), '')::BIGINT) OR (SELECT current_setting('farwatch.system', true)) = 'on');
