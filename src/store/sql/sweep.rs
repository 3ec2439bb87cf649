//! Statements of the sweep: whose turn it is, and what is unsettled.

/// The condition of the index `tasks_unclear`, to the letter: only then is it used.
macro_rules! unclear {
    () => {
        "status = 'failed' AND mynth_task_id IS NULL AND version = 1 AND error ->> 'code' \
         IN ('timeout', 'start_lost', 'provider_timeout', 'provider_unavailable', \
           'provider_invalid_response')"
    };
}

/// Takes the turn until ?1, if nobody has it at ?2: where the sweep is.
pub const TAKE_TURN: &str = "\
INSERT INTO sweep (id, woken_after, lease_until) VALUES (1, '', ?1) \
ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until \
WHERE sweep.lease_until <= ?2 \
RETURNING json_object('woken_after', woken_after, 'retained_after', retained_after) AS row";

/// Gives the turn back, if it is still ours. ?1 and ?2 where the sweep is among tasks and among what is
/// past its retention, ?3 until when the turn was taken.
pub const END_TURN: &str = "\
UPDATE sweep SET woken_after = ?1, retained_after = ?2, lease_until = '' \
WHERE id = 1 AND lease_until = ?3";

/// Starts without a provider's id, oldest first: pending, or failed without a clear no and not searched
/// for since. ?1 the smallest key of a start that is too young, ?2 the most to give.
pub const LOST: &str = concat!(
    "SELECT ",
    task_json!(),
    " FROM (SELECT user_id, id FROM tasks INDEXED BY tasks_pending \
       WHERE status = 'pending' AND mynth_task_id IS NULL AND id < ?1 \
       UNION ALL SELECT user_id, id FROM tasks INDEXED BY tasks_unclear WHERE ",
    unclear!(),
    " AND id < ?1 ORDER BY 2 LIMIT ?2) u \
     CROSS JOIN tasks t ON t.user_id = u.user_id AND t.id = u.id ORDER BY u.id"
);

/// Tasks that have a provider's id and are pending for long. ?1 the key to go on after, ?2 the smallest
/// key of a task that is too young, ?3 the most to give.
pub const PENDING: &str = concat!(
    "SELECT ",
    task_json!(),
    " FROM (SELECT user_id, id FROM tasks INDEXED BY tasks_pending \
       WHERE status = 'pending' AND mynth_task_id IS NOT NULL AND id > ?1 AND id < ?2 \
       ORDER BY id LIMIT ?3) u \
     CROSS JOIN tasks t ON t.user_id = u.user_id AND t.id = u.id ORDER BY u.id"
);

/// Channels that are pending for long, oldest first. ?1 when they were started at the latest, ?2 the most
/// to give.
pub const PENDING_CHANNELS: &str = "\
SELECT json_object('channel_id', channel_id, 'user_id', user_id, 'workflow', workflow, \
  'status', status, 'version', version, 'error', json(error), 'created_at', created_at, \
  'updated_at', updated_at) AS row \
FROM channels WHERE status = 'pending' AND created_at < ?1 ORDER BY created_at LIMIT ?2";

/// Those of a provider's ids that a row has. ?1 the ids as a JSON list.
pub const KNOWN_IDS: &str = "\
SELECT mynth_task_id AS row FROM tasks \
WHERE mynth_task_id IN (SELECT value FROM json_each(?1))";

/// Fails a start that the provider does not have. Version 2 means that it was searched for. ?1 user,
/// ?2 key, ?3 error, ?4 now.
pub const GIVE_UP_START: &str = "\
UPDATE tasks SET status = 'failed', version = 2, error = ?3, updated_at = ?4 \
WHERE user_id = ?1 AND id = ?2 AND mynth_task_id IS NULL AND version < 2";
