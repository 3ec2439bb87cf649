//! A task's result and errors as one [`Outcome`], from every generation of the wire format.

use super::fields::amount;
use super::kinds::{ALT, REMOVE_BACKGROUND, UPSCALE, VIDEO, is_known};
use super::settings::NAME;
use crate::domain::task::output::{Output, OutputType};
use crate::domain::task::report::{ImageReport, Outcome, Report};
use crate::domain::task::{IMAGE_GENERATE, TaskError};
use crate::provider::lenient::storable;
use crate::provider::lenient::{pick, pick_text};
use crate::provider::reason::{FAILED, no_reason, task_error};
use serde_json::Value;

const IMAGE_FAILED: &str = "image_failed";

/// Most images of one task: five times what the provider makes at once.
pub const IMAGE_LIMIT: usize = 100;

/// Reads a full task, as `GET /tasks/:id` returns it. `None` if it is not one. `kind` is what the task
/// was started as, since older tasks do not have their kind.
pub fn task_report(task: &Value, kind: &str) -> Option<Report> {
    let kind = pick_text(task, &["type"]).unwrap_or_else(|| kind.to_owned());
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
        provider: NAME.to_owned(),
        is_known_kind: is_known(&kind),
        kind,
        key: None,
        addresses: Vec::new(),
        progress: None,
    })
}

/// The outcome of a completed task of `kind`.
pub fn completed(kind: &str, result: &Value) -> Outcome {
    let images = pick(result, &["images"]).and_then(Value::as_array);
    let is_ours = kind == IMAGE_GENERATE;
    // An unknown kind may return images too.
    let makes_images = is_ours || !is_known(kind);
    Outcome::Completed {
        model: pick_text(result, &["model"]),
        images: match images {
            Some(images) if makes_images => images.iter().take(IMAGE_LIMIT).map(image).collect(),
            _ => Vec::new(),
        },
        result: (!is_ours && !result.is_null()).then(|| storable(result)),
        outputs: outputs(kind, result),
    }
}

/// What kinds without image rows have made. Empty where their result says it best.
fn outputs(kind: &str, result: &Value) -> Vec<Output> {
    let file = |sort| {
        move |made: &Value| {
            let url = pick_text(made, &["url", "mynth_url", "mynthUrl"])?;
            Some(Output::file(sort, url))
        }
    };
    let field = |name| result.get(name).unwrap_or(&Value::Null);
    match kind {
        ALT => pick_text(result, &["alt"]).map(Output::text).into_iter().collect(),
        REMOVE_BACKGROUND | UPSCALE => {
            file(OutputType::Image)(field("image")).into_iter().collect()
        }
        VIDEO => {
            let videos = field("videos").as_array().map_or(&[][..], Vec::as_slice);
            videos.iter().filter_map(file(OutputType::Video)).take(IMAGE_LIMIT).collect()
        }
        _ => Vec::new(),
    }
}

/// The outcome of a failed task: its first error. Some failures have none.
pub fn failed(body: &Value) -> Outcome {
    let first = pick(body, &["errors"]).and_then(Value::as_array).and_then(|errors| errors.first());
    let error = first
        .or_else(|| pick(body, &["error"]))
        .map_or_else(|| no_reason(FAILED), |error| task_error(error, FAILED));
    Outcome::Failed { error }
}

/// The cost of the whole task: a field of the task, or of its result in older generations. It is a
/// decimal, or an object with a total.
pub fn cost(task: &Value) -> Option<String> {
    let total = |cost: &Value| amount(cost).or_else(|| amount(cost.get("total")?));
    let of_result = || pick(task.get("result")?, &["cost"]).and_then(total);
    pick(task, &["cost"]).and_then(total).or_else(of_result)
}

fn metadata(body: &Value) -> Option<&Value> {
    body.get("request")?.get("metadata")
}

/// `request.metadata.imageRowIds`, where it is a list of strings.
pub fn row_ids(body: &Value) -> Vec<String> {
    let ids = metadata(body).and_then(|metadata| metadata.get("imageRowIds")?.as_array());
    let texts = ids.map(|ids| ids.iter().map(|id| id.as_str().map(str::to_owned)).collect());
    texts.flatten().unwrap_or_default()
}

fn image(image: &Value) -> ImageReport {
    let image_id = pick_text(image, &["id"]);
    let status = pick_text(image, &["status"]).unwrap_or_default();
    if !matches!(status.as_str(), "success" | "succeeded") {
        let error = pick(image, &["error"])
            .map_or_else(|| no_reason(IMAGE_FAILED), |error| task_error(error, IMAGE_FAILED));
        return ImageReport::Failed { image_id, error };
    }
    // `url` is null if delivery to the user's own storage failed. The provider's copy is still there.
    match pick_text(image, &["url", "mynth_url", "mynthUrl"]) {
        Some(url) => ImageReport::Success { image_id, url },
        None => ImageReport::Failed {
            image_id,
            error: TaskError::new("missing_url", "The image was made, but it has no address."),
        },
    }
}
