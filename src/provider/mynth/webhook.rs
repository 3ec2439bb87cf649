//! The body of a webhook, in every generation, as a [`Report`].
//!
//! Current bodies are `{id, type, timestamp, data: <the full task>}`; earlier ones
//! `{event, task: {id}, request, result | errors}`. They are told apart by `event` and `type`.

use super::kinds::is_known;
use super::result::{completed, cost, failed, row_ids};
use super::settings::NAME;
use crate::domain::id::is_plain_id;
use crate::domain::task::IMAGE_GENERATE;
use crate::domain::task::report::{Outcome, Report};
use crate::json;
use crate::provider::event::Event;
use crate::provider::lenient::pick_text;
use crate::provider::malformed::{Malformed, malformed};
use crate::signature::{Scheme, Verified};
use serde_json::Value;

/// Reads a webhook.
///
/// # Errors
///
/// The field of the body that cannot be read.
pub fn read(webhook: &Verified<'_>) -> Result<Event, Malformed> {
    let body = webhook.body();
    let body = json::read_mended(body).map_err(|_| malformed("", "The body is not JSON."))?;
    if !body.is_object() {
        return Err(malformed("", "The body is not a JSON object."));
    }
    if is_of_another_delivery(&body, webhook) {
        return Err(malformed("id", "The event's id is not that of its webhook-id header."));
    }
    if let Some(name) = pick_text(&body, &["event"]) {
        return earlier(&name, &body);
    }
    match pick_text(&body, &["type"]) {
        Some(name) => current(&name, &body),
        None => Err(malformed("type", "The event has no name.")),
    }
}

/// Whether the body has another id than the delivery. Current bodies have the id of their `webhook-id`; both
/// are signed.
fn is_of_another_delivery(body: &Value, webhook: &Verified<'_>) -> bool {
    let id = body.get("id").filter(|id| !id.is_null());
    webhook.scheme() == Scheme::StandardWebhooks
        && id.is_some_and(|id| id.as_str() != Some(webhook.delivery().as_str()))
}

fn current(name: &str, body: &Value) -> Result<Event, Malformed> {
    let Some(data) = body.get("data").filter(|data| data.is_object()) else {
        return match family(name) {
            Some(_) => Err(malformed("data", "The event carries no task.")),
            None => Ok(Event::Other { name: name.to_owned() }),
        };
    };
    let Some((kind, ending)) = family(name) else {
        return Ok(match pick_text(data, &["id"]).filter(|id| is_plain_id(id)) {
            Some(id) if name.starts_with("task.") => Event::Task(unknown(name, id)),
            _ => Event::Other { name: name.to_owned() },
        });
    };
    let id = task_id(data, "data.id")?;
    // The event's name decides, since a body may have the task without its status.
    let outcome = match ending {
        Ending::Completed => completed(&kind, data.get("result").unwrap_or(&Value::Null)),
        Ending::Failed => failed(data),
    };
    Ok(Event::Task(Report {
        task_id: id,
        outcome,
        cost: cost(data),
        row_ids: row_ids(data),
        provider: NAME.to_owned(),
        is_known_kind: is_known(&kind),
        kind,
        key: None,
        addresses: Vec::new(),
        progress: None,
    }))
}

fn earlier(name: &str, body: &Value) -> Result<Event, Malformed> {
    let task = body.get("task").unwrap_or(&Value::Null);
    let Some((kind, ending)) = family(name) else {
        return Ok(match pick_text(task, &["id"]).filter(|id| is_plain_id(id)) {
            Some(id) if name.starts_with("task.") => Event::Task(unknown(name, id)),
            _ => Event::Other { name: name.to_owned() },
        });
    };
    let outcome = match ending {
        Ending::Completed => completed(&kind, body.get("result").unwrap_or(&Value::Null)),
        Ending::Failed => failed(body),
    };
    Ok(Event::Task(Report {
        task_id: task_id(task, "task.id")?,
        outcome,
        cost: cost(task).or_else(|| cost(body)),
        row_ids: row_ids(body),
        provider: NAME.to_owned(),
        is_known_kind: is_known(&kind),
        kind,
        key: None,
        addresses: Vec::new(),
        progress: None,
    }))
}

fn unknown(name: &str, task_id: String) -> Report {
    Report {
        task_id,
        kind: String::new(),
        outcome: Outcome::Unknown { event: name.chars().take(128).collect() },
        cost: None,
        row_ids: Vec::new(),
        provider: NAME.to_owned(),
        is_known_kind: false,
        key: None,
        addresses: Vec::new(),
        progress: None,
    }
}

fn task_id(task: &Value, path: &'static str) -> Result<String, Malformed> {
    pick_text(task, &["id"])
        .filter(|id| is_plain_id(id))
        .ok_or(malformed(path, "The event names no task."))
}

enum Ending {
    Completed,
    Failed,
}

/// `task.<kind>.completed` or `.failed`. The first generation called `image.generate` just `image`.
fn family(name: &str) -> Option<(String, Ending)> {
    let rest = name.strip_prefix("task.")?;
    let (kind, ending) = rest.rsplit_once('.')?;
    let ending = match ending {
        "completed" => Ending::Completed,
        "failed" => Ending::Failed,
        _ => return None,
    };
    let kind = if kind == "image" { IMAGE_GENERATE } else { kind };
    (!kind.is_empty() && kind.len() <= 64).then(|| (kind.to_owned(), ending))
}
