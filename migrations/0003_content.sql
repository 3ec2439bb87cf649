-- The results of ModelRiver's workflows, and the requests that were started here.

CREATE TABLE ai_content (
  -- The order of arrival, in which the feed is read.
  seq            INTEGER PRIMARY KEY,
  -- Derived from the channel and the event's type, so that a late retry maps to the same row.
  id             TEXT NOT NULL UNIQUE,
  title          TEXT NOT NULL,
  body           TEXT NOT NULL,
  category       TEXT NOT NULL,
  -- The data that the caller attached to the request, with the model and the provider. JSON.
  metadata       TEXT NOT NULL DEFAULT '{}',
  -- The model's own data, JSON.
  data           TEXT NOT NULL DEFAULT 'null',
  channel_id     TEXT NOT NULL,
  event_name     TEXT,
  source         TEXT NOT NULL DEFAULT 'modelriver',
  -- The owner. Null: every signed-in user may read the row.
  user_id        TEXT,
  callback       TEXT NOT NULL DEFAULT 'none'
    CHECK (callback IN ('none', 'pending', 'delivered', 'failed', 'expired')),
  -- Why the callback failed.
  callback_error TEXT,
  -- It only ever rises.
  version        INTEGER NOT NULL DEFAULT 1,
  -- ISO 8601 UTC.
  created_at     TEXT NOT NULL
);

CREATE INDEX ai_content_by_channel ON ai_content (channel_id);
CREATE INDEX ai_content_by_event ON ai_content (event_name) WHERE event_name IS NOT NULL;
-- A reader's list merges two range scans: the user's own rows and those without an owner.
CREATE INDEX ai_content_by_creation ON ai_content (user_id, created_at);

-- One row per request that was started here. It has a channel's owner before there is any content.
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
