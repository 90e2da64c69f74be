-- One text for SQLite and PostgreSQL: TEXT and BIGINT only, times are seconds since 1970 (UTC),
-- bytes are base64url text, states are times or words held by CHECK.

-- Facts about the whole installation, such as the fingerprint of the master key.
CREATE TABLE guards (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    verified_at BIGINT,
    disabled_at BIGINT
);

-- An enrolled authenticator app. `last_step` only grows: a used code is never accepted again.
CREATE TABLE authenticators (
    account_id TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    sealed_secret TEXT NOT NULL,
    enrolled_at BIGINT NOT NULL,
    last_step BIGINT NOT NULL
);

CREATE TABLE recovery_codes (
    digest TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX recovery_codes_of_account ON recovery_codes (account_id);

CREATE TABLE sessions (
    digest TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    idle_s BIGINT NOT NULL CHECK (idle_s > 0),
    expires_at BIGINT NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL,
    -- The recovery codes just made, sealed, until one of them is typed back.
    sealed_sheet TEXT,
    sheet_expires_at BIGINT
);
CREATE INDEX sessions_of_account ON sessions (account_id);

-- A login whose password was right and whose second factor is still missing.
CREATE TABLE pending_logins (
    digest TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    step TEXT NOT NULL CHECK (step IN ('code', 'enrolment')),
    tries_left BIGINT NOT NULL,
    stay TEXT NOT NULL CHECK (stay IN ('short', 'long')),
    next_path TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- The offset in steps of the last wrong code that was right at another time.
    offset_steps BIGINT
);

-- A secret shown and not yet confirmed. `holder` is the digest of the pending login or session that asked.
CREATE TABLE enrolments (
    holder TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    sealed_secret TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- What happened to an account; only ever added to.
CREATE TABLE events (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL
);
CREATE INDEX events_of_account ON events (account_id, at);
