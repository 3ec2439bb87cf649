//! What a provider reports about a task: one form for every wire generation, webhook and poll.

use super::output::Output;
use super::progress::Progress;
use super::{TaskError, first_provider};
use crate::domain::id::TaskKey;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub task_id: String,
    /// The name of the provider that says it.
    #[serde(default = "first_provider")]
    pub provider: String,
    /// `image.generate`, or whatever the provider calls it.
    pub kind: String,
    pub outcome: Outcome,
    /// A decimal as the provider wrote it.
    pub cost: Option<String>,
    /// `metadata.imageRowIds` as the provider echoed it; empty if it is missing. Untrusted until it is
    /// compared with our rows.
    pub row_ids: Vec<String>,
    /// Whether tasks of this kind can be started through us.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub is_known_kind: bool,
    /// Our own key of the task, where the provider echoes it. Untrusted, as the row ids are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<TaskKey>,
    /// The addresses of the provider's API that it names. They are checked when it comes.
    #[serde(skip)]
    pub addresses: Vec<String>,
    /// How far the task has come, for whoever watches now.
    #[serde(skip)]
    pub progress: Option<Progress>,
}

fn yes() -> bool {
    true
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing to show yet.
    Pending,
    Completed {
        model: Option<String>,
        /// In the provider's order. Empty for kinds that return none.
        images: Vec<ImageReport>,
        /// What kinds other than `image.generate` return, as it came.
        result: Option<Value>,
        /// What was made, without the images above.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        outputs: Vec<Output>,
    },
    Failed {
        error: TaskError,
    },
    /// An event of an unknown name. It is recorded and changes nothing.
    Unknown {
        event: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageReport {
    Success { image_id: Option<String>, url: String },
    Failed { image_id: Option<String>, error: TaskError },
}
