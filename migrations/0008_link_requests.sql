-- Links that were asked for by address, until a job has looked whether there is an account: the
-- answer must not wait for that, or its time would tell.
CREATE TABLE link_requests (
    id TEXT PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('reset_password', 'verify_email')),
    email_key TEXT NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL,
    asked_at BIGINT NOT NULL
);
CREATE INDEX link_requests_in_turn ON link_requests (asked_at, id);
