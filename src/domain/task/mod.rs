//! A task: the state that its object stores, its rows mirror and its frames show.

pub mod apply;
pub mod change;
pub mod erase;
pub mod events;
pub mod frame;
mod images;
pub mod output;
pub mod progress;
pub mod report;
pub mod schedule;
pub mod seen;
pub mod settled;
pub mod start_request;
pub mod state;

use crate::domain::id::TaskKey;
use crate::domain::time::{HOUR, Millis, iso_json};
use crate::domain::usage::amount::Amount;
use output::Output;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use std::fmt;

/// The kind that `POST /generate` starts: its results are pictures, each with a row of its own.
pub const IMAGE_GENERATE: &str = "image.generate";

/// The provider of tasks that were stored before there were several.
pub const FIRST_PROVIDER: &str = "mynth";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Pending,
    Completed,
    Failed,
}

impl Status {
    pub fn is_terminal(self) -> bool {
        self != Self::Pending
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ImageStatus {
    Pending,
    Success,
    Failed,
}

/// Why a task or an image failed: a lower_snake code for programs, a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct TaskError {
    pub code: String,
    pub message: String,
}

/// No answer came before the deadline.
pub const TIMEOUT: &str = "timeout";
/// The start was interrupted, and the task was not found at the provider.
pub const START_LOST: &str = "start_lost";
/// The provider finished with fewer images than were asked for.
pub const MISSING_RESULT: &str = "missing_result";

/// Failures after which the provider may have the task all the same: the deadline, and a start
/// call that ended without a clear yes or no.
pub const PROVISIONAL: [&str; 5] =
    [TIMEOUT, START_LOST, "provider_timeout", "provider_unavailable", "provider_invalid_response"];

impl TaskError {
    pub fn new(code: &str, message: &str) -> Self {
        Self { code: code.to_owned(), message: message.to_owned() }
    }

    /// The error as the provider's word, which is final. A code that marks failures of ours as provisional
    /// is replaced.
    pub fn of_provider(self) -> Self {
        if !self.is_provisional() {
            return self;
        }
        Self { code: format!("generation_{}", self.code), ..self }
    }

    /// Whether it is a provisional failure of the start.
    pub fn is_of_start(&self) -> bool {
        self.is_provisional() && self.code != TIMEOUT
    }

    /// Whether the failure is ours: we did not hear from the provider. If its word comes after all, it
    /// replaces this error.
    pub fn is_provisional(&self) -> bool {
        PROVISIONAL.contains(&self.code.as_str())
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Our own id of its row.
    pub id: String,
    pub position: u32,
    pub status: ImageStatus,
    /// The provider's `img_…`.
    pub image_id: Option<String>,
    pub url: Option<String>,
    pub error: Option<TaskError>,
}

impl Image {
    pub fn pending(key: &TaskKey, position: usize) -> Self {
        Self {
            id: key.row_id(position),
            position: position as u32,
            status: ImageStatus::Pending,
            image_id: None,
            url: None,
            error: None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// The provider's id: it names the object, the frames and the paths. `None` until the provider has
    /// answered the start, and for ever where it refused.
    #[serde(default, deserialize_with = "id_or_none")]
    pub task_id: Option<String>,
    /// The name of the provider that has it.
    #[serde(default = "first_provider")]
    pub provider: String,
    /// Our own id of its row, made before the provider's id is known.
    pub key: TaskKey,
    pub user_id: String,
    /// Our own id of the batch that it was started in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_id: Option<String>,
    /// The provider's name for the kind, such as `image.generate`.
    pub kind: String,
    pub status: Status,
    /// 1 when attached, incremented with every change that a watcher can see.
    pub version: u64,
    pub prompt: Option<String>,
    pub requested_model: Option<String>,
    pub model: Option<String>,
    pub error: Option<TaskError>,
    /// A decimal as the provider wrote it: money is not reformatted.
    pub cost: Option<String>,
    /// The caller's own metadata, without what we add to it.
    pub metadata: Map<String, Value>,
    #[serde(with = "iso_json")]
    pub created_at: Millis,
    #[serde(with = "iso_json")]
    pub updated_at: Millis,
    pub images: Vec<Image>,
    /// What kinds other than `image.generate` return, as the provider sent it.
    pub result: Option<Value>,
    /// What it has made, without the images that have rows. Empty where `result` says it best.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<Output>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<PublicToken>,
    /// How long to wait for the provider, in milliseconds from the start, where the provider's kind says
    /// so. Not in D1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patience: Option<Millis>,
    /// How often to poll the provider, where the provider's kind says so. Not in D1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pace: Option<Pace>,
    /// Where the provider is asked about it, where its answer to the start says so. Not in D1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub links: Option<Links>,
    /// What the provider has estimated in its answer to the start. Not in D1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Amount>,
}

/// The delays between polls, in milliseconds: each is half as long again as the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    pub first: Millis,
    pub longest: Millis,
}

/// Paths of a provider's API about one task. The provider has chosen them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Links {
    pub status: Option<String>,
    pub result: Option<String>,
    pub cancel: Option<String>,
}

pub(crate) fn first_provider() -> String {
    FIRST_PROVIDER.to_owned()
}

/// Rows and states of earlier versions say `""` where there is no id.
fn id_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let id = Option::<String>::deserialize(deserializer)?;
    Ok(id.filter(|id| !id.is_empty()))
}

/// The provider's own token for this one task, where the caller asked for one. The caller gets it with
/// the start. It is kept in the task's room for a repeated request, but never in D1, frames or logs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PublicToken(String);

impl PublicToken {
    pub fn new(token: String) -> Self {
        Self(token)
    }

    /// The token, for the task's owner. Never for a log.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PublicToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicToken(redacted)")
    }
}

impl Task {
    /// Whether nothing that the provider says later can change it.
    pub fn is_final(&self) -> bool {
        match self.status {
            Status::Pending => false,
            Status::Completed => true,
            Status::Failed => !self.error.as_ref().is_some_and(TaskError::is_provisional),
        }
    }

    /// When to stop waiting for the provider.
    pub fn deadline(&self) -> Millis {
        let by_kind = if self.kind.starts_with("video.") { 3 * HOUR } else { HOUR };
        self.created_at + self.patience.unwrap_or(by_kind)
    }

    /// All that it has made.
    pub fn all_outputs(&self) -> Vec<Output> {
        let pictures = self.images.iter().filter_map(Output::of_image);
        let rest = match &self.result {
            Some(result) if self.outputs.is_empty() => vec![Output::of_result(result)],
            _ => self.outputs.clone(),
        };
        pictures.chain(rest).collect()
    }

    /// The task with the provider's id: it has been started.
    pub fn named(self, task_id: impl Into<String>) -> Self {
        Self { task_id: Some(task_id.into()), ..self }
    }

    /// The provider's id, or `""` without one. For code that only sees started tasks.
    pub fn id(&self) -> &str {
        self.task_id.as_deref().unwrap_or_default()
    }
}
