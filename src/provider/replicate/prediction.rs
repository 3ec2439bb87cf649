//! A prediction: the body of every webhook and of most answers.

use super::settings::NAME;
use super::start::KIND;
use crate::domain::id::{TaskKey, is_plain_id};
use crate::domain::task::output::Output;
use crate::domain::task::progress::Progress;
use crate::domain::task::report::{Outcome, Report};
use crate::domain::task::{Links, TaskError};
use crate::domain::time::{HOUR, Millis, parse_iso};
use crate::json;
use crate::provider::call::Started;
use crate::provider::event::Event;
use crate::provider::lenient::{pick, pick_text, storable};
use crate::provider::malformed::{Malformed, malformed};
use crate::provider::output::outputs;
use crate::provider::progress::of_log;
use crate::provider::reason::{FAILED, no_reason, task_error};
use crate::signature::claimed_key;
use serde_json::Value;

/// What its ids are told from others by.
pub const PREFIX: &str = "rep_";

/// How long files are kept from the end of a prediction on, and the domain that keeps them.
const KEPT: Millis = HOUR;
const KEEPER: &str = "replicate.delivery";

/// The id of the task for a prediction.
pub fn task_id(prediction: &Value) -> Option<String> {
    pick_text(prediction, &["id"]).map(|id| format!("{PREFIX}{id}")).filter(|id| is_plain_id(id))
}

/// When it was made.
pub fn created(prediction: &Value) -> Option<Millis> {
    parse_iso(prediction.get("created_at")?.as_str()?)
}

/// Our key of the task, in the address of its webhook.
pub fn key(prediction: &Value) -> Option<TaskKey> {
    claimed_key(prediction.get("webhook")?.as_str()?)
}

fn address(prediction: &Value, name: &str) -> Option<String> {
    pick_text(prediction.get("urls")?, &[name])
}

/// Reads the answer to a start.
pub fn started(prediction: &Value) -> Option<Started> {
    let links = Links {
        status: address(prediction, "get"),
        result: None,
        cancel: address(prediction, "cancel"),
    };
    Some(Started {
        id: task_id(prediction)?,
        access: None,
        links: Some(links),
        estimated_cost: None,
    })
}

/// Reads a prediction. `None`: it is none.
pub fn read(body: &[u8]) -> Option<Report> {
    report(&json::read_mended(body).ok()?)
}

/// Reads a webhook. It does not say which event it is: the status and what there is of the log do.
///
/// # Errors
///
/// The field of the body that cannot be read.
pub fn event(body: &[u8]) -> Result<Event, Malformed> {
    let body = json::read_mended(body).map_err(|_| malformed("", "The body is not JSON."))?;
    let status = pick_text(&body, &["status"]);
    let status = status.ok_or(malformed("status", "The prediction has no status."))?;
    let report = report(&body).ok_or(malformed("id", "The event names no prediction."))?;
    if let Outcome::Unknown { .. } = report.outcome {
        return Ok(Event::Other { name: format!("prediction {status:.64}") });
    }
    Ok(match report.progress {
        Some(progress) => {
            Event::Progress { task_id: report.task_id, progress, addresses: report.addresses }
        }
        None => Event::Task(report),
    })
}

fn report(prediction: &Value) -> Option<Report> {
    let status = pick_text(prediction, &["status"])?;
    let (outcome, progress) = match status.as_str() {
        "starting" => (Outcome::Pending, Some(progress(prediction, 0))),
        "processing" => (Outcome::Pending, Some(progress(prediction, 1))),
        "succeeded" => (succeeded(prediction), None),
        "failed" => {
            let error = pick(prediction, &["error"]);
            let error = error.map_or_else(|| no_reason(FAILED), |it| task_error(it, FAILED));
            (Outcome::Failed { error }, None)
        }
        "canceled" => (stopped("canceled", "The task was canceled."), None),
        "aborted" => (stopped("aborted", "The provider has ended the task before it ran."), None),
        other => (Outcome::Unknown { event: other.chars().take(64).collect() }, None),
    };
    let addresses = ["get", "cancel"].into_iter().filter_map(|name| address(prediction, name));
    Some(Report {
        task_id: task_id(prediction)?,
        provider: NAME.to_owned(),
        kind: KIND.to_owned(),
        outcome,
        cost: None,
        row_ids: Vec::new(),
        is_known_kind: true,
        key: key(prediction),
        addresses: addresses.collect(),
        progress,
    })
}

fn stopped(code: &str, message: &str) -> Outcome {
    Outcome::Failed { error: TaskError::new(code, message) }
}

fn succeeded(prediction: &Value) -> Outcome {
    let output = prediction.get("output").unwrap_or(&Value::Null);
    let is_removed = prediction.get("data_removed") == Some(&Value::Bool(true));
    if output.is_null() && is_removed {
        return stopped("data_removed", "The provider has deleted what the task made.");
    }
    let ended = prediction.get("completed_at").and_then(Value::as_str).and_then(parse_iso);
    let until = |output: Output| match (output.url(), ended) {
        (Some(url), Some(ended)) if is_kept_for_a_while(url) => output.until(ended + KEPT),
        _ => output,
    };
    Outcome::Completed {
        model: pick_text(prediction, &["model"]),
        images: Vec::new(),
        outputs: outputs(output).into_iter().map(until).collect(),
        result: (!output.is_null()).then(|| storable(output)),
    }
}

fn is_kept_for_a_while(url: &str) -> bool {
    let host = url.split('/').nth(2).unwrap_or_default();
    host.strip_suffix(KEEPER).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn progress(prediction: &Value, status: usize) -> Progress {
    let log = prediction.get("logs").and_then(Value::as_str).unwrap_or_default();
    let written = match prediction.get("output") {
        Some(Value::Array(items)) => items.len(),
        Some(Value::String(text)) => text.len(),
        _ => 0,
    };
    let (fraction, message) = of_log(log).map_or((None, None), |(it, steps)| (Some(it), steps));
    let message = message.or_else(|| (status == 0).then(|| "Starting".to_owned()));
    Progress { rank: vec![status, log.len(), written], fraction, message }
}
