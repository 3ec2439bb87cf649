//! Statements about any owner's tasks, for operators.

/// A task by our own key alone. ?1 the key. Keys are unique, but rows are in the order of their users: one step
/// for each user.
pub const TASK_OF_ANYONE: &str = concat!(
    "WITH RECURSIVE u (user_id) AS (SELECT min(user_id) FROM tasks \
       UNION ALL SELECT (SELECT min(x.user_id) FROM tasks x WHERE x.user_id > u.user_id) FROM u \
       WHERE u.user_id IS NOT NULL) \
     SELECT ",
    task_json!(),
    " FROM u CROSS JOIN tasks t ON t.user_id = u.user_id AND t.id = ?1 LIMIT 1"
);

/// The webhooks about a task, in the order of the log. ?1 its id.
pub const HEARD_OF: &str = "\
SELECT json_object('id', CAST(id AS TEXT), 'at', at, 'event', event, 'verdict', verdict, 'ms', ms, \
  'reason', reason, 'settled', json(settled)) AS row \
FROM deliveries WHERE task_id = ?1 ORDER BY id LIMIT 100";
