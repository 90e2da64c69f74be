-- Looking after one's account: fresh proofs, replaced authenticators, leaving, erasable history.

-- When its owner last proved who they are: the login, or a proof since.
ALTER TABLE sessions ADD COLUMN proved_at BIGINT NOT NULL DEFAULT 0;
UPDATE sessions SET proved_at = created_at;

-- A secret shown may take the place of an enrolled one only where its owner proved who they are.
ALTER TABLE enrolments ADD COLUMN kind TEXT NOT NULL DEFAULT 'first' CHECK (kind IN ('first', 'replacement'));

-- When an account that its owner left is deleted; a login until then takes it back.
ALTER TABLE accounts ADD COLUMN delete_at BIGINT;

-- The history outlives its account: an id, a kind and a time say nothing of a person. What does
-- stands beside it and goes with the account.
CREATE TABLE history (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    nth BIGINT NOT NULL
);
CREATE TABLE event_origins (
    event_id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    agent TEXT NOT NULL
);
CREATE INDEX event_origins_of_account ON event_origins (account_id);
INSERT INTO history (id, account_id, at, kind, nth) SELECT id, account_id, at, kind, nth FROM events;
INSERT INTO event_origins (event_id, account_id, address, agent) SELECT id, account_id, address, agent FROM events;
DROP TABLE events;
ALTER TABLE history RENAME TO events;
CREATE INDEX events_of_account ON events (account_id, nth);
