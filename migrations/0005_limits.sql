-- Guesses and requests counted, so that guessing gets nowhere.

-- One counter each: of a source, an account (a keyed digest of its address, whether or not it
-- exists), the codes of an account, a kind of request. `until` is a time that its rule reads.
CREATE TABLE limits (
    name TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    failures BIGINT NOT NULL,
    until BIGINT NOT NULL,
    -- Refusals are written down once until then.
    told_until BIGINT NOT NULL,
    -- From then on the row says no more than none would.
    forget_at BIGINT NOT NULL
);
CREATE INDEX limits_of_kind ON limits (kind);
CREATE INDEX limits_to_forget ON limits (forget_at);

-- Browsers that have signed in: nobody else's guesses keep them out.
CREATE TABLE devices (
    digest TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- Wrong passwords in a row from this browser.
    failures BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX devices_of_account ON devices (account_id);
