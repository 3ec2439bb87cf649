CREATE TABLE tasks (
  id              TEXT NOT NULL PRIMARY KEY,
  user_id         TEXT NOT NULL,
  mynth_task_id   TEXT,
  status          TEXT NOT NULL,
  version         INTEGER NOT NULL,
  prompt          TEXT NOT NULL,
  requested_model TEXT NOT NULL,
  model           TEXT,
  error           TEXT,
  cost            TEXT,
  metadata        TEXT NOT NULL,
  created_at      TEXT NOT NULL,
  updated_at      TEXT NOT NULL
) WITHOUT ROWID;

CREATE UNIQUE INDEX tasks_by_mynth_task_id ON tasks (mynth_task_id) WHERE mynth_task_id IS NOT NULL;
CREATE INDEX tasks_by_user ON tasks (user_id, id);

CREATE TABLE images (
  task_id  TEXT NOT NULL,
  position INTEGER NOT NULL,
  status   TEXT NOT NULL,
  image_id TEXT,
  url      TEXT,
  error    TEXT,
  PRIMARY KEY (task_id, position)
) WITHOUT ROWID;

CREATE TABLE deliveries (
  id          TEXT NOT NULL PRIMARY KEY,
  received_at TEXT NOT NULL
) WITHOUT ROWID;
