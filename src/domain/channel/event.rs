//! What a provider says of a channel, in our words: the one form that every webhook is translated to.

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
    /// Where the provider wants to hear what became of it. Not to be believed before it is held
    /// against the hosts that are allowed.
    pub callback_url: Option<String>,
}

/// An event, and whether the address that it names may be called.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrived {
    pub event: ChannelEvent,
    /// Why not, if it must not.
    pub forbidden: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Generated(Generated),
    Failed {
        error: TaskError,
    },
    /// An event of a type that we do not know. It is recorded and decides nothing.
    Unknown,
}

/// What the model made, as it came. What a reader is shown is taken out of it in [`super::frame`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Generated {
    /// The model's own data, of any shape.
    pub data: Value,
    /// The event's name that the workflow gives it.
    pub event_name: Option<String>,
    /// What the request carried for its own use.
    pub customer_data: Map<String, Value>,
    pub model: Option<String>,
    pub provider: Option<String>,
}
