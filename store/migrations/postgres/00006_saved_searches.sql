-- +goose Up

CREATE TABLE saved_searches (
    id TEXT COLLATE "C" NOT NULL,
    organisation_id BIGINT NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    shared BOOLEAN NOT NULL,
    row_key TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    protected BYTEA,
    CONSTRAINT pk_saved_searches PRIMARY KEY (id),
    CONSTRAINT fk_saved_searches_organisation_id FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_saved_searches_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE INDEX idx_saved_searches_organisation_id_user_id ON saved_searches (organisation_id, user_id);

CREATE TABLE saved_search_looks (
    saved_search_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    looked_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT pk_saved_search_looks PRIMARY KEY (saved_search_id, user_id),
    CONSTRAINT fk_saved_search_looks_saved_search_id FOREIGN KEY (saved_search_id) REFERENCES saved_searches (id),
    CONSTRAINT fk_saved_search_looks_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);
