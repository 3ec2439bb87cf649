//! What the statements read and write: a task as JSON, in the form in which its room stores it.

use crate::domain::task::Task;
use serde::{Deserialize, Serialize};

/// Reads a `row` column.
///
/// # Errors
///
/// The text is not a task.
pub fn task_from_row(row: &str) -> Result<Task, serde_json::Error> {
    let mut task: Task = serde_json::from_str(row)?;
    task.images.sort_by_key(|image| image.position);
    Ok(task)
}

/// The primary key of a task's row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Place {
    pub user_id: String,
    pub task_id: String,
}

/// A value as JSON text, the parameter of the statements.
pub fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("a value of ours is plain JSON")
}
