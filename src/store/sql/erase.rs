//! Statements that delete: what a user has erased, and what is past its retention.

/// Deletes a task's row. ?1 user, ?2 key.
pub const DELETE_TASK: &str = "DELETE FROM tasks WHERE user_id = ?1 AND id = ?2";

/// Deletes the rows of its images. ?1 user, ?2 key.
pub const DELETE_IMAGES: &str = "\
DELETE FROM images WHERE id BETWEEN substr(?2, 13) AND substr(?2, 13) || '~' AND user_id = ?1";

/// Frees the idempotency key under which it was started; that of a batch with its last task. After
/// [`DELETE_TASK`]. ?1 user, ?2 key, ?3 batch or null.
pub const FREE_KEY: &str = "\
DELETE FROM idempotency_keys WHERE user_id = ?1 AND (task_id = ?2 \
  OR task_id = ?3 AND NOT EXISTS (SELECT 1 FROM tasks WHERE batch_id = ?3))";

/// Deletes the rows of a start that did not happen: those of its images. ?1 user, ?2 key.
pub const UNDO_IMAGES: &str = "\
DELETE FROM images WHERE id BETWEEN substr(?2, 13) AND substr(?2, 13) || '~' AND user_id = ?1 \
  AND EXISTS (SELECT 1 FROM tasks WHERE user_id = ?1 AND id = ?2 AND mynth_task_id IS NULL)";

/// And its own. Second in a batch with [`UNDO_IMAGES`]. ?1 user, ?2 key.
pub const UNDO_TASK: &str = "\
DELETE FROM tasks WHERE user_id = ?1 AND id = ?2 AND mynth_task_id IS NULL";

/// Remembers the highest `seq`, before rows of content are deleted.
pub const KEEP_FLOOR: &str = "\
INSERT INTO content_floor (id, seq) SELECT 1, max(seq) FROM ai_content WHERE true \
  HAVING max(seq) IS NOT NULL \
ON CONFLICT (id) DO UPDATE SET seq = excluded.seq WHERE content_floor.seq < excluded.seq";

/// Deletes one row of content. ?1 its id.
pub const DELETE_CONTENT: &str = "DELETE FROM ai_content WHERE id = ?1";

/// Deletes all rows of a channel. ?1 the channel.
pub const DELETE_CONTENT_OF: &str = "DELETE FROM ai_content WHERE channel_id = ?1";

/// Deletes the row of a request. ?1 the channel.
pub const DELETE_CHANNEL: &str = "DELETE FROM channels WHERE channel_id = ?1";

/// Asks for all of a user's rows to go. ?1 user, ?2 the time before which they were made.
pub const ASK_TO_ERASE: &str = "\
INSERT INTO erasures (user_id, before) VALUES (?1, ?2) \
ON CONFLICT (user_id) DO UPDATE SET before = excluded.before WHERE erasures.before < excluded.before";

/// Who wants all rows gone. ?1 the most to give.
pub const ERASURES: &str = "\
SELECT json_object('user_id', user_id, 'before', before) AS row FROM erasures \
ORDER BY user_id LIMIT ?1";

/// All that was made before that time is gone. ?1 user, ?2 that time.
pub const ERASED: &str = "DELETE FROM erasures WHERE user_id = ?1 AND before = ?2";

/// A user's tasks, oldest first. ?1 user, ?2 the smallest key of a task that stays, ?3 the most to give,
/// ?4 the key to go on after.
pub const TASKS_BEFORE: &str = concat!(
    "SELECT ",
    task_json!(),
    " FROM tasks t WHERE t.user_id = ?1 AND t.id > ?4 AND t.id < ?2 ORDER BY t.id LIMIT ?3"
);

/// The channels of a user, and those of which the user has rows. ?1 user, ?2 the time before which they
/// were made, ?3 the most to give.
pub const CHANNELS_BEFORE: &str = "\
SELECT channel_id AS row FROM channels WHERE user_id = ?1 AND created_at < ?2 \
UNION SELECT channel_id FROM ai_content WHERE user_id = ?1 AND created_at < ?2 LIMIT ?3";

/// Deletes a user's idempotency keys. ?1 user, ?2 the time before which they were claimed.
pub const DELETE_KEYS: &str = "\
DELETE FROM idempotency_keys WHERE user_id = ?1 AND created_at < ?2";

/// Deletes a user's intents. ?1 user, ?2 the smallest id of one that stays.
pub const DELETE_INTENTS: &str = "DELETE FROM intents WHERE id < ?2 AND user_id = ?1";

/// The next users in `$table`, in order. ?1 the first to look at, ?2 the most to give. Each is one step
/// in an index, however many rows a user has.
macro_rules! users {
    ($table:literal) => {
        concat!(
            "WITH RECURSIVE u (user_id, n) AS (SELECT min(user_id), 1 FROM ",
            $table,
            " WHERE user_id >= ?1 UNION ALL SELECT (SELECT min(t.user_id) FROM ",
            $table,
            " t WHERE t.user_id > u.user_id), n + 1 FROM u \
             WHERE u.user_id IS NOT NULL AND n < ?2) \
             SELECT user_id AS row FROM u WHERE user_id IS NOT NULL"
        )
    };
}

pub const TASK_OWNERS: &str = users!("tasks");
pub const CHANNEL_OWNERS: &str = users!("channels");
pub const CONTENT_OWNERS: &str = users!("ai_content");

/// Settled tasks of these users from before some time, as pairs of user and key. ?1 the users as a JSON
/// list, ?2 the smallest key of a task that stays, ?3 that time, ?4 the most to give.
pub const OLD_TASKS: &str = "\
SELECT json_array(t.user_id, t.id) AS row FROM json_each(?1) u \
  CROSS JOIN tasks t ON t.user_id = u.value AND t.id < ?2 \
WHERE t.status <> 'pending' AND t.updated_at < ?3 LIMIT ?4";

/// Settled channels of these users from before some time. ?1 the users as a JSON list, ?2 that time,
/// ?3 the most to give.
pub const OLD_CHANNELS: &str = "\
SELECT c.channel_id AS row FROM json_each(?1) u \
  CROSS JOIN channels c ON c.user_id = u.value AND c.created_at < ?2 \
WHERE c.status <> 'pending' AND c.updated_at < ?2 LIMIT ?3";

/// Rows of content of these users from before some time. ?1 the users as a JSON list, where null is
/// everyone, ?2 that time, ?3 the most to give.
pub const OLD_CONTENT: &str = "\
SELECT c.id AS row FROM json_each(?1) u \
  CROSS JOIN ai_content c ON c.user_id IS u.value AND c.created_at < ?2 LIMIT ?3";

/// Deletes tasks. ?1 pairs of user and key, as a JSON list of lists.
pub const DELETE_TASKS: &str = "\
DELETE FROM tasks WHERE (user_id, id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?1))";

/// Deletes the rows of their images. ?1 the same list.
pub const DELETE_IMAGES_OF: &str = "\
DELETE FROM images WHERE id IN (SELECT i.id FROM json_each(?1) o \
  CROSS JOIN images i ON i.id BETWEEN substr(o.value ->> 1, 13) AND substr(o.value ->> 1, 13) || '~')";

/// Deletes channels. ?1 their ids as a JSON list.
pub const DELETE_CHANNELS: &str = "\
DELETE FROM channels WHERE channel_id IN (SELECT value FROM json_each(?1))";

/// Deletes rows of content. ?1 their ids as a JSON list.
pub const DELETE_CONTENTS: &str = "\
DELETE FROM ai_content WHERE id IN (SELECT value FROM json_each(?1))";
