-- +goose Up

-- Sessions that were open before count as opened by a password alone, long ago.
ALTER TABLE sessions ADD COLUMN factor TEXT NOT NULL DEFAULT '';

ALTER TABLE sessions ADD COLUMN authenticated_at TIMESTAMP NOT NULL DEFAULT '1970-01-01 00:00:00+00:00';

CREATE TABLE factors (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    credential_hash TEXT,
    last_step INTEGER NOT NULL,
    row_key TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    confirmed_at TIMESTAMP,
    last_used_at TIMESTAMP,
    protected BLOB,
    CONSTRAINT pk_factors PRIMARY KEY (id),
    CONSTRAINT uq_factors_credential_hash UNIQUE (credential_hash),
    CONSTRAINT fk_factors_user_id FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT ck_factors_kind CHECK (kind IN ('totp', 'passkey'))
);

CREATE INDEX idx_factors_user_id ON factors (user_id);

CREATE TABLE recovery_codes (
    user_id TEXT NOT NULL,
    code_hash TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP,
    CONSTRAINT pk_recovery_codes PRIMARY KEY (user_id, code_hash),
    CONSTRAINT fk_recovery_codes_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE TABLE sign_in_tickets (
    token_hash TEXT NOT NULL,
    user_id TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_sign_in_tickets PRIMARY KEY (token_hash),
    CONSTRAINT fk_sign_in_tickets_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE INDEX idx_sign_in_tickets_expires_at ON sign_in_tickets (expires_at);

CREATE TABLE passkey_challenges (
    hash TEXT NOT NULL,
    purpose TEXT NOT NULL,
    user_id TEXT NOT NULL,
    bound_to TEXT NOT NULL,
    row_key TEXT NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    protected BLOB,
    CONSTRAINT pk_passkey_challenges PRIMARY KEY (hash),
    CONSTRAINT fk_passkey_challenges_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE INDEX idx_passkey_challenges_expires_at ON passkey_challenges (expires_at);
