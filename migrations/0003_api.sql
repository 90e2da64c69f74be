-- The REST API: bearer sessions, signing keys, one-time tokens, superusers.

-- May govern other accounts since then; NULL for everybody else.
ALTER TABLE accounts ADD COLUMN superuser_at BIGINT;
-- Only counts up: writing it first puts changes that count rows of one account in a row.
ALTER TABLE accounts ADD COLUMN version BIGINT NOT NULL DEFAULT 0;

-- What opens it: a cookie, an opaque bearer token, or an access token that names the row.
ALTER TABLE sessions ADD COLUMN kind TEXT NOT NULL DEFAULT 'browser' CHECK (kind IN ('browser', 'bearer', 'jwt'));
ALTER TABLE pending_logins ADD COLUMN kind TEXT NOT NULL DEFAULT 'browser' CHECK (kind IN ('browser', 'bearer'));
CREATE INDEX pending_logins_of_account ON pending_logins (account_id);

-- Ed25519 keys of access tokens. The newest one signs; a retired one still verifies while tokens of it may live.
CREATE TABLE signing_keys (
    kid TEXT PRIMARY KEY,
    sealed_secret TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT
);

-- Tokens that travel by mail: each for one purpose, one account and one address, once.
CREATE TABLE one_time_tokens (
    digest TEXT PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('verify_email', 'change_email', 'reset_password')),
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX one_time_tokens_of_account ON one_time_tokens (account_id, purpose);
