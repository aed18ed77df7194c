-- +goose Up

-- To replace the keys, or to print them as shares, takes two people: an
-- administrator of the server makes a code, and another one, who runs the command,
-- uses it up. Where there is only one administrator the command is run without a
-- code, and a row without a maker tells so.
CREATE TABLE key_approvals (
    id TEXT NOT NULL,
    action TEXT NOT NULL,
    code_hash TEXT,
    made_at TIMESTAMP NOT NULL,
    made_by TEXT,
    expires_at TIMESTAMP NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    used_at TIMESTAMP,
    used_by TEXT,
    CONSTRAINT pk_key_approvals PRIMARY KEY (id),
    CONSTRAINT uq_key_approvals_code_hash UNIQUE (code_hash),
    CONSTRAINT fk_key_approvals_made_by FOREIGN KEY (made_by) REFERENCES users (id),
    CONSTRAINT fk_key_approvals_used_by FOREIGN KEY (used_by) REFERENCES users (id),
    CONSTRAINT ck_key_approvals_action CHECK (action IN ('rotate', 'recovery')),
    CONSTRAINT ck_key_approvals_two_people CHECK (made_by IS NULL OR used_by IS NULL OR made_by <> used_by)
);

CREATE INDEX idx_key_approvals_used_at ON key_approvals (used_at);
