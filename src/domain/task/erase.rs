//! A task that was erased: what is left to be done.

use crate::domain::erase::Deletion;
use crate::domain::id::TaskKey;
use crate::domain::task::Task;
use crate::domain::time::Millis;
use serde::{Deserialize, Serialize};

/// Stored in place of the task, so that a late webhook does not bring it back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Erased {
    pub at: Millis,
    /// Until they are gone for good. Then nothing is kept of whose task it was.
    pub left: Option<Deletion<Rows>>,
}

/// Where the rows of a task are, and which feeds show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows {
    pub task_id: String,
    pub user_id: String,
    pub key: TaskKey,
    pub batch_id: Option<String>,
}

impl From<&Task> for Rows {
    fn from(task: &Task) -> Self {
        Self {
            task_id: task.id().to_owned(),
            user_id: task.user_id.clone(),
            key: task.key.clone(),
            batch_id: task.batch_id.clone(),
        }
    }
}

impl Erased {
    /// When the rows are to be deleted, if they have to be.
    pub(super) fn due_at(&self, retry_at: Millis) -> Option<Millis> {
        self.left.as_ref().map(|left| left.due_at(retry_at))
    }

    /// Whether D1 has deleted the rows, though it may have to do so once more.
    pub fn is_gone(&self) -> bool {
        self.left.as_ref().is_none_or(|left| left.done_at.is_some())
    }
}
