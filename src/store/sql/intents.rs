//! Statements about intents: requests that are about to be started.

/// Inserts an intent. ?1 its id, ?2 the user, ?3 the workflow.
pub const INSERT_INTENT: &str = "INSERT INTO intents (id, user_id, workflow) VALUES (?1, ?2, ?3)";

/// An intent. ?1 its id.
pub const INTENT: &str = "\
SELECT json_object('id', id, 'user_id', user_id, 'workflow', workflow) AS row \
FROM intents WHERE id = ?1";

/// Intents. ?1 their ids as a JSON list.
pub const INTENTS: &str = "\
SELECT json_object('id', id, 'user_id', user_id, 'workflow', workflow) AS row \
FROM intents WHERE id IN (SELECT value FROM json_each(?1))";

/// Deletes an intent whose start was refused. ?1 its id.
pub const DELETE_INTENT: &str = "DELETE FROM intents WHERE id = ?1";

/// Deletes some of the old intents. ?1 the smallest id of one that is too young, ?2 the most to delete.
pub const FORGET_INTENTS: &str = "\
DELETE FROM intents WHERE id IN (SELECT id FROM intents WHERE id < ?1 ORDER BY id LIMIT ?2)";
