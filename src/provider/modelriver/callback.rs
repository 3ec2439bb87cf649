//! The callback: its body, and what the status of its answer means.

use crate::domain::channel::callback::Reply;
use crate::domain::channel::state::Recorded;
use crate::domain::time::iso;
use serde_json::{Map, Value, json};

/// The body of the callback for an event.
pub fn body(event: &Recorded, record_id: &str) -> String {
    let body = match (&event.content, &event.error) {
        (Some(made), _) => saved_body(&made.data, record_id, &iso(event.at)),
        (None, Some(error)) => failed_body(&error.message),
        (None, None) => failed_body("There was nothing to save."),
    };
    body.to_string()
}

/// The body for data that is saved as the row `record_id`.
pub fn saved_body(data: &Value, record_id: &str, saved_at_iso: &str) -> Value {
    let mut told = match data {
        Value::Object(fields) => fields.clone(),
        other => Map::from_iter([("result".to_owned(), other.clone())]),
    };
    told.insert("id".to_owned(), record_id.into());
    told.insert("saved_at".to_owned(), saved_at_iso.into());
    json!({
        "data": told,
        "task_id": format!("taskwire_{record_id}"),
        "metadata": {"database": "d1", "table": "ai_content", "record_id": record_id},
    })
}

/// The body when there is nothing to save.
pub fn failed_body(message: &str) -> Value {
    json!({"error": "processing_failed", "message": message})
}

/// What an answer with this status means. A redirect is a refusal: the key must not be sent to where it
/// leads.
pub fn reply(status: u16) -> Reply {
    match status {
        200..=299 => Reply::Delivered,
        408 | 409 | 425 | 429 | 500..=599 => Reply::Retry,
        _ => Reply::Refused,
    }
}
