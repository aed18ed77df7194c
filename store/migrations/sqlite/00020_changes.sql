-- +goose Up

-- Which records changed, in the order in which that was kept: what derives
-- something from records in memory reads on from where it was, in every process
-- that shares the database. Triggers, so that no way of writing is forgotten;
-- every save of a record writes its row, so codes need none of their own.
CREATE TABLE change_head (
    id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    CONSTRAINT pk_change_head PRIMARY KEY (id),
    CONSTRAINT ck_change_head_one CHECK (id = 1)
);

INSERT INTO change_head (id, seq) VALUES (1, 0);

CREATE TABLE changes (
    seq INTEGER NOT NULL,
    incident_id INTEGER NOT NULL,
    CONSTRAINT pk_changes PRIMARY KEY (seq, incident_id)
) WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER note_incidents_insert AFTER INSERT ON incidents BEGIN
    UPDATE change_head SET seq = seq + 1 WHERE id = 1;
    INSERT INTO changes (seq, incident_id) SELECT h.seq, NEW.id FROM change_head h;
    DELETE FROM changes WHERE seq <= (SELECT h.seq - 100000 FROM change_head h);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER note_incidents_update AFTER UPDATE ON incidents BEGIN
    UPDATE change_head SET seq = seq + 1 WHERE id = 1;
    INSERT INTO changes (seq, incident_id) SELECT h.seq, NEW.id FROM change_head h;
    DELETE FROM changes WHERE seq <= (SELECT h.seq - 100000 FROM change_head h);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER note_incidents_delete AFTER DELETE ON incidents BEGIN
    UPDATE change_head SET seq = seq + 1 WHERE id = 1;
    INSERT INTO changes (seq, incident_id) SELECT h.seq, OLD.id FROM change_head h;
    DELETE FROM changes WHERE seq <= (SELECT h.seq - 100000 FROM change_head h);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER note_incident_members_insert AFTER INSERT ON incident_members BEGIN
    UPDATE change_head SET seq = seq + 1 WHERE id = 1;
    INSERT INTO changes (seq, incident_id) SELECT h.seq, NEW.incident_id FROM change_head h;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER note_incident_members_update AFTER UPDATE ON incident_members BEGIN
    UPDATE change_head SET seq = seq + 1 WHERE id = 1;
    INSERT INTO changes (seq, incident_id) SELECT h.seq, NEW.incident_id FROM change_head h;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER note_incident_members_delete AFTER DELETE ON incident_members BEGIN
    UPDATE change_head SET seq = seq + 1 WHERE id = 1;
    INSERT INTO changes (seq, incident_id) SELECT h.seq, OLD.incident_id FROM change_head h;
END;
-- +goose StatementEnd
