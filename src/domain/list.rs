//! Pages of lists, as they are asked for.

use super::id::TaskKey;
use super::task::Status;

/// Default page size.
pub const DEFAULT_LIMIT: u32 = 20;
/// Largest page size.
pub const LARGEST_LIMIT: u32 = 100;

/// A page of a user's tasks, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskList {
    pub limit: u32,
    /// Only tasks older than this one.
    pub cursor: Option<TaskKey>,
    pub status: Option<Status>,
    pub kind: Option<String>,
}

impl TaskList {
    /// The newest `limit` tasks.
    pub fn newest(limit: u32) -> Self {
        Self { limit, cursor: None, status: None, kind: None }
    }
}

/// A page of content, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentList {
    pub limit: u32,
    /// The id of the last row of the previous page.
    pub cursor: Option<String>,
}
