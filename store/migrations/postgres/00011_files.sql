-- +goose Up

-- Evidence files. Name, hash, key and names of the stored bytes are protected;
-- without the key the stored bytes are noise. A deleted file keeps its row.
CREATE TABLE files (
    id TEXT COLLATE "C" NOT NULL,
    incident_id BIGINT NOT NULL,
    media_type TEXT COLLATE "C" NOT NULL,
    bytes BIGINT NOT NULL,
    graphic BOOLEAN NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    deleted_at TIMESTAMPTZ,
    row_key TEXT COLLATE "C" NOT NULL,
    protected BYTEA,
    CONSTRAINT pk_files PRIMARY KEY (id),
    CONSTRAINT fk_files_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_files_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE INDEX idx_files_incident_id_at ON files (incident_id, at, id);

-- Who did what with a file, and when. Nothing is ever taken out of it.
CREATE TABLE file_custody (
    file_id TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    user_id TEXT COLLATE "C",
    action TEXT COLLATE "C" NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    CONSTRAINT pk_file_custody PRIMARY KEY (file_id, position),
    CONSTRAINT fk_file_custody_file_id FOREIGN KEY (file_id) REFERENCES files (id),
    CONSTRAINT fk_file_custody_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

-- Uploads on their way, part by part, each part sealed.
CREATE TABLE uploads (
    id TEXT COLLATE "C" NOT NULL,
    incident_id BIGINT NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    bytes BIGINT NOT NULL,
    received BIGINT NOT NULL,
    graphic BOOLEAN NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    row_key TEXT COLLATE "C" NOT NULL,
    protected BYTEA,
    CONSTRAINT pk_uploads PRIMARY KEY (id),
    CONSTRAINT fk_uploads_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_uploads_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE INDEX idx_uploads_at ON uploads (at);

CREATE TABLE upload_parts (
    upload_id TEXT COLLATE "C" NOT NULL,
    start_at BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    row_key TEXT COLLATE "C" NOT NULL,
    protected BYTEA NOT NULL,
    CONSTRAINT pk_upload_parts PRIMARY KEY (upload_id, start_at),
    CONSTRAINT fk_upload_parts_upload_id FOREIGN KEY (upload_id) REFERENCES uploads (id)
);

-- Stored bytes that nothing refers to any more: to be deleted from the storage.
CREATE TABLE dead_blobs (
    name TEXT COLLATE "C" NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    CONSTRAINT pk_dead_blobs PRIMARY KEY (name)
);
