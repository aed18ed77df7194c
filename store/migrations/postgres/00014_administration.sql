-- +goose Up

-- What the whole instance lets people do: one row, read by every request.
CREATE TABLE instance_state (
    id INTEGER NOT NULL,
    mode TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    changed_at TIMESTAMPTZ,
    changed_by TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_instance_state PRIMARY KEY (id),
    CONSTRAINT ck_instance_state_id CHECK (id = 1),
    CONSTRAINT ck_instance_state_mode CHECK (mode IN ('open', 'read_only', 'closed', 'quarantine'))
);

INSERT INTO instance_state (id, mode, reason, changed_by) VALUES (1, 'open', '', '');

-- A one-time link to a new password; only the hash of its token is kept. One
-- for an administrator works once another administrator has confirmed it.
CREATE TABLE password_resets (
    token_hash TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    confirmed_by TEXT COLLATE "C",
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ,
    CONSTRAINT pk_password_resets PRIMARY KEY (token_hash),
    CONSTRAINT fk_password_resets_user_id FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT fk_password_resets_created_by FOREIGN KEY (created_by) REFERENCES users (id),
    CONSTRAINT fk_password_resets_confirmed_by FOREIGN KEY (confirmed_by) REFERENCES users (id)
);

CREATE INDEX idx_password_resets_user_id ON password_resets (user_id);

-- When a person last read the protected fields of a record: the audit names
-- such reads once in ten minutes.
CREATE TABLE protected_reads (
    user_id TEXT COLLATE "C" NOT NULL,
    object TEXT COLLATE "C" NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    CONSTRAINT pk_protected_reads PRIMARY KEY (user_id, object),
    CONSTRAINT fk_protected_reads_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE INDEX idx_protected_reads_at ON protected_reads (at);

ALTER TABLE organisations ADD COLUMN initial_sensitivity TEXT COLLATE "C" DEFAULT 'partner' NOT NULL CONSTRAINT ck_organisations_initial_sensitivity CHECK (initial_sensitivity IN ('partner', 'restricted'));

CREATE INDEX idx_memberships_organisation_id ON memberships (organisation_id, user_id);

CREATE INDEX idx_audit_at ON audit (at);

CREATE INDEX idx_audit_actor_at ON audit (actor, at);

CREATE INDEX idx_audit_organisation_id_actor_at ON audit (organisation_id, actor, at);

CREATE INDEX idx_audit_organisation_id_action_at ON audit (organisation_id, action, at);

CREATE INDEX idx_audit_organisation_id_object_at ON audit (organisation_id, object, at);
