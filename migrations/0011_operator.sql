-- What operators ask: which webhooks came, what became of them, and what went out.

-- One row per webhook. `id` is the order in which D1 got them, so that a reader that continues from the last one
-- it has seen misses none. The newest row is never deleted: otherwise an id could be given again.
CREATE TABLE deliveries (
  id                INTEGER PRIMARY KEY,
  at                TEXT NOT NULL,
  provider          TEXT NOT NULL,
  event             TEXT,
  provider_delivery TEXT,
  -- A task's or a channel's id.
  task_id           TEXT,
  verdict           TEXT NOT NULL,
  status            INTEGER NOT NULL,
  ms                INTEGER NOT NULL,
  bytes             INTEGER NOT NULL,
  reason            TEXT,
  -- JSON, if it has ended a task: kind, status, and the stages in milliseconds.
  settled           TEXT,
  -- A random key: an insert that is repeated is recognized by it.
  arrival           TEXT NOT NULL,
  -- Last, because it is long.
  body              TEXT
);

CREATE INDEX deliveries_by_task ON deliveries (task_id) WHERE task_id IS NOT NULL;
-- Most rows do not pay for it.
CREATE INDEX deliveries_unusual ON deliveries (verdict) WHERE verdict <> 'applied';

-- What has no row, by the hour: refused webhooks beyond those that are kept, and tasks that ended without one.
CREATE TABLE delivery_counts (
  hour     TEXT NOT NULL,
  provider TEXT NOT NULL,
  verdict  TEXT NOT NULL,
  count    INTEGER NOT NULL,
  PRIMARY KEY (hour, provider, verdict)
) WITHOUT ROWID;

-- One row per event for the app's own backend, from its first attempt on.
CREATE TABLE events (
  seq     INTEGER PRIMARY KEY,
  id      TEXT NOT NULL UNIQUE,
  at      TEXT NOT NULL,
  type    TEXT NOT NULL,
  -- A task's id, or that of a row of content.
  subject TEXT NOT NULL,
  version INTEGER NOT NULL,
  -- 'delivered', 'waiting' or 'failed'.
  state   TEXT NOT NULL,
  -- JSON: the state on each road, by its name.
  roads   TEXT NOT NULL
);

CREATE INDEX events_not_delivered ON events (state) WHERE state <> 'delivered';
