//! Statements about tasks and their images.

use crate::domain::task::{Status, Task};

/// Inserts the row of a task that is about to be started. ?1 the task as JSON.
pub const INSERT_TASK: &str = "\
INSERT INTO tasks (id, user_id, provider, batch_id, kind, status, version, prompt, requested_model, \
  metadata, created_at, updated_at) \
SELECT n ->> 'key', n ->> 'user_id', n ->> 'provider', n ->> 'batch_id', n ->> 'kind', n ->> 'status', \
  CAST(n ->> 'version' AS INTEGER), n ->> 'prompt', n ->> 'requested_model', n -> 'metadata', \
  n ->> 'created_at', n ->> 'updated_at' \
FROM (SELECT json(?1) AS n)";

/// Inserts the rows of its images. ?1 the same JSON.
pub const INSERT_IMAGES: &str = "\
INSERT INTO images (id, task_id, user_id, requested_model, position, status) \
SELECT r.value ->> 'id', ?1 ->> 'key', ?1 ->> 'user_id', ?1 ->> 'requested_model', \
  CAST(r.value ->> 'position' AS INTEGER), r.value ->> 'status' \
FROM json_each(?1, '$.images') r";

/// Fails the row of a task whose start was refused, unless it has a provider's id. ?1 user, ?2 key,
/// ?3 error, ?4 now.
pub const REFUSE_TASK: &str = "\
UPDATE tasks SET status = 'failed', version = 1, error = ?3, updated_at = ?4 \
WHERE user_id = ?1 AND id = ?2 AND mynth_task_id IS NULL AND status = 'pending'";

/// Fails the rows of its images. Second in a batch with [`REFUSE_TASK`]. ?1 user, ?2 key, ?3 error.
pub const REFUSE_IMAGES: &str = "\
UPDATE images SET status = 'failed', error = ?3 \
WHERE id BETWEEN substr(?2, 13) AND substr(?2, 13) || '~' AND status = 'pending' \
  AND EXISTS (SELECT 1 FROM tasks WHERE user_id = ?1 AND id = ?2 AND status = 'failed' \
    AND mynth_task_id IS NULL)";

/// Sets the provider's id of a task's row, once: setting it again would write its index entry again.
/// ?1 the task as JSON.
pub const ATTACH_TASK: &str = "\
UPDATE tasks SET mynth_task_id = ?1 ->> 'task_id', status = ?1 ->> 'status', \
  version = CAST(?1 ->> 'version' AS INTEGER), model = ?1 ->> 'model', error = ?1 ->> 'error', \
  cost = ?1 ->> 'cost', result = nullif(?1 -> 'result', 'null'), outputs = ?1 -> 'outputs', \
  updated_at = ?1 ->> 'updated_at' \
WHERE user_id = ?1 ->> 'user_id' AND id = ?1 ->> 'key' AND mynth_task_id IS NULL \
  AND version < ?1 ->> 'version'";

/// The same for a task that was just attached: its status stays as it is, and with it its entry in the
/// index of pending tasks. ?1 the same JSON.
pub const ATTACH_NEW_TASK: &str = "\
UPDATE tasks SET mynth_task_id = ?1 ->> 'task_id', \
  version = CAST(?1 ->> 'version' AS INTEGER), updated_at = ?1 ->> 'updated_at' \
WHERE user_id = ?1 ->> 'user_id' AND id = ?1 ->> 'key' AND mynth_task_id IS NULL \
  AND status = 'pending' AND version < ?1 ->> 'version'";

/// Mirrors a task. ?1 the same JSON. Its version only ever rises. A row that belongs to one provider's task never
/// comes to belong to another.
pub const UPSERT_TASK: &str = "\
INSERT INTO tasks (id, user_id, mynth_task_id, provider, batch_id, kind, status, version, prompt, \
  requested_model, model, error, cost, metadata, result, outputs, created_at, updated_at) \
SELECT n ->> 'key', n ->> 'user_id', n ->> 'task_id', n ->> 'provider', n ->> 'batch_id', \
  n ->> 'kind', n ->> 'status', \
  CAST(n ->> 'version' AS INTEGER), n ->> 'prompt', n ->> 'requested_model', n ->> 'model', \
  n ->> 'error', n ->> 'cost', n -> 'metadata', nullif(n -> 'result', 'null'), \
  n -> 'outputs', n ->> 'created_at', n ->> 'updated_at' \
FROM (SELECT json(?1) AS n) WHERE true \
ON CONFLICT (user_id, id) DO UPDATE SET status = excluded.status, \
  version = excluded.version, model = excluded.model, error = excluded.error, \
  cost = excluded.cost, result = excluded.result, outputs = excluded.outputs, \
  updated_at = excluded.updated_at \
WHERE tasks.version < excluded.version AND tasks.mynth_task_id = excluded.mynth_task_id";

/// Upserts its images, after [`UPSERT_TASK`] in the same batch. It writes nothing unless the task's row has this version,
/// and only rows that differ. ?1 the same JSON.
pub const UPSERT_IMAGES: &str = "\
INSERT INTO images (id, task_id, user_id, mynth_task_id, requested_model, position, status, \
  image_id, url, error) \
SELECT r.value ->> 'id', ?1 ->> 'key', ?1 ->> 'user_id', ?1 ->> 'task_id', \
  ?1 ->> 'requested_model', CAST(r.value ->> 'position' AS INTEGER), r.value ->> 'status', \
  r.value ->> 'image_id', r.value ->> 'url', r.value ->> 'error' \
FROM json_each(?1, '$.images') r \
WHERE EXISTS (SELECT 1 FROM tasks t WHERE t.user_id = ?1 ->> 'user_id' AND t.id = ?1 ->> 'key' \
    AND t.version = ?1 ->> 'version' AND t.mynth_task_id = ?1 ->> 'task_id') \
ON CONFLICT (id) DO UPDATE SET mynth_task_id = excluded.mynth_task_id, \
  status = excluded.status, image_id = excluded.image_id, url = excluded.url, \
  error = excluded.error \
WHERE (images.status, images.url, images.image_id, images.error, images.mynth_task_id) \
  IS NOT (excluded.status, excluded.url, excluded.image_id, excluded.error, \
    excluded.mynth_task_id)";

/// The version of a row that could not be attached, because it was refused or given up at this version
/// or a later one. Last in a batch with those before. ?1 the same JSON.
pub const LEFT_BEHIND: &str = "\
SELECT CAST(version AS TEXT) AS row FROM tasks \
WHERE user_id = ?1 ->> 'user_id' AND id = ?1 ->> 'key' AND mynth_task_id IS NULL";

/// The batch that mirrors a task. Each statement takes the task as JSON. If the first one changes no row,
/// [`attach`] follows.
pub fn mirror(task: &Task) -> &'static [&'static str] {
    if is_new(task) { &[ATTACH_NEW_TASK] } else { &[UPSERT_TASK, UPSERT_IMAGES] }
}

/// The batch for rows that are not changed by that one: they have no provider's id yet, or are not older. Each statement
/// takes the task as JSON, and the last one returns rows.
pub fn attach(task: &Task) -> &'static [&'static str] {
    match is_new(task) {
        true => &[ATTACH_NEW_TASK, LEFT_BEHIND],
        false => &[ATTACH_TASK, UPSERT_TASK, UPSERT_IMAGES, LEFT_BEHIND],
    }
}

/// Whether the rows of a task are there as they were made. If they are not, they were erased, and a write that comes
/// late must not bring them back.
fn is_new(task: &Task) -> bool {
    task.version == 1 && task.status == Status::Pending
}

/// The task with this provider's id. ?1 the id.
pub const TASK_BY_PROVIDER_ID: &str =
    concat!("SELECT ", task_json!(), " FROM tasks t WHERE t.mynth_task_id = ?1");

/// The task that all these image rows belong to, if it has no provider's id or this one. ?1 the row ids
/// as a JSON list, ?2 the provider's id.
pub const TASK_BY_ROW_IDS: &str = concat!(
    "SELECT ",
    task_json!(),
    " FROM images own JOIN tasks t ON t.user_id = own.user_id AND t.id = own.task_id \
     WHERE own.id = ?1 ->> 0 AND (t.mynth_task_id IS NULL OR t.mynth_task_id = ?2) \
     AND NOT EXISTS (SELECT 1 FROM json_each(?1) r LEFT JOIN images other ON other.id = r.value \
     WHERE other.task_id IS NOT t.id)"
);

/// One task by our own key. ?1 user, ?2 key.
pub const TASK_BY_KEY: &str =
    concat!("SELECT ", task_json!(), " FROM tasks t WHERE t.user_id = ?1 AND t.id = ?2");

/// Tasks by our own keys. ?1 user, ?2 the keys as a JSON list.
pub const TASKS_BY_KEYS: &str = concat!(
    "SELECT ",
    task_json!(),
    " FROM json_each(?2) k CROSS JOIN tasks t ON t.user_id = ?1 AND t.id = k.value"
);

/// Whether the user has a pending task without a provider's id. ?1 user, ?2 the smallest key to look
/// at.
pub const HAS_UNATTACHED: &str = "\
SELECT 1 AS found FROM tasks \
WHERE user_id = ?1 AND id >= ?2 AND mynth_task_id IS NULL AND status = 'pending' LIMIT 1";

/// The last of the rows that a page of a filtered list looks at, if there may be more. ?1 user, ?2 cursor
/// or '~', ?3 how many come before it.
pub const LAST_LOOKED_AT: &str = "\
SELECT json_quote(id) AS row FROM tasks WHERE user_id = ?1 AND id < ?2 \
ORDER BY id DESC LIMIT 1 OFFSET ?3";

/// A user's tasks, newest first. ?1 user, ?2 cursor or '~', ?3 status or null, ?4 kind or null,
/// ?5 limit, ?6 the last row to look at or ''.
pub const LIST_TASKS: &str = concat!(
    "SELECT ",
    task_json!(),
    " FROM tasks t WHERE t.user_id = ?1 AND t.id < ?2 AND t.id >= ?6 AND (?3 IS NULL OR t.status = ?3) \
     AND (?4 IS NULL OR t.kind = ?4) ORDER BY t.id DESC LIMIT ?5"
);

/// The tasks of a batch, newest first. ?1 the batch.
pub const TASKS_BY_BATCH: &str =
    concat!("SELECT ", task_json!(), " FROM tasks t WHERE t.batch_id = ?1 ORDER BY t.id DESC");

/// The names of the migrations that were applied, as a JSON list: wrangler keeps them in this table.
pub const APPLIED: &str = "SELECT json_group_array(name) AS row FROM d1_migrations";

/// Cannot be prepared unless D1 has what each of the migrations made: they are applied in order, so the last column is that
/// of the last one.
macro_rules! tables {
    () => {
        "SELECT t.outputs, c.seq, s.retained_after, i.id, e.destination, d.id, o.seq FROM tasks t LEFT JOIN ai_content c ON true \
         LEFT JOIN sweep s ON true LEFT JOIN intents i ON true \
         LEFT JOIN event_destinations e ON true LEFT JOIN deliveries d ON true \
         LEFT JOIN events o ON true LIMIT 1"
    };
}

/// Whether D1 has the tables, where something other than wrangler made them.
pub const TABLES: &str = concat!("SELECT count(*) || '' AS row FROM (", tables!(), ")");

/// The names of the migrations, if D1 has what they made.
pub const PING: &str = concat!(
    "SELECT json_group_array(m.name) AS row FROM d1_migrations m LEFT JOIN (",
    tables!(),
    ") ON true"
);
