-- +goose Up

-- Sessions that were open before count as opened by a password alone, long ago.
ALTER TABLE sessions ADD COLUMN factor TEXT COLLATE "C" NOT NULL DEFAULT '';

ALTER TABLE sessions ADD COLUMN authenticated_at TIMESTAMPTZ NOT NULL DEFAULT '1970-01-01 00:00:00+00:00';

CREATE TABLE factors (
    id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    credential_hash TEXT COLLATE "C",
    last_step BIGINT NOT NULL,
    row_key TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    confirmed_at TIMESTAMPTZ,
    last_used_at TIMESTAMPTZ,
    protected BYTEA,
    CONSTRAINT pk_factors PRIMARY KEY (id),
    CONSTRAINT uq_factors_credential_hash UNIQUE (credential_hash),
    CONSTRAINT fk_factors_user_id FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT ck_factors_kind CHECK (kind IN ('totp', 'passkey'))
);

CREATE INDEX idx_factors_user_id ON factors (user_id);

CREATE TABLE recovery_codes (
    user_id TEXT COLLATE "C" NOT NULL,
    code_hash TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ,
    CONSTRAINT pk_recovery_codes PRIMARY KEY (user_id, code_hash),
    CONSTRAINT fk_recovery_codes_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE TABLE sign_in_tickets (
    token_hash TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT pk_sign_in_tickets PRIMARY KEY (token_hash),
    CONSTRAINT fk_sign_in_tickets_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE INDEX idx_sign_in_tickets_expires_at ON sign_in_tickets (expires_at);

CREATE TABLE passkey_challenges (
    hash TEXT COLLATE "C" NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    bound_to TEXT COLLATE "C" NOT NULL,
    row_key TEXT COLLATE "C" NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    protected BYTEA,
    CONSTRAINT pk_passkey_challenges PRIMARY KEY (hash),
    CONSTRAINT fk_passkey_challenges_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE INDEX idx_passkey_challenges_expires_at ON passkey_challenges (expires_at);
