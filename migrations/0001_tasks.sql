-- Tasks and their images.
--
-- Rows written are what this design pays for (every index entry is one), so both tables are
-- stored in the order in which they are read, without a rowid beside it, and the one index that
-- is left is the one without which a task could not be found.

-- One row per task, made before the provider is called: `id` is our own (creation time in
-- milliseconds as 12 hex digits, then 96 random bits), `mynth_task_id` comes with the provider's
-- answer. The primary key is "a user's tasks in order of time".
CREATE TABLE tasks (
  id              TEXT NOT NULL,
  user_id         TEXT NOT NULL,
  mynth_task_id   TEXT,
  -- The batch that it was started in.
  batch_id        TEXT,
  kind            TEXT NOT NULL,
  status          TEXT NOT NULL CHECK (status IN ('pending', 'completed', 'failed')),
  -- 0: made, and not yet taken by the provider. It only ever rises.
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

-- Only tasks of a batch are in it: the others do not pay for it.
CREATE INDEX tasks_by_batch ON tasks (batch_id) WHERE batch_id IS NOT NULL;

-- One row per image. Its id is the random part of its task's id and its position, so the primary
-- key is "images by task" as well: a task's images lie side by side, in order.
CREATE TABLE images (
  id              TEXT NOT NULL PRIMARY KEY,
  task_id         TEXT NOT NULL,
  user_id         TEXT NOT NULL,
  -- Filled in when the image settles; until then the task's own row has it.
  mynth_task_id   TEXT,
  requested_model TEXT,
  position        INTEGER NOT NULL,
  status          TEXT NOT NULL CHECK (status IN ('pending', 'success', 'failed')),
  image_id        TEXT,
  url             TEXT,
  -- {"code","message"}
  error           TEXT
) WITHOUT ROWID;

-- What a caller's Idempotency-Key stands for. Kept for a day.
CREATE TABLE idempotency_keys (
  user_id    TEXT NOT NULL,
  key        TEXT NOT NULL,
  -- SHA-256 of the request, hex.
  request    TEXT NOT NULL,
  -- The task that it started.
  task_id    TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (user_id, key)
) WITHOUT ROWID;
