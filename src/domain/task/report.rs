//! What a provider says of a task, in our words: the one form that every wire generation, every
//! webhook and every poll is translated to.

use super::{TaskError, first_provider};
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
    /// `metadata.imageRowIds` as the provider echoed it; empty where there was none. Not to be
    /// believed before it is compared with rows of ours.
    pub row_ids: Vec<String>,
    /// `metadata.userId` of whoever started it, without us or with us. It only ever counts for a
    /// task that no row of ours is found for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The provider can start tasks of this kind through us. Of another kind we only know what the
    /// report says.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub is_known_kind: bool,
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
    },
    Failed {
        error: TaskError,
    },
    /// An event of a name that we do not know. It is recorded and decides nothing.
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
