-- What each user has. A new user begins with a hundred.
CREATE TABLE credits (
  user_id TEXT NOT NULL PRIMARY KEY,
  credits INTEGER NOT NULL DEFAULT 100
) WITHOUT ROWID;

-- The events that were acted on, and what each has taken. An event has one id for all of its attempts.
CREATE TABLE charges (
  event_id TEXT NOT NULL PRIMARY KEY,
  user_id  TEXT NOT NULL,
  task_id  TEXT NOT NULL,
  amount   INTEGER NOT NULL
) WITHOUT ROWID;

CREATE UNIQUE INDEX charges_by_task ON charges (task_id);
