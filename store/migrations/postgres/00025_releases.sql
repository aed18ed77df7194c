-- +goose Up

-- Releases: numbers of records that may be counted and not shown. The id counts
-- all that were ever built, as all that was ever seen counts in later audits.
-- Who and what was counted is sealed under the key of the installation.
CREATE TABLE releases (
    id BIGINT NOT NULL,
    number BIGINT,
    state TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    corrects BIGINT,
    proposed_by TEXT COLLATE "C" NOT NULL,
    proposed_at TIMESTAMPTZ NOT NULL,
    approved_by TEXT COLLATE "C",
    approved_at TIMESTAMPTZ,
    published_by TEXT COLLATE "C",
    published_at TIMESTAMPTZ,
    discarded_at TIMESTAMPTZ,
    row_key TEXT COLLATE "C" NOT NULL,
    protected BYTEA NOT NULL,
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
    release_id BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    media_type TEXT COLLATE "C" NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    data BYTEA NOT NULL,
    CONSTRAINT pk_release_files PRIMARY KEY (release_id, name),
    CONSTRAINT fk_release_files_release_id FOREIGN KEY (release_id) REFERENCES releases (id)
);

-- +goose StatementBegin
CREATE FUNCTION release_files_stay() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published file is never changed or deleted';
END $$;
-- +goose StatementEnd

CREATE TRIGGER trg_release_files_stay BEFORE UPDATE OR DELETE ON release_files FOR EACH ROW EXECUTE FUNCTION release_files_stay();
