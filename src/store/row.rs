//! What the statements give and take: rows as JSON.

use crate::domain::id::TaskKey;
use crate::domain::task::{Image, Status, Task, TaskError};
use crate::domain::time::{Millis, iso_json};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A task's row with its images, as [`super::sql`] selects them.
#[derive(Debug, Deserialize)]
struct TaskRow {
    id: TaskKey,
    user_id: String,
    mynth_task_id: Option<String>,
    kind: String,
    status: Status,
    version: u64,
    prompt: Option<String>,
    requested_model: Option<String>,
    model: Option<String>,
    error: Option<TaskError>,
    cost: Option<String>,
    metadata: Map<String, Value>,
    #[serde(with = "iso_json")]
    created_at: Millis,
    #[serde(with = "iso_json")]
    updated_at: Millis,
    result: Option<Value>,
    images: Vec<Image>,
}

/// Reads a `row` column. A task that the provider has not taken has an empty `task_id`.
pub fn task_from_row(row: &str) -> Result<Task, serde_json::Error> {
    let row: TaskRow = serde_json::from_str(row)?;
    let mut images = row.images;
    images.sort_by_key(|image| image.position);
    Ok(Task {
        task_id: row.mynth_task_id.unwrap_or_default(),
        key: row.id,
        user_id: row.user_id,
        kind: row.kind,
        status: row.status,
        version: row.version,
        prompt: row.prompt,
        requested_model: row.requested_model,
        model: row.model,
        error: row.error,
        cost: row.cost,
        metadata: row.metadata,
        created_at: row.created_at,
        updated_at: row.updated_at,
        images,
        result: row.result,
    })
}

/// The rows of a task that is about to be started.
#[derive(Debug, Serialize)]
pub struct NewRows<'a> {
    pub id: &'a TaskKey,
    pub user_id: &'a str,
    pub kind: &'a str,
    pub prompt: Option<&'a str>,
    pub requested_model: Option<&'a str>,
    pub metadata: &'a Map<String, Value>,
    #[serde(with = "iso_json")]
    pub created_at: Millis,
    pub row_ids: Vec<&'a str>,
}

impl<'a> From<&'a Task> for NewRows<'a> {
    fn from(task: &'a Task) -> Self {
        Self {
            id: &task.key,
            user_id: &task.user_id,
            kind: &task.kind,
            prompt: task.prompt.as_deref(),
            requested_model: task.requested_model.as_deref(),
            metadata: &task.metadata,
            created_at: task.created_at,
            row_ids: task.images.iter().map(|image| image.id.as_str()).collect(),
        }
    }
}

/// A task as the mirroring statements take it.
#[derive(Debug, Serialize)]
pub struct MirroredRows<'a> {
    id: &'a TaskKey,
    user_id: &'a str,
    mynth_task_id: &'a str,
    kind: &'a str,
    status: Status,
    version: u64,
    prompt: Option<&'a str>,
    requested_model: Option<&'a str>,
    model: Option<&'a str>,
    error: Option<&'a TaskError>,
    cost: Option<&'a str>,
    metadata: &'a Map<String, Value>,
    result: Option<&'a Value>,
    #[serde(with = "iso_json")]
    created_at: Millis,
    #[serde(with = "iso_json")]
    updated_at: Millis,
    images: &'a [Image],
}

impl<'a> From<&'a Task> for MirroredRows<'a> {
    fn from(task: &'a Task) -> Self {
        Self {
            id: &task.key,
            user_id: &task.user_id,
            mynth_task_id: &task.task_id,
            kind: &task.kind,
            status: task.status,
            version: task.version,
            prompt: task.prompt.as_deref(),
            requested_model: task.requested_model.as_deref(),
            model: task.model.as_deref(),
            error: task.error.as_ref(),
            cost: task.cost.as_deref(),
            metadata: &task.metadata,
            result: task.result.as_ref(),
            created_at: task.created_at,
            updated_at: task.updated_at,
            images: &task.images,
        }
    }
}

/// What an idempotency key stands for.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct KeyRow {
    /// Hash of the request that claimed it.
    pub request: String,
    /// The task that it started.
    pub task_id: String,
}

/// Rows as the JSON text that the statements take.
pub fn to_json(rows: &impl Serialize) -> String {
    serde_json::to_string(rows).expect("rows are plain JSON")
}
