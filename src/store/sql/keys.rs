//! Statements about idempotency keys.

/// Claims an idempotency key. ?1 user, ?2 key, ?3 hash of the request, ?4 what it stands for, ?5 now.
/// If the key is taken the whole batch fails, so that nothing else is written.
pub const CLAIM_KEY: &str = "\
INSERT INTO idempotency_keys (user_id, key, request, task_id, created_at) \
VALUES (?1, ?2, ?3, ?4, ?5)";

/// Deletes an expired key. First in a batch with [`CLAIM_KEY`]. ?1 user, ?2 key, ?3 the time before
/// which keys have expired.
pub const FORGET_KEY: &str =
    "DELETE FROM idempotency_keys WHERE user_id = ?1 AND key = ?2 AND created_at < ?3";

/// Frees the key of a start that did not happen. ?1 user, ?2 key, ?3 what it stands for.
pub const RELEASE_KEY: &str =
    "DELETE FROM idempotency_keys WHERE user_id = ?1 AND key = ?2 AND task_id = ?3";

/// What a key stands for. ?1 user, ?2 key, ?3 the time before which keys have expired.
pub const KEY: &str = "\
SELECT json_object('request', request, 'task_id', task_id) AS row \
FROM idempotency_keys WHERE user_id = ?1 AND key = ?2 AND created_at >= ?3";

/// The last of the keys that a sweep looks at, as a JSON list. ?1 how many it looks at.
pub const LAST_OF_KEYS: &str = "\
SELECT json_array(user_id, key) AS row FROM (SELECT user_id, key FROM idempotency_keys \
  WHERE (user_id, key) > (SELECT keys_after ->> 0, keys_after ->> 1 FROM sweep WHERE id = 1) \
  ORDER BY user_id, key LIMIT ?1) ORDER BY user_id DESC, key DESC LIMIT 1";

/// Deletes the expired ones of the keys that a sweep looks at. ?1 the last of them, ?2 the time before
/// which keys have expired.
pub const FORGET_KEYS: &str = "\
DELETE FROM idempotency_keys \
WHERE (user_id, key) > (SELECT keys_after ->> 0, keys_after ->> 1 FROM sweep WHERE id = 1) \
  AND (user_id, key) <= (?1 ->> 0, ?1 ->> 1) AND created_at < ?2";

/// Where the next sweep goes on. ?1 the last key that was looked at, or [`FIRST_OF_KEYS`].
pub const KEYS_AFTER: &str = "UPDATE sweep SET keys_after = ?1 WHERE id = 1 AND keys_after <> ?1";

/// Before all keys.
pub const FIRST_OF_KEYS: &str = r#"["",""]"#;

/// Sets what a key stands for. ?1 user, ?2 key, ?3 what it stood for, ?4 what it stands for now.
pub const KEY_STANDS_FOR: &str = "\
UPDATE idempotency_keys SET task_id = ?4 WHERE user_id = ?1 AND key = ?2 AND task_id = ?3";
