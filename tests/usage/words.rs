//! What a task's end comes to.

use crate::{NOW, amount, key};
use serde_json::{Map, json};
use taskwire::domain::task::{Image, START_LOST, Status, TIMEOUT, Task, TaskError};
use taskwire::domain::usage::word::{Charge, End, Word, unreadable_cost};

fn task(status: Status, cost: Option<&str>, error: Option<&str>) -> Task {
    let task: Task = serde_json::from_value(json!({
        "task_id": "tsk_1", "key": key(1), "user_id": "ada", "kind": "image.generate",
        "status": status, "version": 3, "prompt": null, "requested_model": null, "model": null,
        "error": null, "cost": cost, "metadata": Map::new(), "created_at": "2026-11-20T10:00:00.000Z",
        "updated_at": "2026-11-20T10:00:00.000Z", "images": [], "result": null,
    }))
    .expect("a task");
    let images = vec![Image::pending(&task.key, 0)];
    Task { error: error.map(|code| TaskError::new(code, "…")), images, created_at: NOW, ..task }
}

fn end(task: &Task) -> Option<(Charge, bool)> {
    let word = Word::of(task);
    assert_eq!((word.start, word.version), (key(1), task.version));
    word.end.map(|End { charge, is_final }| (charge, is_final))
}

#[test]
fn an_end_that_the_provider_names_a_cost_of_is_charged_that() {
    let cost = Some((Charge::Cost(amount("0.0125")), true));
    assert_eq!(end(&task(Status::Completed, Some("0.01250000"), None)), cost);
    let failed = task(Status::Failed, Some("0.01250000"), Some("restricted_content"));
    assert_eq!(end(&failed), cost, "a failure may have been billed");
}

#[test]
fn a_failure_without_a_cost_is_free_and_a_success_without_one_costs_what_was_reserved() {
    let failed = task(Status::Failed, None, Some("restricted_content"));
    assert_eq!(end(&failed), Some((Charge::Nothing, true)));
    assert_eq!(end(&task(Status::Completed, None, None)), Some((Charge::Reserved, true)));
    assert_eq!(end(&task(Status::Pending, None, None)), None);
}

#[test]
fn a_cost_that_is_negative_or_no_decimal_is_named_and_the_reservation_stands() {
    for cost in ["-0.01", "free", "NaN", "1e-3", ""] {
        let task = task(Status::Completed, Some(cost), None);
        assert_eq!(end(&task), Some((Charge::Reserved, true)), "{cost}");
        assert_eq!(unreadable_cost(task.cost.as_deref()), Some(cost));
    }
    assert_eq!(unreadable_cost(Some("0.01")), None);
    assert_eq!(unreadable_cost(None), None);
}

#[test]
fn an_end_of_ours_waits_for_the_providers_own_word() {
    let timeout = task(Status::Failed, None, Some(TIMEOUT));
    assert_eq!(end(&timeout), Some((Charge::Reserved, false)));
    let lost = |version, images: bool| {
        let mut task =
            Task { task_id: None, version, ..task(Status::Failed, None, Some(START_LOST)) };
        if !images {
            task.images.clear();
        }
        end(&task)
    };
    assert_eq!(lost(1, true), None, "it has not been searched for yet");
    assert_eq!(lost(2, true), Some((Charge::Nothing, false)), "the provider does not have it");
    assert_eq!(lost(2, false), Some((Charge::Reserved, false)), "nobody knows");
}
