-- +goose Up

-- A record that a reviewer has deleted is hidden from everybody at once, and
-- erased when its time is over; until then it can be brought back. A table of its
-- own: it is small, and records need not be written for it.
CREATE TABLE deletions (
    incident_id INTEGER NOT NULL,
    organisation_id INTEGER NOT NULL,
    deleted_at TIMESTAMP NOT NULL,
    deleted_by TEXT,
    row_key TEXT NOT NULL,
    protected BLOB,
    CONSTRAINT pk_deletions PRIMARY KEY (incident_id),
    CONSTRAINT fk_deletions_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_deletions_organisation_id FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_deletions_deleted_by FOREIGN KEY (deleted_by) REFERENCES users (id)
);

CREATE INDEX idx_deletions_organisation_id ON deletions (organisation_id);

CREATE INDEX idx_deletions_deleted_at ON deletions (deleted_at);

-- +goose StatementBegin
CREATE TRIGGER note_deletions_insert AFTER INSERT ON deletions BEGIN
    UPDATE change_head SET seq = seq + 1 WHERE id = 1;
    INSERT INTO changes (seq, incident_id) SELECT h.seq, NEW.incident_id FROM change_head h;
    INSERT INTO feed_entries (ref, organisation_id, open_seq, shown_seq)
    SELECT i.ref, i.organisation_id,
        (SELECT COALESCE(MAX(f.open_seq), 0) + 1 FROM feed_entries f WHERE f.organisation_id = i.organisation_id),
        CASE WHEN i.workflow_status IN ('approved', 'published')
            THEN (SELECT COALESCE(MAX(f.shown_seq), 0) + 1 FROM feed_entries f WHERE f.organisation_id = i.organisation_id) END
    FROM incidents i WHERE i.id = NEW.incident_id AND i.sensitivity IN ('open', 'partner') AND i.workflow_status NOT IN ('withdrawn', 'merged')
    ON CONFLICT (ref) DO UPDATE SET open_seq = excluded.open_seq, shown_seq = COALESCE(excluded.shown_seq, shown_seq);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER note_deletions_delete AFTER DELETE ON deletions BEGIN
    UPDATE change_head SET seq = seq + 1 WHERE id = 1;
    INSERT INTO changes (seq, incident_id) SELECT h.seq, OLD.incident_id FROM change_head h;
    INSERT INTO feed_entries (ref, organisation_id, open_seq, shown_seq)
    SELECT i.ref, i.organisation_id,
        (SELECT COALESCE(MAX(f.open_seq), 0) + 1 FROM feed_entries f WHERE f.organisation_id = i.organisation_id),
        CASE WHEN i.workflow_status IN ('approved', 'published')
            THEN (SELECT COALESCE(MAX(f.shown_seq), 0) + 1 FROM feed_entries f WHERE f.organisation_id = i.organisation_id) END
    FROM incidents i WHERE i.id = OLD.incident_id AND i.sensitivity IN ('open', 'partner') AND i.workflow_status NOT IN ('withdrawn', 'merged')
    ON CONFLICT (ref) DO UPDATE SET open_seq = excluded.open_seq, shown_seq = COALESCE(excluded.shown_seq, shown_seq);
END;
-- +goose StatementEnd

-- A hold keeps a record from being deleted and erased: one person places it, one
-- asks for its release and another one confirms that.
CREATE TABLE legal_holds (
    id TEXT NOT NULL,
    incident_id INTEGER NOT NULL,
    organisation_id INTEGER NOT NULL,
    placed_at TIMESTAMP NOT NULL,
    placed_by TEXT NOT NULL,
    asked_at TIMESTAMP,
    asked_by TEXT,
    released_at TIMESTAMP,
    released_by TEXT,
    row_key TEXT NOT NULL,
    protected BLOB,
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
