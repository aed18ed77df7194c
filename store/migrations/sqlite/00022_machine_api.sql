-- +goose Up

-- Tokens for programs: what a person lets a program read in their place. Only a
-- keyed hash is kept, and of its use only the last day.
CREATE TABLE access_tokens (
    id TEXT NOT NULL,
    organisation_id INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    used_on TEXT,
    ended_at TIMESTAMP,
    CONSTRAINT pk_access_tokens PRIMARY KEY (id),
    CONSTRAINT uq_access_tokens_token_hash UNIQUE (token_hash),
    CONSTRAINT fk_access_tokens_organisation_id FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_access_tokens_user_id FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT ck_access_tokens_used_on CHECK (used_on IS NULL OR length(used_on) = 10)
);

CREATE INDEX idx_access_tokens_user_id ON access_tokens (user_id);

CREATE INDEX idx_access_tokens_organisation_id ON access_tokens (organisation_id);

-- Where each record stands in the order of changes, for whoever keeps a copy.
-- There are two orders, each counting only what its readers may see: a gap in
-- the numbers would tell of records that they may not know. open_seq is of all
-- that is neither restricted nor sealed, withdrawn nor merged; shown_seq of what
-- advocates see of it. A number stays after the record has left, was erased even:
-- that it left is the last that its readers learn.
CREATE TABLE feed_entries (
    ref TEXT NOT NULL,
    organisation_id INTEGER NOT NULL,
    open_seq INTEGER NOT NULL,
    shown_seq INTEGER,
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

-- There is one writer, so numbers are given in the order of commits.
-- +goose StatementBegin
CREATE TRIGGER incidents_feed_added AFTER INSERT ON incidents
WHEN NEW.sensitivity IN ('open', 'partner') AND NEW.workflow_status NOT IN ('withdrawn', 'merged')
BEGIN
    INSERT INTO feed_entries (ref, organisation_id, open_seq, shown_seq)
    VALUES (
        NEW.ref, NEW.organisation_id,
        (SELECT COALESCE(MAX(f.open_seq), 0) + 1 FROM feed_entries f WHERE f.organisation_id = NEW.organisation_id),
        CASE WHEN NEW.workflow_status IN ('approved', 'published')
            THEN (SELECT COALESCE(MAX(f.shown_seq), 0) + 1 FROM feed_entries f WHERE f.organisation_id = NEW.organisation_id) END
    )
    ON CONFLICT (ref) DO UPDATE SET open_seq = excluded.open_seq, shown_seq = COALESCE(excluded.shown_seq, shown_seq);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER incidents_feed_changed AFTER UPDATE ON incidents
WHEN (OLD.version <> NEW.version OR OLD.sensitivity <> NEW.sensitivity OR OLD.workflow_status <> NEW.workflow_status)
    AND (OLD.sensitivity IN ('open', 'partner') AND OLD.workflow_status NOT IN ('withdrawn', 'merged')
        OR NEW.sensitivity IN ('open', 'partner') AND NEW.workflow_status NOT IN ('withdrawn', 'merged'))
BEGIN
    INSERT INTO feed_entries (ref, organisation_id, open_seq, shown_seq)
    VALUES (
        NEW.ref, NEW.organisation_id,
        (SELECT COALESCE(MAX(f.open_seq), 0) + 1 FROM feed_entries f WHERE f.organisation_id = NEW.organisation_id),
        CASE WHEN OLD.sensitivity IN ('open', 'partner') AND OLD.workflow_status IN ('approved', 'published')
                OR NEW.sensitivity IN ('open', 'partner') AND NEW.workflow_status IN ('approved', 'published')
            THEN (SELECT COALESCE(MAX(f.shown_seq), 0) + 1 FROM feed_entries f WHERE f.organisation_id = NEW.organisation_id) END
    )
    ON CONFLICT (ref) DO UPDATE SET open_seq = excluded.open_seq, shown_seq = COALESCE(excluded.shown_seq, shown_seq);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER incidents_feed_removed AFTER DELETE ON incidents
WHEN OLD.sensitivity IN ('open', 'partner') AND OLD.workflow_status NOT IN ('withdrawn', 'merged')
BEGIN
    INSERT INTO feed_entries (ref, organisation_id, open_seq, shown_seq)
    VALUES (
        OLD.ref, OLD.organisation_id,
        (SELECT COALESCE(MAX(f.open_seq), 0) + 1 FROM feed_entries f WHERE f.organisation_id = OLD.organisation_id),
        CASE WHEN OLD.workflow_status IN ('approved', 'published')
            THEN (SELECT COALESCE(MAX(f.shown_seq), 0) + 1 FROM feed_entries f WHERE f.organisation_id = OLD.organisation_id) END
    )
    ON CONFLICT (ref) DO UPDATE SET open_seq = excluded.open_seq, shown_seq = COALESCE(excluded.shown_seq, shown_seq);
END;
-- +goose StatementEnd
