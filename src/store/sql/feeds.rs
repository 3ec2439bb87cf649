//! What the feeds of tasks read: frames, as they are sent. `tests/rows/feeds.rs` holds them against those
//! that rooms make. Each row has four columns: the key, the provider's id, the version, the frame.

/// A user's newest tasks, newest first. ?1 user, ?2 limit.
pub const NEWEST: &str = concat!(
    "SELECT ",
    task_frame!(),
    " FROM tasks t WHERE t.user_id = ?1 ORDER BY t.id DESC LIMIT ?2"
);

/// A user's tasks that have changed, oldest first. ?1 user, ?2 the key that they are below, ?3 the key that
/// they are above, ?4 since when, ?5 limit.
pub const CHANGED: &str = concat!(
    "SELECT ",
    task_frame!(),
    " FROM tasks t WHERE t.user_id = ?1 AND t.id < ?2 AND t.id > ?3 AND t.updated_at >= ?4 \
     ORDER BY t.id LIMIT ?5"
);

/// The tasks of a batch, newest first. ?1 the batch.
pub const OF_BATCH: &str =
    concat!("SELECT ", task_frame!(), " FROM tasks t WHERE t.batch_id = ?1 ORDER BY t.id DESC");
