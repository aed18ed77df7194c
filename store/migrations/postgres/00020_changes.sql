-- +goose Up

-- Which records changed, in the order in which that was committed: what derives
-- something from records in memory reads on from where it was, in every process
-- that shares the database. Triggers, so that no way of writing is forgotten;
-- every save of a record writes its row, so codes need none of their own.
CREATE TABLE change_head (
    id INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    CONSTRAINT pk_change_head PRIMARY KEY (id),
    CONSTRAINT ck_change_head_one CHECK (id = 1)
);

INSERT INTO change_head (id, seq) VALUES (1, 0);

CREATE TABLE changes (
    seq BIGINT NOT NULL,
    incident_id BIGINT NOT NULL,
    CONSTRAINT pk_changes PRIMARY KEY (seq, incident_id)
);

-- A transaction takes one number, from a row that it holds until it ends, so that
-- whoever reads a number also reads everything up to it; a sequence could not
-- promise that. The triggers wait for the commit: nothing is locked after the
-- head, so nobody waits for anybody who waits for them.
-- +goose StatementBegin
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    number BIGINT := NULLIF(current_setting('farwatch.change', true), '')::BIGINT;
    changed BIGINT;
BEGIN
    IF number IS NULL THEN
        UPDATE change_head SET seq = seq + 1 WHERE id = 1 RETURNING seq INTO number;
        PERFORM set_config('farwatch.change', number::TEXT, true);
        DELETE FROM changes WHERE seq <= number - 100000;
    END IF;
    IF TG_TABLE_NAME = 'incidents' THEN
        IF TG_OP = 'DELETE' THEN changed := OLD.id; ELSE changed := NEW.id; END IF;
    ELSE
        IF TG_OP = 'DELETE' THEN changed := OLD.incident_id; ELSE changed := NEW.incident_id; END IF;
    END IF;
    INSERT INTO changes (seq, incident_id) VALUES (number, changed) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE CONSTRAINT TRIGGER note_incidents AFTER INSERT OR UPDATE OR DELETE ON incidents
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_change();

CREATE CONSTRAINT TRIGGER note_incident_members AFTER INSERT OR UPDATE OR DELETE ON incident_members
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_change();
