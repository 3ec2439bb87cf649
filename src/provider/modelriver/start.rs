//! Starting an asynchronous request: the body that is sent and the channel that comes back.

use crate::domain::id::is_plain_id;
use crate::json;
use crate::provider::call::{Order, Started};
use crate::provider::lenient::pick_text;
use serde_json::Value;

/// The path of the call.
pub const PATH: &str = "/v1/ai/async";

/// The metadata fields with the user and with the id of the intent. They come back in `customer_data`.
pub(super) const USER_ID: &str = "user_id";
pub(super) const INTENT: &str = "taskwire_intent";

/// The body of a start, with the caller's own metadata. The user and the intent are set last, so that
/// the caller cannot choose another owner.
pub fn body(order: &Order<'_>) -> Value {
    let mut metadata = order.request.metadata.clone();
    metadata.insert(USER_ID.to_owned(), order.user_id.into());
    metadata.insert(INTENT.to_owned(), order.key.as_str().into());
    let mut body = order.request.passed_on.clone();
    body.insert("metadata".to_owned(), metadata.into());
    body.insert(USER_ID.to_owned(), order.user_id.into());
    body.into()
}

/// Reads the answer to a start: `{channel_id}`, or `{data: {channel_id}}`.
pub fn started(reply: &[u8]) -> Option<Started> {
    let reply: Value = json::read(reply).ok()?;
    let id = [reply.get("data"), Some(&reply)]
        .into_iter()
        .flatten()
        .find_map(|place| pick_text(place, &["channel_id"]))
        .filter(|id| is_plain_id(id))?;
    Some(Started { id, access: None, links: None, estimated_cost: None })
}
