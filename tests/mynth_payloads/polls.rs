//! A task as the provider gives it when asked.

use crate::{ID, error, images, parse, success};
use serde_json::{Value, json};
use taskwire::domain::task::report::{Outcome, Report};
use taskwire::provider::event::Event;
use taskwire::provider::mynth::result::task_report;

fn told(task: Value) -> Report {
    task_report(&task, "image.generate").unwrap_or_else(|| panic!("{task}"))
}

#[test]
fn a_task_that_is_asked_for_says_what_its_webhook_would_have_said() {
    let task = json!({
        "id": ID, "type": "image.generate", "status": "completed", "errors": null,
        "request": {"metadata": {"imageRowIds": ["r0"]}}, "cost": "0.03000000",
        "result": {"model": "m/x", "images": [{"status": "success", "id": "img_1", "url": "https://c/1"}]},
    });
    let body = json!({"id": "evt_1", "type": "task.image.generate.completed", "data": task});
    let report = told(task);
    assert_eq!(images(&report), [success("img_1", "https://c/1")]);
    assert_eq!(parse(body.to_string().as_bytes()), Ok(Event::Task(report)));
}

#[test]
fn a_task_of_an_earlier_generation_has_no_type_and_its_cost_in_the_result() {
    let report = told(json!({
        "taskId": ID, "status": "completed",
        "result": {"images": [{"status": "succeeded", "id": "img_1", "url": "https://c/1"}],
            "cost": {"images": "0.01", "total": "0.0125"}},
    }));
    assert_eq!((report.kind.as_str(), report.task_id.as_str()), ("image.generate", ID));
    assert_eq!(images(&report), [success("img_1", "https://c/1")]);
    assert_eq!(report.cost.as_deref(), Some("0.0125"));
}

#[test]
fn a_failed_task_gives_its_reason() {
    let report = told(json!({"id": ID, "type": "video.generate", "status": "failed",
        "errors": [{"code": "RESTRICTED_CONTENT", "message": "No."}]}));
    assert_eq!(error(&report), ("restricted_content", "No."));
    assert_eq!(report.kind, "video.generate");
}

#[test]
fn a_task_that_is_neither_completed_nor_failed_is_pending() {
    for status in ["pending", "processing", "queued", "COMPLETED?"] {
        let report = told(json!({"id": ID, "status": status, "result": null}));
        assert_eq!(report.outcome, Outcome::Pending, "{status}");
    }
}

#[test]
fn what_is_not_a_task_is_none() {
    for task in [
        json!(null),
        json!([]),
        json!("text"),
        json!({}),
        json!({"id": ID}),
        json!({"status": "completed"}),
        json!({"id": "", "status": "completed"}),
        json!({"id": ID, "status": null}),
        // The wrapper is not the task: whoever asks takes `data` out of it.
        json!({"data": {"id": ID, "status": "completed"}}),
    ] {
        assert_eq!(task_report(&task, "image.generate"), None, "{task}");
    }
}
