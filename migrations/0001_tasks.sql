-- Tasks and their images.
--
-- Rows written cost money, and every index entry is a row written. So both tables are stored in the
-- order in which they are read (WITHOUT ROWID), and there are only two indexes.

-- One row per task, made before the provider is called: `id` is our own (creation time in
-- milliseconds as 12 hex digits, then 96 random bits), `mynth_task_id` comes with the provider's
-- answer. The primary key is "a user's tasks in order of time".
CREATE TABLE tasks (
  id              TEXT NOT NULL,
  user_id         TEXT NOT NULL,
  mynth_task_id   TEXT,
  -- The batch in which the task was started.
  batch_id        TEXT,
  kind            TEXT NOT NULL,
  status          TEXT NOT NULL CHECK (status IN ('pending', 'completed', 'failed')),
  -- 0: inserted, and not yet accepted by the provider. It only ever rises.
  version         INTEGER NOT NULL,
  prompt          TEXT,
  requested_model TEXT,
  model           TEXT,
  -- {"code","message"}
  error           TEXT,
  -- A decimal, as the provider wrote it.
  cost            TEXT,
  -- The caller's own metadata, JSON.
  metadata        TEXT NOT NULL,
  -- What kinds other than image.generate return, JSON.
  result          TEXT,
  -- ISO 8601 UTC.
  created_at      TEXT NOT NULL,
  updated_at      TEXT NOT NULL,
  PRIMARY KEY (user_id, id)
) WITHOUT ROWID;

CREATE UNIQUE INDEX tasks_by_mynth_task_id ON tasks (mynth_task_id)
  WHERE mynth_task_id IS NOT NULL;

-- A partial index: only tasks of a batch pay for it.
CREATE INDEX tasks_by_batch ON tasks (batch_id) WHERE batch_id IS NOT NULL;

-- One row per image. Its id is the random part of its task's id and its position, so a range scan of
-- the primary key gives a task's images, in order.
CREATE TABLE images (
  id              TEXT NOT NULL PRIMARY KEY,
  task_id         TEXT NOT NULL,
  user_id         TEXT NOT NULL,
  -- Set when the image is terminal; until then only the task's row has it.
  mynth_task_id   TEXT,
  requested_model TEXT,
  position        INTEGER NOT NULL,
  status          TEXT NOT NULL CHECK (status IN ('pending', 'success', 'failed')),
  image_id        TEXT,
  url             TEXT,
  -- {"code","message"}
  error           TEXT
) WITHOUT ROWID;

-- What was started under a caller's Idempotency-Key. Kept for a day.
CREATE TABLE idempotency_keys (
  user_id    TEXT NOT NULL,
  key        TEXT NOT NULL,
  -- SHA-256 of the route and the body, hex.
  request    TEXT NOT NULL,
  -- The id of a task's row, the id of a batch, or `ai:…` for a channel.
  task_id    TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (user_id, key)
) WITHOUT ROWID;
