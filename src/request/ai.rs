//! `POST /ai`: a request to ModelRiver.

use super::fields::Fields;
use crate::error::ApiError;
use crate::provider::fields::{DEPTH_LIMIT, depth};
use serde_json::{Map, Value};

pub const WORKFLOW_CHARS: usize = 200;
pub const MESSAGE_LIMIT: usize = 100;
/// As much as Mynth takes: it comes back in every webhook.
pub const METADATA_BYTES: usize = 2048;
/// What says whose the answer is. It is ours to say.
const USER_ID: &str = "user_id";

#[derive(Clone, Debug, PartialEq)]
pub struct AiRequest {
    pub workflow: String,
    pub messages: Vec<Value>,
    pub metadata: Map<String, Value>,
}

pub fn parse(body: &[u8]) -> Result<AiRequest, ApiError> {
    let mut fields = Fields::parse(body)?;
    let workflow = fields.required_text("workflow", 1..=WORKFLOW_CHARS);
    let messages = fields.required_list("messages", MESSAGE_LIMIT);
    for (i, message) in messages.iter().enumerate() {
        if !message.is_object() || depth(message) > DEPTH_LIMIT {
            fields.complain(&format!("messages[{i}]"), "must be an object such as {role, content}");
        }
    }
    let metadata = fields.object("metadata").unwrap_or_default();
    if metadata.contains_key(USER_ID) {
        fields.complain(&format!("metadata.{USER_ID}"), "is reserved");
    }
    if metadata.values().any(|value| depth(value) > DEPTH_LIMIT) {
        fields.complain("metadata", format!("is nested too deep: {DEPTH_LIMIT} levels at most"));
    }
    let size = serde_json::to_vec(&metadata).map_or(usize::MAX, |bytes| bytes.len());
    if size > METADATA_BYTES {
        fields
            .complain("metadata", format!("is too large: {size} bytes, {METADATA_BYTES} at most"));
    }
    fields.finish(AiRequest { workflow, messages, metadata })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn issues(body: Value) -> Vec<String> {
        let error = parse(body.to_string().as_bytes()).unwrap_err();
        error.issues.into_iter().map(|issue| issue.path).collect()
    }

    #[test]
    fn a_request_is_read_as_it_is() {
        let messages = json!([{"role": "user", "content": "A film"}]);
        let body =
            json!({"workflow": "films", "messages": messages, "metadata": {"category": "x"}});
        let request = parse(body.to_string().as_bytes()).unwrap();
        assert_eq!(request.workflow, "films");
        assert_eq!(Value::from(request.messages), messages);
        assert_eq!(Value::from(request.metadata), json!({"category": "x"}));
    }

    #[test]
    fn each_wrong_field_is_named() {
        let message = json!({"role": "user", "content": "x"});
        assert_eq!(issues(json!({})), ["workflow", "messages"]);
        assert_eq!(issues(json!({"workflow": " ", "messages": []})), ["workflow", "messages"]);
        let wrong = json!({"workflow": "w", "messages": [message, "x"], "model": "m"});
        assert_eq!(issues(wrong), ["messages[1]", "model"]);
        let metadata = json!({"user_id": "bob", "x": "y".repeat(2048)});
        let wrong = json!({"workflow": "w", "messages": [message], "metadata": metadata});
        assert_eq!(issues(wrong), ["metadata.user_id", "metadata"]);
    }
}
