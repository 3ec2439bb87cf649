-- What ModelRiver made, a row each, and the requests that were started here.

CREATE TABLE ai_content (
  -- The order in which rows came in: what a feed is read along.
  seq            INTEGER PRIMARY KEY,
  -- Made of the channel and the type of the event, so that the same event has the same row for ever.
  id             TEXT NOT NULL UNIQUE,
  title          TEXT NOT NULL,
  body           TEXT NOT NULL,
  category       TEXT NOT NULL,
  -- What the request carried for its own use, with the model and the provider. JSON.
  metadata       TEXT NOT NULL DEFAULT '{}',
  -- The model's own data, JSON.
  data           TEXT NOT NULL DEFAULT 'null',
  channel_id     TEXT NOT NULL,
  event_name     TEXT,
  source         TEXT NOT NULL DEFAULT 'modelriver',
  -- Null: everyone's who is signed in.
  user_id        TEXT,
  callback       TEXT NOT NULL DEFAULT 'none'
    CHECK (callback IN ('none', 'pending', 'delivered', 'failed', 'expired')),
  -- Why it failed.
  callback_error TEXT,
  -- It only ever rises.
  version        INTEGER NOT NULL DEFAULT 1,
  -- ISO 8601 UTC.
  created_at     TEXT NOT NULL
);

CREATE INDEX ai_content_by_channel ON ai_content (channel_id);
CREATE INDEX ai_content_by_event ON ai_content (event_name) WHERE event_name IS NOT NULL;
-- By creation, for each user and for everyone: a reader's list is two walks that are merged.
CREATE INDEX ai_content_by_creation ON ai_content (user_id, created_at);

-- One row per request that was started here: it says whose a channel is before anything came of it.
CREATE TABLE channels (
  channel_id TEXT NOT NULL PRIMARY KEY,
  user_id    TEXT NOT NULL,
  workflow   TEXT NOT NULL,
  status     TEXT NOT NULL CHECK (status IN ('pending', 'completed', 'failed')),
  version    INTEGER NOT NULL,
  -- {"code","message"}
  error      TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) WITHOUT ROWID;
