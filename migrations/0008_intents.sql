-- Requests that are about to be started at a provider, by an id of ours that travels with them and comes
-- back with their events: an event that comes before the provider's answer finds its owner here. The id
-- begins with the time, so the sweep deletes what is a day old without an index.
CREATE TABLE intents (
  id       TEXT NOT NULL PRIMARY KEY,
  user_id  TEXT NOT NULL,
  workflow TEXT NOT NULL
) WITHOUT ROWID;

-- The last idempotency key that the sweep has looked at: it goes through them in pages.
ALTER TABLE sweep ADD COLUMN keys_after TEXT NOT NULL DEFAULT '["",""]';
