-- A registration asks for its mail like everybody else who asks for one, so that the answer takes as long
-- whether or not the address had an account. SQLite cannot change a CHECK, so the table is made anew; renamed first,
-- which keeps servers of before from it until all is done.
ALTER TABLE link_requests RENAME TO old_link_requests;
CREATE TABLE link_requests (
    id TEXT PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('reset_password', 'verify_email', 'registration')),
    email_key TEXT NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL,
    asked_at BIGINT NOT NULL
);
INSERT INTO link_requests (id, purpose, email_key, address, agent, asked_at)
    SELECT id, purpose, email_key, address, agent, asked_at FROM old_link_requests;
DROP TABLE old_link_requests;
CREATE INDEX link_requests_in_turn ON link_requests (asked_at, id);
DELETE FROM guards WHERE name = 'latest link of nobody';
-- Registrations of addresses that have an account, as long as a minute: a row and indexes like those of a new
-- account, and nothing that was typed.
CREATE TABLE nobodys_accounts (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
