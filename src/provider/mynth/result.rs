//! A task's result and errors, in every shape they have had, as one [`Outcome`].

use super::fields::{DEPTH_LIMIT, amount, depth, pick, pick_text};
use crate::domain::report::{ImageReport, Outcome, Report};
use crate::domain::task::{IMAGE_GENERATE, TaskError};
use crate::error::sentence;
use serde_json::Value;

const FAILED: &str = "generation_failed";
const IMAGE_FAILED: &str = "image_failed";

/// A full task, as `GET /tasks/:id` gives it and as current webhooks carry it. `None` where it
/// is not one.
pub fn task_report(task: &Value) -> Option<Report> {
    let kind = pick_text(task, &["type"]).unwrap_or_else(|| IMAGE_GENERATE.to_owned());
    let status = pick_text(task, &["status"])?;
    let outcome = match status.as_str() {
        "completed" => completed(&kind, task.get("result").unwrap_or(&Value::Null)),
        "failed" => failed(task),
        _ => Outcome::Pending,
    };
    Some(Report {
        task_id: pick_text(task, &["id", "task_id", "taskId"])?,
        outcome,
        cost: cost(task),
        row_ids: row_ids(task),
        kind,
    })
}

/// What a completed task of `kind` returned.
pub fn completed(kind: &str, result: &Value) -> Outcome {
    let images = pick(result, &["images"]).and_then(Value::as_array);
    let makes_images = kind == IMAGE_GENERATE;
    Outcome::Completed {
        model: pick_text(result, &["model"]),
        images: match images {
            Some(images) if makes_images => images.iter().map(image).collect(),
            _ => Vec::new(),
        },
        result: (!makes_images && !result.is_null()).then(|| storable(result)),
    }
}

/// A result as it is; as text if it is nested deeper than could be read back.
fn storable(result: &Value) -> Value {
    if depth(result) <= DEPTH_LIMIT { result.clone() } else { result.to_string().into() }
}

/// Why a task failed: the first of its errors. Some failures come without any.
pub fn failed(body: &Value) -> Outcome {
    let first = pick(body, &["errors"]).and_then(Value::as_array).and_then(|errors| errors.first());
    let error = first.or_else(|| pick(body, &["error"])).map_or_else(
        || TaskError::new(FAILED, "The provider gave no reason."),
        |error| task_error(error, FAILED),
    );
    Outcome::Failed { error }
}

/// What the whole task cost: a field of the task, in older generations of its result; a decimal,
/// or an object with a total.
pub fn cost(task: &Value) -> Option<String> {
    let total = |cost: &Value| amount(cost).or_else(|| amount(cost.get("total")?));
    let of_result = || pick(task.get("result")?, &["cost"]).and_then(total);
    pick(task, &["cost"]).and_then(total).or_else(of_result)
}

/// `request.metadata.imageRowIds`, where it is a list of strings.
pub fn row_ids(body: &Value) -> Vec<String> {
    let ids = body
        .get("request")
        .and_then(|request| request.get("metadata"))
        .and_then(|metadata| metadata.get("imageRowIds"))
        .and_then(Value::as_array);
    let texts = ids.map(|ids| ids.iter().map(|id| id.as_str().map(str::to_owned)).collect());
    texts.flatten().unwrap_or_default()
}

fn image(image: &Value) -> ImageReport {
    let image_id = pick_text(image, &["id"]);
    let status = pick_text(image, &["status"]).unwrap_or_default();
    if !matches!(status.as_str(), "success" | "succeeded") {
        let error = pick(image, &["error"]).map_or_else(
            || TaskError::new(IMAGE_FAILED, "The provider gave no reason."),
            |error| task_error(error, IMAGE_FAILED),
        );
        return ImageReport::Failed { image_id, error };
    }
    // `url` is null when delivery to the user's own storage failed: the provider's copy is there.
    match pick_text(image, &["url", "mynth_url", "mynthUrl"]) {
        Some(url) => ImageReport::Success { image_id, url },
        None => ImageReport::Failed {
            image_id,
            error: TaskError::new("missing_url", "The image was made, but it has no address."),
        },
    }
}

/// An error as a string (a code or a sentence) or as `{code, message?}`, upper or lower case.
fn task_error(error: &Value, fallback: &str) -> TaskError {
    let (code, message) = match error {
        Value::String(text) if is_code(text) => (Some(text.clone()), None),
        Value::String(text) if !text.is_empty() => (None, Some(text.clone())),
        other => (
            pick_text(other, &["code"]).filter(|code| is_code(code)),
            pick_text(other, &["message"]),
        ),
    };
    let code = code.map_or_else(|| fallback.to_owned(), |code| code.to_ascii_lowercase());
    let message = message.unwrap_or_else(|| sentence(&code.replace('_', " ")));
    TaskError { code, message }
}

fn is_code(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
