-- What is unsettled, in order of time, so that the sweep reads what it has to take care of and nothing
-- else, however many rows there are. A task pays two written rows for it: when it is made and when it
-- settles.
CREATE INDEX tasks_pending ON tasks (id) WHERE status = 'pending';

-- Starts that failed without a clear no, and have not been searched for. These are few.
CREATE INDEX tasks_unclear ON tasks (id)
  WHERE status = 'failed' AND mynth_task_id IS NULL AND version = 1 AND error ->> 'code'
    IN ('timeout', 'start_lost', 'provider_timeout', 'provider_unavailable', 'provider_invalid_response');

CREATE INDEX channels_pending ON channels (created_at) WHERE status = 'pending';

-- Where the sweep is among the tasks that have a room, and until when one run of it has the turn.
DROP TABLE sweep;
CREATE TABLE sweep (
  id          INTEGER PRIMARY KEY CHECK (id = 1),
  woken_after TEXT NOT NULL,
  lease_until TEXT NOT NULL
);
