-- The last login, the last change of a password: found without reading the whole history, however many
-- guesses stand in it.
CREATE INDEX events_of_kind ON events (account_id, kind, nth);
-- Nobody reads these, but writing one must take as long as writing one of the others.
CREATE INDEX nobodys_events_of_kind ON nobodys_events (account_id, kind, nth);
