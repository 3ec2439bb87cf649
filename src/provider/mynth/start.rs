//! Starting a task: the body that is sent and the id that comes back.

use crate::domain::id::is_plain_id;
use crate::domain::task::start_request::StartRequest;
use crate::domain::task::{IMAGE_GENERATE, PublicToken};
use crate::json;
use crate::provider::call::{Order, Started};
use crate::provider::lenient::{pick, pick_text};
use crate::provider::mynth::fields::amount;
use serde_json::{Map, Value, json};

/// The metadata field with our row ids.
pub const ROW_IDS: &str = "imageRowIds";

/// Largest metadata of a task, in bytes of JSON.
pub const METADATA_LIMIT: usize = 2048;

/// The path of the call that starts a task of `kind`: `/image/remove-background` for
/// `image.remove_background`.
pub fn path(kind: &str) -> String {
    format!("/{}", kind.replace('.', "/").replace('_', "-"))
}

/// The caller's metadata with our row ids.
pub fn metadata_with_rows(own: &Map<String, Value>, row_ids: &[String]) -> Map<String, Value> {
    let mut metadata = own.clone();
    metadata.insert(ROW_IDS.to_owned(), row_ids.into());
    metadata
}

/// Bytes of `metadata` as JSON.
pub fn metadata_size(metadata: &Map<String, Value>) -> usize {
    serde_json::to_vec(metadata).map_or(usize::MAX, |bytes| bytes.len())
}

/// The body of a start. We only add the row ids to the metadata and, without a registered webhook, the
/// URL for the task's webhooks.
pub fn body(order: &Order<'_>) -> Value {
    let request = order.request;
    let mut body = fields(request);
    if request.kind == IMAGE_GENERATE {
        let metadata = metadata_with_rows(&request.metadata, &request.row_ids(order.key));
        body.insert("metadata".into(), metadata.into());
        // Other kinds take no webhook of their own: they are polled.
        if let Some(url) = order.webhook_url {
            body.insert("webhook".into(), json!({"custom": [{"url": url}]}));
        }
    }
    body.into()
}

/// The body of an estimate: that of a start, without what only a task needs.
pub fn estimate_body(request: &StartRequest) -> Value {
    let mut body = fields(request);
    body.remove("access");
    body.into()
}

fn fields(request: &StartRequest) -> Map<String, Value> {
    let mut fields = request.passed_on.clone();
    for (name, text) in [("prompt", &request.prompt), ("model", &request.model)] {
        if let Some(text) = text {
            fields.insert(name.to_owned(), text.clone().into());
        }
    }
    fields
}

/// What a start costs, as the answer to it or to an estimate says.
pub fn estimated_cost(answer: &Value) -> Option<String> {
    pick(answer, &["estimated_cost", "estimatedCost"]).and_then(amount)
}

/// Reads the reply to a start: `{taskId, access?, estimatedCost?}`, or `{data: {taskId | task_id, …}}`.
pub fn started(reply: &[u8]) -> Option<Started> {
    let reply: Value = json::read(reply).ok()?;
    let places = || [reply.get("data"), Some(&reply)].into_iter().flatten();
    let task_id = places()
        .find_map(|place| pick_text(place, &["task_id", "taskId", "id"]))
        .filter(|id| is_plain_id(id))?;
    let access = places()
        .flat_map(|place| [place.get("access"), Some(place)].into_iter().flatten())
        .find_map(|place| pick_text(place, &["public_access_token", "publicAccessToken"]));
    let estimated_cost = places().find_map(estimated_cost);
    let access = access.map(PublicToken::new);
    Some(Started { id: task_id, access, links: None, estimated_cost })
}
