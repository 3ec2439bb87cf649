//! What became of a request: by webhook, by its status, and by its result.

use super::settings::NAME;
use super::start::{KIND, PREFIX, task_id};
use crate::domain::task::TaskError;
use crate::domain::task::progress::Progress;
use crate::domain::task::report::{Outcome, Report};
use crate::json;
use crate::provider::call::{Answer, Call, TaskRef};
use crate::provider::contract::Polled;
use crate::provider::lenient::{pick, pick_text, short, storable};
use crate::provider::malformed::{Malformed, malformed};
use crate::provider::output::outputs;
use crate::provider::progress::of_log;
use crate::provider::reason::{FAILED, is_code, no_reason, task_error};
use serde_json::Value;

/// The status of a request that was canceled while it ran.
const CLIENT_GONE: u16 = 499;

/// The paths of a request. The provider's own come first; without them they follow from the model, whose
/// path is left out.
pub fn path(about: &TaskRef<'_>, which: Which) -> Option<String> {
    let link = about.links.and_then(|links| match which {
        Which::Status => links.status.clone(),
        Which::Result => links.result.clone(),
        Which::Cancel => links.cancel.clone(),
    });
    link.or_else(|| {
        let mut parts = about.model?.split('/');
        let (owner, name) = (parts.next()?, parts.next()?);
        let id = about.task_id.strip_prefix(PREFIX)?;
        let rest = match which {
            Which::Status => "/status",
            Which::Result => "",
            Which::Cancel => "/cancel",
        };
        Some(format!("/{owner}/{name}/requests/{id}{rest}"))
    })
}

#[derive(Clone, Copy)]
pub enum Which {
    Status,
    Result,
    Cancel,
}

/// Reads the body of a webhook. `id` is the one that is signed with it.
///
/// # Errors
///
/// The field of the body that cannot be read.
pub fn event(body: &[u8], id: Option<&str>) -> Result<Report, Malformed> {
    let body = json::read_mended(body).map_err(|_| malformed("", "The body is not JSON."))?;
    let task_id = task_id(&body).ok_or(malformed("request_id", "The event names no request."))?;
    if pick_text(&body, &["request_id"]).as_deref() != id {
        return Err(malformed("request_id", "The event's id is not that of its header."));
    }
    let payload = body.get("payload").unwrap_or(&Value::Null);
    let outcome = match pick_text(&body, &["status"]).as_deref() {
        Some("OK") => match pick_text(&body, &["payload_error"]) {
            Some(message) if payload.is_null() => failed("payload_error", &message),
            _ => completed(payload),
        },
        Some("ERROR") => {
            let said = pick_text(&body, &["error"]);
            let status =
                said.as_deref().and_then(|said| said.strip_prefix("Invalid status code: "));
            let status = status.and_then(|status| status.trim().parse().ok());
            Outcome::Failed { error: reason(payload, status, said.as_deref()) }
        }
        _ => return Err(malformed("status", "The event does not say how the request ended.")),
    };
    Ok(report(task_id, outcome))
}

/// Reads a request's status.
pub fn status(answer: &Answer, about: &TaskRef<'_>) -> Option<Polled> {
    let body: Value = json::read_mended(&answer.body).ok()?;
    let progress = match pick_text(&body, &["status"])?.as_str() {
        "COMPLETED" => {
            let call = Call::get(path(about, Which::Result)?);
            return Some(Polled::Next(Call { reads_refusals: true, ..call }));
        }
        "IN_QUEUE" => {
            let place = body.get("queue_position").and_then(Value::as_u64);
            let message = place.map(|place| format!("Position {place} in the queue"));
            // The queue only gets shorter.
            let rank = usize::MAX - place.map_or(usize::MAX, |place| place as usize);
            Progress { rank: vec![0, rank], fraction: None, message }
        }
        "IN_PROGRESS" => running(body.get("logs").and_then(Value::as_array)),
        _ => return None,
    };
    let report = report(about.task_id.to_owned(), Outcome::Pending);
    Some(Report { progress: Some(progress), ..report }.into())
}

fn running(logs: Option<&Vec<Value>>) -> Progress {
    let logs = logs.map_or(&[][..], Vec::as_slice);
    let messages = logs.iter().rev().filter_map(|log| log.get("message")?.as_str());
    let found = messages.take(20).find_map(of_log);
    let (fraction, message) = found.map_or((None, None), |(it, steps)| (Some(it), steps));
    let message = message.or_else(|| fraction.is_none().then(|| "Running".to_owned()));
    Progress { rank: vec![1, logs.len()], fraction, message }
}

/// Reads the result of a request that is over: one that failed answers with its error. `None`: it is not
/// known whether that is the request's error, or the way to it.
pub fn result(answer: &Answer, about: &TaskRef<'_>) -> Option<Report> {
    let body = json::read_mended(&answer.body);
    let outcome = match answer.status {
        200..300 => completed(&body.ok()?),
        401 | 403 | 404 | 408 | 429 => return None,
        status => {
            let body = body.unwrap_or(Value::Null);
            // A gateway that is down has other words.
            if status != CLIENT_GONE && body.get("detail").is_none() {
                return None;
            }
            Outcome::Failed { error: reason(&body, Some(status), None) }
        }
    };
    Some(report(about.task_id.to_owned(), outcome))
}

/// Reads the answer to a cancellation. Only a request that was still waiting is over now.
pub fn canceled(answer: &Answer, about: &TaskRef<'_>) -> Option<Report> {
    let body: Value = json::read(&answer.body).ok()?;
    let is_over = answer.is_ok() && pick_text(&body, &["status"]).as_deref() == Some("OK");
    is_over.then(|| report(about.task_id.to_owned(), gone()))
}

fn report(task_id: String, outcome: Outcome) -> Report {
    Report {
        task_id,
        provider: NAME.to_owned(),
        kind: KIND.to_owned(),
        outcome,
        cost: None,
        row_ids: Vec::new(),
        is_known_kind: true,
        key: None,
        addresses: Vec::new(),
        progress: None,
    }
}

fn completed(payload: &Value) -> Outcome {
    Outcome::Completed {
        model: None,
        images: Vec::new(),
        outputs: outputs(payload),
        result: (!payload.is_null()).then(|| storable(payload)),
    }
}

fn gone() -> Outcome {
    failed("canceled", "The task was canceled.")
}

fn failed(code: &str, message: &str) -> Outcome {
    Outcome::Failed { error: TaskError::new(code, &short(message)) }
}

/// Why a request failed: `{detail: [{loc, msg, type}]}`, `{detail: "…"}`, or what was said beside it.
fn reason(body: &Value, status: Option<u16>, said: Option<&str>) -> TaskError {
    if status == Some(CLIENT_GONE) {
        return TaskError::new("canceled", "The task was canceled.");
    }
    let detail = pick(body, &["detail"]).unwrap_or(&Value::Null);
    if let Some(first) = detail.as_array().and_then(|all| all.first()) {
        let code = pick_text(first, &["type"]).filter(|code| is_code(code));
        let code = code.map_or_else(|| FAILED.to_owned(), |code| code.to_ascii_lowercase());
        let message = pick_text(first, &["msg"]).unwrap_or_else(|| "No reason was given.".into());
        return TaskError::new(&code, &short(&message));
    }
    let text = detail.as_str().or(said).filter(|text| !text.is_empty());
    text.map_or_else(|| no_reason(FAILED), |text| task_error(&text.into(), FAILED))
}
