//! Starting an asynchronous request: the body that is sent and the channel that comes back.

use crate::domain::id::is_task_id;
use crate::json;
use crate::provider::fields::pick_text;
use serde_json::{Map, Value, json};

/// The path of the call.
pub const START_PATH: &str = "/v1/ai/async";

/// The name under which the user travels in the request's metadata, to come back in `customer_data`.
const USER_ID: &str = "user_id";

/// The request of `user_id`, with the caller's own metadata. Whose it is, is not the caller's to say.
pub fn start_body(
    workflow: &str,
    messages: &Value,
    own: &Map<String, Value>,
    user_id: &str,
) -> Value {
    let mut metadata = own.clone();
    metadata.insert(USER_ID.to_owned(), user_id.into());
    json!({"workflow": workflow, "messages": messages, "metadata": metadata, USER_ID: user_id})
}

/// The channel of the request that was taken: `{channel_id}`, or `{data: {channel_id}}`.
pub fn started_channel_id(reply: &[u8]) -> Option<String> {
    let reply: Value = json::read(reply).ok()?;
    [reply.get("data"), Some(&reply)]
        .into_iter()
        .flatten()
        .find_map(|place| pick_text(place, &["channel_id"]))
        .filter(|id| is_task_id(id))
}
