-- Mail: what is to be sent, and in whose language.

-- What the owner reads; follows the pages they log in with.
ALTER TABLE accounts ADD COLUMN language TEXT NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'ja'));
-- Made while its address had to be verified: gone at this time, unless it was verified or logged in to.
ALTER TABLE accounts ADD COLUMN verify_by BIGINT;
-- When the owner was last told that somebody tried to register the address.
ALTER TABLE accounts ADD COLUMN registration_told_at BIGINT;

-- Messages, written in the transaction of what they tell; a job delivers them. The id is also the
-- Message-ID: whoever gets a message twice can tell. The sealed message is erased on delivery.
CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    -- What it tells, in a word: all that is left of it once it was delivered.
    kind TEXT NOT NULL,
    sealed_message TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    tries BIGINT NOT NULL DEFAULT 0,
    next_try_at BIGINT NOT NULL,
    delivered_at BIGINT,
    -- When it was given up: refused for good, or of no use any more.
    dropped_at BIGINT
);
CREATE INDEX outbox_due ON outbox (next_try_at);

-- Two more purposes: to say that it was somebody else, and to take back a change of address.
-- SQLite cannot change a CHECK, so the table is made anew.
CREATE TABLE new_one_time_tokens (
    digest TEXT PRIMARY KEY,
    purpose TEXT NOT NULL
        CHECK (purpose IN ('verify_email', 'change_email', 'reset_password', 'not_me', 'undo_email')),
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
INSERT INTO new_one_time_tokens (digest, purpose, account_id, email, created_at, expires_at)
    SELECT digest, purpose, account_id, email, created_at, expires_at FROM one_time_tokens;
DROP TABLE one_time_tokens;
ALTER TABLE new_one_time_tokens RENAME TO one_time_tokens;
CREATE INDEX one_time_tokens_of_account ON one_time_tokens (account_id, purpose);
