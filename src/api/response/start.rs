//! What was started: a task, a batch of tasks, a channel.

use crate::api::response::ticket::Live;
use crate::domain::channel::frame::ChannelView;
use crate::domain::channel::state::Channel;
use crate::domain::task::Task;
use crate::domain::task::frame::TaskView;
use crate::error::{ApiError, ErrorBody};
use serde::Serialize;

/// A task that was started, and where it can be watched.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Started<'a> {
    task_id: &'a str,
    mynth_task_id: &'a str,
    task: TaskView<'a>,
    live: Live,
    /// Where the provider gave one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(with = "Access"))]
    access: Option<Access<'a>>,
}

impl<'a> Started<'a> {
    pub fn new(task: &'a Task, live: Live) -> Self {
        let task_id = task.id();
        let access = Access::of(task);
        Self { task_id, mynth_task_id: task_id, task: task.into(), live, access }
    }
}

/// The provider's own token for the task.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Access<'a> {
    public_access_token: &'a str,
}

impl<'a> Access<'a> {
    fn of(task: &'a Task) -> Option<Self> {
        let token = task.access.as_ref()?;
        Some(Self { public_access_token: token.expose() })
    }
}

/// A batch that was started, and where it can be watched.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Batch<'a> {
    pub batch_id: String,
    /// In the order of the request: the first prompt with every model, then the second, and so on.
    pub tasks: Vec<BatchEntry<'a>>,
    pub live: Live,
}

/// One task of a batch: started, or refused.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(inline))]
#[serde(untagged)]
pub enum BatchEntry<'a> {
    Started(Box<BatchStarted<'a>>),
    Refused(ErrorBody<'a>),
}

/// A task of a batch that was started.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BatchStarted<'a> {
    task_id: &'a str,
    task: TaskView<'a>,
    /// Where the provider gave one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(with = "Access"))]
    access: Option<Access<'a>>,
}

impl<'a> From<&'a Result<Task, ApiError>> for BatchEntry<'a> {
    fn from(outcome: &'a Result<Task, ApiError>) -> Self {
        match outcome {
            Ok(task) => Self::Started(Box::new(BatchStarted {
                task_id: task.id(),
                task: task.into(),
                access: Access::of(task),
            })),
            Err(error) => Self::Refused(error.into()),
        }
    }
}

/// A ModelRiver request that was started, and where it can be watched.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChannelStarted<'a> {
    channel_id: &'a str,
    channel: ChannelView<'a>,
    live: Live,
}

impl<'a> ChannelStarted<'a> {
    pub fn new(channel: &'a Channel, live: Live) -> Self {
        Self { channel_id: &channel.channel_id, channel: channel.into(), live }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::response::ticket::Issued;
    use crate::domain::id::TaskKey;
    use crate::domain::task::start_request::StartRequest;
    use crate::domain::task::{PublicToken, Status};
    use serde_json::Map;

    const TASK: &str = r#"{"taskId":"tsk_1","mynthTaskId":"tsk_1","provider":"mynth","kind":"image.alt","userId":"ada","status":"pending","version":0,"prompt":null,"requestedModel":null,"model":null,"error":null,"cost":null,"metadata":{},"createdAt":"2026-11-20T10:00:00.000Z","updatedAt":"2026-11-20T10:00:00.000Z","images":[],"outputs":[],"result":null}"#;
    const LIVE: &str = r#"{"url":"/live","ticket":"t","expiresAt":"2026-11-20T11:00:00.000Z"}"#;

    fn task() -> Task {
        let request = StartRequest {
            provider: "mynth",
            kind: "image.alt",
            prompt: None,
            model: None,
            count: 0,
            metadata: Map::new(),
            passed_on: Map::new(),
        };
        let at = 1_795_168_800_000;
        let task = request.task("ada", TaskKey::new(at, [0; 12]), at);
        task.named("tsk_1")
    }

    fn live() -> Live {
        let issued = Issued { ticket: "t".into(), expires_at: "2026-11-20T11:00:00.000Z".into() };
        Live { url: "/live".into(), issued }
    }

    fn text(value: &impl Serialize) -> String {
        serde_json::to_string(value).unwrap()
    }

    #[test]
    fn a_start_is_pinned_without_and_with_the_providers_own_token() {
        let literal =
            format!(r#"{{"taskId":"tsk_1","mynthTaskId":"tsk_1","task":{TASK},"live":{LIVE}}}"#);
        assert_eq!(text(&Started::new(&task(), live())), literal);
        let task = Task { access: Some(PublicToken::new("pat_1".into())), ..task() };
        let literal = format!(
            r#"{{"taskId":"tsk_1","mynthTaskId":"tsk_1","task":{TASK},"live":{LIVE},"access":{{"publicAccessToken":"pat_1"}}}}"#
        );
        assert_eq!(text(&Started::new(&task, live())), literal);
    }

    #[test]
    fn a_batch_is_pinned_with_what_was_started_and_what_was_refused() {
        let outcomes = [Ok(task()), Err(ApiError::not_found())];
        let tasks = outcomes.iter().map(BatchEntry::from).collect();
        let batch = Batch { batch_id: "btc_1".into(), tasks, live: live() };
        let literal = format!(
            r#"{{"batchId":"btc_1","tasks":[{{"taskId":"tsk_1","task":{TASK}}},{{"error":{{"code":"not_found","message":"There is nothing here."}}}}],"live":{LIVE}}}"#
        );
        assert_eq!(text(&batch), literal);
    }

    #[test]
    fn a_request_to_modelriver_is_pinned() {
        let channel = Channel {
            channel_id: "c1".into(),
            provider: "modelriver".into(),
            user_id: Some("ada".into()),
            workflow: Some("films".into()),
            status: Status::Pending,
            version: 1,
            error: None,
            created_at: 1_795_168_800_000,
            updated_at: 1_795_168_800_000,
        };
        let literal = format!(
            r#"{{"channelId":"c1","channel":{{"channelId":"c1","status":"pending","version":1,"workflow":"films","userId":"ada","error":null,"createdAt":"2026-11-20T10:00:00.000Z","updatedAt":"2026-11-20T10:00:00.000Z"}},"live":{LIVE}}}"#
        );
        assert_eq!(text(&ChannelStarted::new(&channel, live())), literal);
    }
}
