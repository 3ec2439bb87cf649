-- Where the sweep is on its way through the tasks. It reads them a page at a time, so that what it
-- looks for needs no index, which every task would pay for.
CREATE TABLE sweep (
  id      INTEGER PRIMARY KEY CHECK (id = 1),
  user_id TEXT NOT NULL,
  task_id TEXT NOT NULL
);
