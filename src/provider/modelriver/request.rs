//! Reading a start request.

use super::settings::NAME;
use super::start::{INTENT, USER_ID};
use crate::domain::channel::schedule::DEADLINE;
use crate::domain::task::start_request::StartRequest;
use crate::json::fields::Fields;
use crate::provider::kind::{Becomes, Kind};
use crate::provider::lenient::{DEPTH_LIMIT, depth};
use serde_json::Map;

pub const WORKFLOW_CHARS: usize = 200;
pub const MESSAGE_LIMIT: usize = 100;
/// Largest metadata, in bytes of JSON. It comes back in every webhook.
pub const METADATA_BYTES: usize = 2048;
/// The metadata fields that name the owner. Only we may set them.
pub const RESERVED: [&str; 2] = [USER_ID, INTENT];

/// The kinds that can be started.
pub static KINDS: [Kind; 1] = [Kind {
    word: WORKFLOW,
    becomes: Becomes::Channel,
    read,
    read_batch: None,
    patience: DEADLINE,
    pace: None,
}];

/// The kind that `POST /ai` starts.
pub const WORKFLOW: &str = "ai.workflow";

/// Reads the fields of a request. The workflow becomes its `model`.
pub fn read(fields: &mut Fields) -> StartRequest {
    let workflow = fields.required_text("workflow", 1..=WORKFLOW_CHARS);
    let messages = fields.required_list("messages", MESSAGE_LIMIT);
    for (i, message) in messages.iter().enumerate() {
        if !message.is_object() || depth(message) > DEPTH_LIMIT {
            fields.complain(&format!("messages[{i}]"), "must be an object such as {role, content}");
        }
    }
    let metadata = fields.object("metadata").unwrap_or_default();
    for name in RESERVED.into_iter().filter(|name| metadata.contains_key(*name)) {
        fields.complain(&format!("metadata.{name}"), "is reserved");
    }
    if metadata.values().any(|value| depth(value) > DEPTH_LIMIT) {
        fields.complain("metadata", format!("is nested too deep: {DEPTH_LIMIT} levels at most"));
    }
    let size = serde_json::to_vec(&metadata).map_or(usize::MAX, |bytes| bytes.len());
    if size > METADATA_BYTES {
        fields
            .complain("metadata", format!("is too large: {size} bytes, {METADATA_BYTES} at most"));
    }
    let mut passed_on = Map::new();
    passed_on.insert("workflow".to_owned(), workflow.clone().into());
    passed_on.insert("messages".to_owned(), messages.into());
    StartRequest {
        provider: NAME,
        kind: WORKFLOW,
        prompt: None,
        model: Some(workflow),
        count: 0,
        metadata,
        passed_on,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ApiError;
    use serde_json::{Value, json};

    fn parse(body: &Value) -> Result<StartRequest, ApiError> {
        let mut fields = Fields::parse(body.to_string().as_bytes())?;
        let request = read(&mut fields);
        fields.finish(request)
    }

    fn issues(body: Value) -> Vec<String> {
        let error = parse(&body).unwrap_err();
        error.issues.into_iter().map(|issue| issue.path).collect()
    }

    #[test]
    fn a_request_is_read_as_it_is() {
        let messages = json!([{"role": "user", "content": "A film"}]);
        let body =
            json!({"workflow": "films", "messages": messages, "metadata": {"category": "x"}});
        let request = parse(&body).unwrap();
        assert_eq!(request.model.as_deref(), Some("films"));
        assert_eq!(
            Value::from(request.passed_on),
            json!({"workflow": "films", "messages": messages})
        );
        assert_eq!(Value::from(request.metadata), json!({"category": "x"}));
    }

    #[test]
    fn limits_hold_at_their_exact_edges() {
        let nested = |depth: usize| (0..depth).fold(json!(1), |value, _| json!([value]));
        let of = |message: Value, metadata: Value| {
            let body = json!({"workflow": "w", "messages": [message], "metadata": metadata});
            parse(&body).map_err(|error| error.issues[0].path.clone()).err()
        };
        let path = |text: &str| Some(text.to_owned());
        // A message and the text are a level and some bytes of their own.
        assert_eq!(of(json!({"content": nested(63)}), json!({})), None);
        assert_eq!(of(json!({"content": nested(64)}), json!({})), path("messages[0]"));
        assert_eq!(of(json!({}), json!({"x": nested(64)})), None);
        assert_eq!(of(json!({}), json!({"x": nested(65)})), path("metadata"));
        assert_eq!(of(json!({}), json!({"x": "y".repeat(2040)})), None);
        assert_eq!(of(json!({}), json!({"x": "y".repeat(2041)})), path("metadata"));
    }

    #[test]
    fn each_wrong_field_is_named() {
        let message = json!({"role": "user", "content": "x"});
        assert_eq!(issues(json!({})), ["workflow", "messages"]);
        assert_eq!(issues(json!({"workflow": " ", "messages": []})), ["workflow", "messages"]);
        let wrong = json!({"workflow": "w", "messages": [message, "x"], "model": "m"});
        assert_eq!(issues(wrong), ["messages[1]", "model"]);
        let metadata = json!({"user_id": "bob", "taskwire_intent": "i", "x": "y".repeat(2048)});
        let wrong = json!({"workflow": "w", "messages": [message], "metadata": metadata});
        assert_eq!(issues(wrong), ["metadata.user_id", "metadata.taskwire_intent", "metadata"]);
    }
}
