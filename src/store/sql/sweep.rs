//! Statements of the sweep: pages of the table, and the unsettled tasks in them.

/// The last task of the sweep's next page. ?1 user and ?2 key of the last task of the page before,
/// ?3 how many to skip.
pub const PAGE_END: &str = "\
SELECT json_object('user_id', user_id, 'task_id', id) AS row FROM tasks \
WHERE (user_id, id) > (?1, ?2) ORDER BY user_id, id LIMIT 1 OFFSET ?3";

/// The unsettled tasks of a page: pending for too long, or failed with a provisional error and not
/// searched for since. ?1 user and ?2 key before the page, ?3 user and ?4 key at its end, ?5 the
/// smallest key of a start that is too young, ?6 the same for a task with a provider's id, ?7 the
/// provisional error codes as a JSON list, ?8 the limit.
pub const UNSETTLED: &str = concat!(
    "SELECT ",
    task_json!(),
    " FROM tasks t WHERE (t.user_id, t.id) > (?1, ?2) AND (t.user_id, t.id) <= (?3, ?4) \
     AND CASE WHEN t.mynth_task_id IS NOT NULL THEN t.status = 'pending' AND t.id < ?6 \
     ELSE t.id < ?5 AND (t.status = 'pending' OR (t.status = 'failed' AND t.version = 1 \
     AND t.error ->> 'code' IN (SELECT value FROM json_each(?7)))) END \
     ORDER BY t.user_id, t.id LIMIT ?8"
);

/// The last task that the sweep has seen.
pub const SWEEP_AT: &str = "\
SELECT json_object('user_id', user_id, 'task_id', task_id) AS row FROM sweep WHERE id = 1";

/// Stores the last task that the sweep has seen. ?1 user, ?2 key.
pub const SWEEP_ON: &str = "\
INSERT INTO sweep (id, user_id, task_id) VALUES (1, ?1, ?2) \
ON CONFLICT (id) DO UPDATE SET user_id = excluded.user_id, task_id = excluded.task_id \
WHERE (sweep.user_id, sweep.task_id) IS NOT (excluded.user_id, excluded.task_id)";

/// Fails a start that the provider does not have. Version 2 means that it was searched for. ?1 user,
/// ?2 key, ?3 error, ?4 now.
pub const GIVE_UP_START: &str = "\
UPDATE tasks SET status = 'failed', version = 2, error = ?3, updated_at = ?4 \
WHERE user_id = ?1 AND id = ?2 AND mynth_task_id IS NULL AND version < 2";
