//! What a provider reports about a channel: one form for every webhook.

use crate::domain::id::TaskKey;
use crate::domain::task::TaskError;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The provider of channels that were stored before there could be several.
pub const FIRST_PROVIDER: &str = "modelriver";

pub(super) fn first_provider() -> String {
    FIRST_PROVIDER.to_owned()
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChannelEvent {
    pub channel_id: String,
    /// The name of the provider that says it.
    #[serde(default = "first_provider")]
    pub provider: String,
    /// The provider's word, such as `task.ai_generated`.
    pub kind: String,
    pub outcome: Outcome,
    /// Where the provider wants a callback. Untrusted until it is checked against the allowed hosts.
    pub callback_url: Option<String>,
    /// The id of the intent that it came of, as the provider gave it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<TaskKey>,
}

/// An event, and what this deployment allows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrived {
    pub event: ChannelEvent,
    /// Why the address must not be called. `None`: it may.
    pub forbidden: Option<String>,
    /// Whether its row is everyone's if it names no owner. Otherwise it is nobody's.
    pub is_public: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Generated(Generated),
    Failed {
        error: TaskError,
    },
    /// An event of an unknown type. It is recorded and changes nothing.
    Unknown,
}

/// What the model returned, unchanged. [`super::frame`] takes from it what readers see.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Generated {
    /// The model's own data, of any shape.
    pub data: Value,
    /// The name that the workflow gives to the event.
    pub event_name: Option<String>,
    /// The data that the caller attached to the request.
    pub customer_data: Map<String, Value>,
    pub model: Option<String>,
    pub provider: Option<String>,
}
