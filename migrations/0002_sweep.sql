-- The last task that the sweep has seen. The sweep reads the table in pages, so that its search needs
-- no index, which would cost a written row per task.
CREATE TABLE sweep (
  id      INTEGER PRIMARY KEY CHECK (id = 1),
  user_id TEXT NOT NULL,
  task_id TEXT NOT NULL
);
