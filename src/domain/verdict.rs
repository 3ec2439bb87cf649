//! What became of an input, for tasks and channels alike.

use serde::{Deserialize, Serialize};

/// What became of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The task is new here.
    Attached,
    /// The same task was attached before.
    AlreadyAttached,
    /// Another task has this provider id.
    Conflict,
    /// It changed the task.
    Applied,
    /// This very delivery was taken before.
    Duplicate,
    /// The task was final already: recorded, nothing changed.
    Stale,
    /// The task is not attached yet: kept for then.
    Kept,
    /// There are too many early reports or events: refused, so that the provider retries.
    Full,
    /// Recorded; it says nothing that changes the task.
    Noted,
    /// It was erased, and stays so.
    Erased,
}
