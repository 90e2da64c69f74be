-- Mail: what is to be sent, and in whose language.

-- What the owner reads; follows the pages they log in with.
ALTER TABLE accounts ADD COLUMN language TEXT NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'ja'));

-- Messages, written in the transaction of what they tell; a job delivers them. The id is also the
-- Message-ID: whoever gets a message twice can tell. The sealed message is erased on delivery.
CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    sealed_message TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    tries BIGINT NOT NULL DEFAULT 0,
    next_try_at BIGINT NOT NULL,
    delivered_at BIGINT
);
CREATE INDEX outbox_due ON outbox (next_try_at);
