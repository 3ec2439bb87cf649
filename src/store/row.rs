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

/// What a feed sends of a task, with what it has to know of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Shown {
    /// Our own key of the task.
    pub key: String,
    /// The provider's id. `None`: it has never taken the task.
    pub task_id: Option<String>,
    pub version: u64,
    pub frame: String,
}

/// Reads a row of [`super::sql::feeds`]. `None`: it is none.
pub fn shown_from_row(row: Vec<Option<String>>) -> Option<Shown> {
    let [key, task_id, version, frame] = row.try_into().ok()?;
    let task_id = task_id.filter(|task_id: &String| !task_id.is_empty());
    Some(Shown { key: key?, task_id, version: version?.parse().ok()?, frame: frame? })
}

/// A value as the JSON text that the statements take.
pub fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("a value of ours is plain JSON")
}
