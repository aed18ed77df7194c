-- +goose Up

-- Tokens for programs: what a person lets a program read in their place. Only a
-- keyed hash is kept, and of its use only the last day.
CREATE TABLE access_tokens (
    id TEXT COLLATE "C" NOT NULL,
    organisation_id BIGINT NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    scopes TEXT COLLATE "C" NOT NULL,
    token_hash TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_on TEXT COLLATE "C",
    ended_at TIMESTAMPTZ,
    CONSTRAINT pk_access_tokens PRIMARY KEY (id),
    CONSTRAINT uq_access_tokens_token_hash UNIQUE (token_hash),
    CONSTRAINT fk_access_tokens_organisation_id FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_access_tokens_user_id FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT ck_access_tokens_used_on CHECK (used_on IS NULL OR length(used_on) = 10)
);

CREATE INDEX idx_access_tokens_user_id ON access_tokens (user_id);

CREATE INDEX idx_access_tokens_organisation_id ON access_tokens (organisation_id);

ALTER TABLE access_tokens ENABLE ROW LEVEL SECURITY;

ALTER TABLE access_tokens FORCE ROW LEVEL SECURITY;

CREATE POLICY own_organisation ON access_tokens
    USING (organisation_id = (SELECT NULLIF(current_setting('farwatch.organisation', true), '')::BIGINT) OR (SELECT current_setting('farwatch.system', true)) = 'on');

-- Where each record stands in the order of changes, for whoever keeps a copy.
-- There are two orders, each counting only what its readers may see: a gap in
-- the numbers would tell of records that they may not know. open_seq is of all
-- that is neither restricted nor sealed, withdrawn nor merged; shown_seq of what
-- advocates see of it. A number stays after the record has left, was erased even:
-- that it left is the last that its readers learn.
CREATE TABLE feed_entries (
    ref TEXT COLLATE "C" NOT NULL,
    organisation_id BIGINT NOT NULL,
    open_seq BIGINT NOT NULL,
    shown_seq BIGINT,
    CONSTRAINT pk_feed_entries PRIMARY KEY (ref),
    CONSTRAINT uq_feed_entries_open_seq UNIQUE (organisation_id, open_seq),
    CONSTRAINT uq_feed_entries_shown_seq UNIQUE (organisation_id, shown_seq),
    CONSTRAINT fk_feed_entries_organisation_id FOREIGN KEY (organisation_id) REFERENCES organisations (id)
);

INSERT INTO feed_entries (ref, organisation_id, open_seq, shown_seq)
SELECT i.ref, i.organisation_id, row_number() OVER (PARTITION BY i.organisation_id ORDER BY i.updated_at, i.id),
    CASE WHEN i.workflow_status IN ('approved', 'published')
        THEN row_number() OVER (PARTITION BY i.organisation_id, i.workflow_status IN ('approved', 'published') ORDER BY i.updated_at, i.id) END
FROM incidents i WHERE i.sensitivity IN ('open', 'partner') AND i.workflow_status NOT IN ('withdrawn', 'merged');

ALTER TABLE feed_entries ENABLE ROW LEVEL SECURITY;

ALTER TABLE feed_entries FORCE ROW LEVEL SECURITY;

CREATE POLICY own_organisation ON feed_entries
    USING (organisation_id = (SELECT NULLIF(current_setting('farwatch.organisation', true), '')::BIGINT) OR (SELECT current_setting('farwatch.system', true)) = 'on');

-- +goose StatementBegin
CREATE FUNCTION feed_open(sensitivity TEXT, workflow_status TEXT) RETURNS BOOLEAN LANGUAGE sql IMMUTABLE AS $$
    SELECT sensitivity IN ('open', 'partner') AND workflow_status NOT IN ('withdrawn', 'merged')
$$;
-- +goose StatementEnd

-- Numbers are given at the very end of a transaction, under the head of changes,
-- which is held until everybody can see them: whoever sees a number sees all
-- lower ones, however long a transaction took and whatever its clock said. It is
-- the one lock of both orders (00020), so that nobody waits for it while holding
-- another.
-- +goose StatementBegin
CREATE FUNCTION place_in_feed(record_ref TEXT, organisation BIGINT, is_shown BOOLEAN) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM change_head WHERE id = 1 FOR UPDATE;
    INSERT INTO feed_entries (ref, organisation_id, open_seq, shown_seq)
    VALUES (
        record_ref, organisation,
        (SELECT COALESCE(MAX(f.open_seq), 0) + 1 FROM feed_entries f WHERE f.organisation_id = organisation),
        CASE WHEN is_shown THEN (SELECT COALESCE(MAX(f.shown_seq), 0) + 1 FROM feed_entries f WHERE f.organisation_id = organisation) END
    )
    ON CONFLICT (ref) DO UPDATE SET open_seq = EXCLUDED.open_seq, shown_seq = COALESCE(EXCLUDED.shown_seq, feed_entries.shown_seq);
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION keep_feed() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    organisation BIGINT;
    record_ref TEXT;
    is_open BOOLEAN := FALSE;
    is_shown BOOLEAN := FALSE;
BEGIN
    IF TG_OP <> 'INSERT' AND feed_open(OLD.sensitivity, OLD.workflow_status) THEN
        organisation := OLD.organisation_id;
        record_ref := OLD.ref;
        is_open := TRUE;
        is_shown := OLD.workflow_status IN ('approved', 'published');
    END IF;
    IF TG_OP <> 'DELETE' AND feed_open(NEW.sensitivity, NEW.workflow_status) THEN
        organisation := NEW.organisation_id;
        record_ref := NEW.ref;
        is_open := TRUE;
        is_shown := is_shown OR NEW.workflow_status IN ('approved', 'published');
    END IF;
    IF is_open THEN
        PERFORM place_in_feed(record_ref, organisation, is_shown);
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE CONSTRAINT TRIGGER incidents_feed_added AFTER INSERT OR DELETE ON incidents
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION keep_feed();

CREATE CONSTRAINT TRIGGER incidents_feed_changed AFTER UPDATE ON incidents
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.version <> NEW.version OR OLD.sensitivity <> NEW.sensitivity OR OLD.workflow_status <> NEW.workflow_status)
    EXECUTE FUNCTION keep_feed();
