//! What the statements read and write: a task as JSON, in the form in which its room stores it.

use crate::domain::task::Task;
use serde::Serialize;

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

/// A value as the JSON text that the statements take.
pub fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("a value of ours is plain JSON")
}
