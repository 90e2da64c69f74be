-- When the owner typed one of the recovery codes back; NULL while nobody knows that they were kept.
ALTER TABLE accounts ADD COLUMN recovery_codes_confirmed_at BIGINT;

-- The place of an event in the history of its account: several happen within one second.
ALTER TABLE events ADD COLUMN nth BIGINT NOT NULL DEFAULT 0;
DROP INDEX events_of_account;
CREATE INDEX events_of_account ON events (account_id, nth);
