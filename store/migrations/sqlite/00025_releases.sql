-- +goose Up

-- Releases: numbers of records that may be counted and not shown. The id counts
-- all that were ever built, as all that was ever seen counts in later audits.
-- Who and what was counted is sealed under the key of the installation.
CREATE TABLE releases (
    id INTEGER NOT NULL,
    number INTEGER,
    state TEXT NOT NULL,
    note TEXT NOT NULL,
    corrects INTEGER,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP NOT NULL,
    approved_by TEXT,
    approved_at TIMESTAMP,
    published_by TEXT,
    published_at TIMESTAMP,
    discarded_at TIMESTAMP,
    row_key TEXT NOT NULL,
    protected BLOB NOT NULL,
    CONSTRAINT pk_releases PRIMARY KEY (id),
    CONSTRAINT uq_releases_number UNIQUE (number),
    CONSTRAINT fk_releases_proposed_by FOREIGN KEY (proposed_by) REFERENCES users (id),
    CONSTRAINT fk_releases_approved_by FOREIGN KEY (approved_by) REFERENCES users (id),
    CONSTRAINT fk_releases_published_by FOREIGN KEY (published_by) REFERENCES users (id),
    CONSTRAINT ck_releases_state CHECK (state IN ('draft', 'approved', 'published', 'discarded')),
    CONSTRAINT ck_releases_number CHECK ((state = 'published') = (number IS NOT NULL)),
    CONSTRAINT ck_releases_people CHECK (proposed_by <> approved_by AND proposed_by <> published_by AND approved_by <> published_by)
);

-- One release at a time is on its way.
CREATE UNIQUE INDEX idx_releases_open ON releases ((1)) WHERE state IN ('draft', 'approved');

-- What was published, as it was published.
CREATE TABLE release_files (
    release_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    data BLOB NOT NULL,
    CONSTRAINT pk_release_files PRIMARY KEY (release_id, name),
    CONSTRAINT fk_release_files_release_id FOREIGN KEY (release_id) REFERENCES releases (id)
);

-- +goose StatementBegin
CREATE TRIGGER trg_release_files_kept BEFORE UPDATE ON release_files
BEGIN SELECT RAISE(ABORT, 'a published file is never changed'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER trg_release_files_stay BEFORE DELETE ON release_files
BEGIN SELECT RAISE(ABORT, 'a published file is never deleted'); END;
-- +goose StatementEnd
