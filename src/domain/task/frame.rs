//! The JSON of a task in answers, and the frames of its socket.

use crate::domain::task::output::Output;
#[cfg(feature = "openapi")]
use crate::domain::task::output::OutputFields;
use crate::domain::task::progress::Progress;
use crate::domain::task::{Image, ImageStatus, Status, Task, TaskError};
use crate::domain::time::{Millis, iso_json};
use serde::Serialize;
use serde_json::{Map, Value};
use std::sync::LazyLock;

/// A task, in the same form in answers, lists and frames.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "Task"))]
#[serde(rename_all = "camelCase")]
pub struct TaskView<'a> {
    /// Null until the provider has accepted the task.
    pub task_id: Option<&'a str>,
    /// The same, under the name that older front ends read.
    pub mynth_task_id: Option<&'a str>,
    /// Who has it.
    pub provider: &'a str,
    pub kind: &'a str,
    pub user_id: &'a str,
    pub status: Status,
    /// Rises with every change: of two copies, the one with the higher version is the newer.
    pub version: u64,
    pub prompt: Option<&'a str>,
    pub requested_model: Option<&'a str>,
    pub model: Option<&'a str>,
    pub error: Option<&'a TaskError>,
    /// A decimal number, as the provider writes it.
    pub cost: Option<&'a str>,
    /// The caller's own metadata.
    pub metadata: &'a Map<String, Value>,
    #[serde(with = "iso_json")]
    #[cfg_attr(feature = "openapi", schemars(with = "String", extend("format" = "date-time")))]
    pub created_at: Millis,
    #[serde(with = "iso_json")]
    #[cfg_attr(feature = "openapi", schemars(with = "String", extend("format" = "date-time")))]
    pub updated_at: Millis,
    pub images: Vec<ImageView<'a>>,
    /// What it has made, in one form for every provider.
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<OutputFields>"))]
    pub outputs: Vec<Output>,
    /// What kinds other than `image.generate` return, as the provider wrote it. `TaskResult` has the
    /// shape for each kind.
    pub result: Option<&'a Value>,
}

/// One image of a task. It is there before its picture is.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "Image"))]
#[serde(rename_all = "camelCase")]
pub struct ImageView<'a> {
    /// The id of its row.
    pub id: &'a str,
    pub position: u32,
    pub mynth_task_id: Option<&'a str>,
    pub requested_model: Option<&'a str>,
    pub status: ImageStatus,
    pub image_id: Option<&'a str>,
    pub url: Option<&'a str>,
    pub error: Option<&'a TaskError>,
}

impl<'a> From<&'a Task> for TaskView<'a> {
    fn from(task: &'a Task) -> Self {
        let task_id = task.task_id.as_deref();
        let requested_model = task.requested_model.as_deref();
        let view = |image: &'a Image| ImageView {
            id: &image.id,
            position: image.position,
            mynth_task_id: task_id,
            requested_model,
            status: image.status,
            image_id: image.image_id.as_deref(),
            url: image.url.as_deref(),
            error: image.error.as_ref(),
        };
        Self {
            task_id,
            mynth_task_id: task_id,
            provider: &task.provider,
            kind: &task.kind,
            user_id: &task.user_id,
            status: task.status,
            version: task.version,
            prompt: task.prompt.as_deref(),
            requested_model,
            model: task.model.as_deref(),
            error: task.error.as_ref(),
            cost: task.cost.as_deref(),
            metadata: &task.metadata,
            created_at: task.created_at,
            updated_at: task.updated_at,
            images: task.images.iter().map(view).collect(),
            outputs: task.all_outputs(),
            result: task.result.as_ref(),
        }
    }
}

impl<'a> TaskView<'a> {
    /// What the holder of a ticket for sharing sees: not whose the task is, what it cost, or what its
    /// caller keeps with it.
    pub fn for_guest(task: &'a Task) -> Self {
        static NOTHING: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
        Self { user_id: "", cost: None, metadata: &NOTHING, ..task.into() }
    }

    pub fn of(task: &'a Task, is_guest: bool) -> Self {
        if is_guest { Self::for_guest(task) } else { task.into() }
    }
}

/// One message to a watcher. A frame carries the whole state, so that a missed one costs nothing.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Frame<'a> {
    /// A task as it is now.
    Task { task: TaskView<'a> },
    /// The version given when connecting is the current one.
    Current { version: u64 },
    /// How far the task has come: at most four a second, and only while it is pending. It has no version.
    Progress {
        #[serde(rename = "taskId")]
        task_id: &'a str,
        /// From 0 to 1. Null: the provider does not say.
        progress: Option<f64>,
        /// In a few words, such as a place in the queue.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schemars(with = "String"))]
        message: Option<&'a str>,
    },
    /// The owner has erased the task. A socket of the task alone is closed with 4404.
    Erased {
        #[serde(rename = "taskId")]
        task_id: &'a str,
    },
}

/// The frame of `task` as it is now.
pub fn task_frame(task: &Task) -> String {
    to_text(&Frame::Task { task: task.into() })
}

/// The frame of a task's progress, the same for guests.
pub fn progress_frame(task_id: &str, progress: &Progress) -> String {
    let (progress, message) = (progress.fraction, progress.message.as_deref());
    to_text(&Frame::Progress { task_id, progress, message })
}

/// The frame of a task that was erased.
pub fn erased_frame(task_id: &str) -> String {
    to_text(&Frame::Erased { task_id })
}

/// The same for guests.
pub fn guest_frame(task: &Task) -> String {
    to_text(&Frame::Task { task: TaskView::for_guest(task) })
}

/// The first frame on a socket: the task, or `current` if the watcher has this version already.
pub fn first_frame(task: &Task, known_version: Option<u64>, is_guest: bool) -> String {
    match known_version {
        Some(version) if version == task.version => to_text(&Frame::Current { version }),
        _ => to_text(&Frame::Task { task: TaskView::of(task, is_guest) }),
    }
}

fn to_text(frame: &Frame<'_>) -> String {
    // Maps with string keys and plain values only: writing them cannot fail.
    serde_json::to_string(frame).expect("a frame is plain JSON")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::TaskKey;
    use serde_json::json;

    fn task() -> Task {
        let key = TaskKey::new(1_795_168_800_000, [0; 12]);
        Task {
            task_id: Some("tsk_1".into()),
            provider: "mynth".into(),
            images: vec![Image::pending(&key, 0)],
            key,
            user_id: "ada".into(),
            batch_id: None,
            kind: "image.generate".into(),
            status: Status::Pending,
            version: 1,
            prompt: Some("a fox".into()),
            requested_model: Some("m/x".into()),
            model: None,
            error: None,
            cost: None,
            metadata: Map::new(),
            created_at: 1_795_168_800_000,
            updated_at: 1_795_168_800_000,
            result: None,
            outputs: Vec::new(),
            access: None,
            patience: None,
            pace: None,
            links: None,
            estimate: None,
        }
    }

    #[test]
    fn the_frame_of_a_task_is_pinned() {
        let literal = r#"{"type":"task","task":{"taskId":"tsk_1","mynthTaskId":"tsk_1","provider":"mynth","kind":"image.generate","userId":"ada","status":"pending","version":1,"prompt":"a fox","requestedModel":"m/x","model":null,"error":null,"cost":null,"metadata":{},"createdAt":"2026-11-20T10:00:00.000Z","updatedAt":"2026-11-20T10:00:00.000Z","images":[{"id":"AAAAAAAAAAAAAAAA00","position":0,"mynthTaskId":"tsk_1","requestedModel":"m/x","status":"pending","imageId":null,"url":null,"error":null}],"outputs":[],"result":null}}"#;
        assert_eq!(task_frame(&task()), literal);
    }

    #[test]
    fn the_frame_of_progress_is_pinned() {
        let progress = |fraction, message: Option<&str>| {
            let message = message.map(str::to_owned);
            progress_frame("rep_1", &Progress { rank: vec![], fraction, message })
        };
        assert_eq!(
            progress(Some(0.76), Some("7568/10000")),
            r#"{"type":"progress","taskId":"rep_1","progress":0.76,"message":"7568/10000"}"#
        );
        assert_eq!(progress(None, None), r#"{"type":"progress","taskId":"rep_1","progress":null}"#);
    }

    #[test]
    fn the_frame_of_an_erased_task_names_it_and_nothing_else() {
        assert_eq!(erased_frame("tsk_1"), r#"{"type":"erased","taskId":"tsk_1"}"#);
    }

    #[test]
    fn a_watcher_that_has_the_current_version_is_told_so_and_any_other_gets_the_task() {
        let task = task();
        for is_guest in [false, true] {
            let first = first_frame(&task, Some(1), is_guest);
            assert_eq!(first, r#"{"type":"current","version":1}"#);
        }
        for known in [None, Some(0), Some(2)] {
            assert_eq!(first_frame(&task, known, false), task_frame(&task));
            assert_eq!(first_frame(&task, known, true), guest_frame(&task));
        }
    }

    #[test]
    fn a_guest_sees_a_task_without_its_owner_its_cost_and_its_metadata_in_the_same_form() {
        let mut task = task();
        let bare = serde_json::to_value(TaskView::from(&task)).unwrap();
        task.cost = Some("0.03".into());
        task.metadata.insert("order".into(), json!("secret"));
        let mut shown = serde_json::to_value(TaskView::for_guest(&task)).unwrap();
        assert_eq!(shown["userId"], json!(""));
        shown["userId"] = json!("ada");
        assert_eq!(shown, bare);
    }

    #[test]
    fn a_task_that_the_provider_never_took_has_no_task_id() {
        let mut task = task();
        task.task_id = None;
        let shown = serde_json::to_value(TaskView::from(&task)).unwrap();
        assert_eq!(shown["taskId"], json!(null));
        assert_eq!(shown["images"][0]["mynthTaskId"], json!(null));
    }
}
