-- The history is chained, so that a row that was edited, removed or added behind our back shows.

-- Keys of digests (HMAC-SHA-256), sealed: they outlive the master key they were sealed under. The
-- id is purpose and number; the newest key of a purpose is used.
CREATE TABLE digest_keys (
    id TEXT PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('audit', 'limits', 'recovery_codes', 'settings')),
    number BIGINT NOT NULL,
    sealed_key TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- The key of the digest by which an event knows its personal part. Goes with it: what is erased
-- cannot be guessed back from the digest.
ALTER TABLE event_origins ADD COLUMN salt TEXT NOT NULL DEFAULT '';
-- Both are empty in events of before.
ALTER TABLE events ADD COLUMN origin_digest TEXT NOT NULL DEFAULT '';
-- That this server wrote it: number of the key, and digest of the row under it.
ALTER TABLE events ADD COLUMN proof TEXT NOT NULL DEFAULT '';
CREATE INDEX events_by_time ON events (at);

-- The order of events, fixed within seconds; each hash covers its event and the hash before.
CREATE TABLE audit_chain (
    position BIGINT PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE,
    key_number BIGINT NOT NULL,
    hash TEXT NOT NULL,
    -- The digest of the personal part of an event that has none of its own; NULL for all others.
    old_digest TEXT
);
