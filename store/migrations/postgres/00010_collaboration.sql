-- +goose Up

-- Who was asked to review a record.
CREATE TABLE review_requests (
    incident_id BIGINT NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    asked_by TEXT COLLATE "C" NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    CONSTRAINT pk_review_requests PRIMARY KEY (incident_id, user_id),
    CONSTRAINT fk_review_requests_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_review_requests_user_id FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT fk_review_requests_asked_by FOREIGN KEY (asked_by) REFERENCES users (id)
);

CREATE INDEX idx_review_requests_user_id ON review_requests (user_id, incident_id);

-- What colleagues say about a record. The text is protected; a deleted comment
-- keeps its place and loses its text.
CREATE TABLE comments (
    id TEXT COLLATE "C" NOT NULL,
    incident_id BIGINT NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    edited_at TIMESTAMPTZ,
    deleted_at TIMESTAMPTZ,
    resolved_at TIMESTAMPTZ,
    resolved_by TEXT COLLATE "C",
    row_key TEXT COLLATE "C" NOT NULL,
    protected BYTEA,
    CONSTRAINT pk_comments PRIMARY KEY (id),
    CONSTRAINT fk_comments_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_comments_user_id FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT fk_comments_resolved_by FOREIGN KEY (resolved_by) REFERENCES users (id)
);

CREATE INDEX idx_comments_incident_id_at ON comments (incident_id, at, id);

CREATE TABLE comment_mentions (
    comment_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_comment_mentions PRIMARY KEY (comment_id, user_id),
    CONSTRAINT fk_comment_mentions_comment_id FOREIGN KEY (comment_id) REFERENCES comments (id),
    CONSTRAINT fk_comment_mentions_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE INDEX idx_comment_mentions_user_id ON comment_mentions (user_id, comment_id);

-- What happened, to which record, by whom, when: never a word of the record.
CREATE TABLE notifications (
    id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    incident_id BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    actor_id TEXT COLLATE "C",
    at TIMESTAMPTZ NOT NULL,
    read_at TIMESTAMPTZ,
    CONSTRAINT pk_notifications PRIMARY KEY (id),
    CONSTRAINT fk_notifications_user_id FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT fk_notifications_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_notifications_actor_id FOREIGN KEY (actor_id) REFERENCES users (id)
);

CREATE INDEX idx_notifications_user_id_at ON notifications (user_id, at, id);
