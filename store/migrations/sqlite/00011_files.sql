-- +goose Up

-- Evidence files. Name, hash, key and names of the stored bytes are protected;
-- without the key the stored bytes are noise. A deleted file keeps its row.
CREATE TABLE files (
    id TEXT NOT NULL,
    incident_id INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    graphic BOOLEAN NOT NULL,
    user_id TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    deleted_at TIMESTAMP,
    row_key TEXT NOT NULL,
    protected BLOB,
    CONSTRAINT pk_files PRIMARY KEY (id),
    CONSTRAINT fk_files_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_files_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE INDEX idx_files_incident_id_at ON files (incident_id, at, id);

-- Who did what with a file, and when. Nothing is ever taken out of it.
CREATE TABLE file_custody (
    file_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    user_id TEXT,
    action TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    CONSTRAINT pk_file_custody PRIMARY KEY (file_id, position),
    CONSTRAINT fk_file_custody_file_id FOREIGN KEY (file_id) REFERENCES files (id),
    CONSTRAINT fk_file_custody_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

-- Uploads on their way, part by part, each part sealed.
CREATE TABLE uploads (
    id TEXT NOT NULL,
    incident_id INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    received INTEGER NOT NULL,
    graphic BOOLEAN NOT NULL,
    at TIMESTAMP NOT NULL,
    row_key TEXT NOT NULL,
    protected BLOB,
    CONSTRAINT pk_uploads PRIMARY KEY (id),
    CONSTRAINT fk_uploads_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_uploads_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE INDEX idx_uploads_at ON uploads (at);

CREATE TABLE upload_parts (
    upload_id TEXT NOT NULL,
    start_at INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    row_key TEXT NOT NULL,
    protected BLOB NOT NULL,
    CONSTRAINT pk_upload_parts PRIMARY KEY (upload_id, start_at),
    CONSTRAINT fk_upload_parts_upload_id FOREIGN KEY (upload_id) REFERENCES uploads (id)
);

-- Stored bytes that nothing refers to any more: to be deleted from the storage.
CREATE TABLE dead_blobs (
    name TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    CONSTRAINT pk_dead_blobs PRIMARY KEY (name)
);
