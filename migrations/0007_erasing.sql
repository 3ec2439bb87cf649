-- Users who want all that is theirs gone. The sweep erases what was made before, and then the row goes.
CREATE TABLE erasures (
  user_id TEXT NOT NULL PRIMARY KEY,
  -- ISO 8601 UTC. What was made at this time or later stays.
  before  TEXT NOT NULL
) WITHOUT ROWID;

-- A user's channels, those past their retention first. It costs a written row for each start of one.
CREATE INDEX channels_by_user ON channels (user_id, created_at);

-- The highest `seq` that a deleted row of content had. The next row is above it: a watcher of the feed
-- that has seen that number would otherwise never be shown a row that gets it again.
CREATE TABLE content_floor (
  id  INTEGER PRIMARY KEY CHECK (id = 1),
  seq INTEGER NOT NULL
);

-- Where the sweep is among what is past its retention. Empty: it begins again at the next full hour.
ALTER TABLE sweep ADD COLUMN retained_after TEXT NOT NULL DEFAULT '';
