-- Refused guesses at addresses that have no account, as long as a minute. Nobody reads them: they are
-- rows and indexes like those of a refused owner, for the time of an answer must not tell the two apart.
CREATE TABLE nobodys_events (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    nth BIGINT NOT NULL,
    origin_digest TEXT NOT NULL,
    proof TEXT NOT NULL
);
CREATE INDEX nobodys_events_of_account ON nobodys_events (account_id, nth);
CREATE INDEX nobodys_events_by_time ON nobodys_events (at);
CREATE TABLE nobodys_origins (
    event_id TEXT PRIMARY KEY REFERENCES nobodys_events (id) ON DELETE CASCADE,
    account_id TEXT NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL,
    salt TEXT NOT NULL
);
CREATE INDEX nobodys_origins_of_account ON nobodys_origins (account_id);
DELETE FROM guards WHERE name IN ('latest refusal of nobody', 'latest origin of nobody');
