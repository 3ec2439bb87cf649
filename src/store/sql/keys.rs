//! Statements about idempotency keys.

/// Claims an idempotency key. ?1 user, ?2 key, ?3 hash of the request, ?4 the task's key, ?5 now.
/// The claim of a taken key fails the batch it is in, so that nothing else of it is written.
pub const CLAIM_KEY: &str = "\
INSERT INTO idempotency_keys (user_id, key, request, task_id, created_at) \
VALUES (?1, ?2, ?3, ?4, ?5)";

/// Forgets a key that is older than a day. First in a batch with [`CLAIM_KEY`].
/// ?1 user, ?2 key, ?3 the moment before which keys are forgotten.
pub const FORGET_KEY: &str =
    "DELETE FROM idempotency_keys WHERE user_id = ?1 AND key = ?2 AND created_at < ?3";

/// Frees a key that stands for a start which never was. ?1 user, ?2 key, ?3 what it stands for.
pub const RELEASE_KEY: &str =
    "DELETE FROM idempotency_keys WHERE user_id = ?1 AND key = ?2 AND task_id = ?3";

/// What a key stands for. ?1 user, ?2 key, ?3 the moment before which keys are forgotten.
pub const KEY: &str = "\
SELECT json_object('request', request, 'task_id', task_id) AS row \
FROM idempotency_keys WHERE user_id = ?1 AND key = ?2 AND created_at >= ?3";

/// Forgets idempotency keys. ?1 the moment before which they were claimed.
pub const FORGET_KEYS: &str = "DELETE FROM idempotency_keys WHERE created_at < ?1";

/// What an idempotency key stands for from now on. ?1 user, ?2 key, ?3 what it stood for, ?4 what it
/// stands for.
pub const KEY_STANDS_FOR: &str = "\
UPDATE idempotency_keys SET task_id = ?4 WHERE user_id = ?1 AND key = ?2 AND task_id = ?3";
