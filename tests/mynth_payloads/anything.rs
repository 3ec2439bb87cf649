//! Whatever comes in: nothing panics, and what is read is within bounds.

use crate::parse;
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, Strategy, any, proptest};
use proptest::sample::select;
use serde_json::Value;
use taskwire::domain::id::is_plain_id;
use taskwire::domain::task::apply::{Input, apply};
use taskwire::domain::task::state::RoomState;
use taskwire::provider::event::Event;
use taskwire::provider::mynth::result::task_report;
use taskwire::provider::mynth::start::started;
use taskwire::provider::refusal::refusal;

/// Words that the readers look for, so that random trees get past the first test.
const WORDS: [&str; 30] = [
    "event",
    "type",
    "task",
    "data",
    "id",
    "task_id",
    "taskId",
    "status",
    "result",
    "images",
    "url",
    "mynth_url",
    "error",
    "errors",
    "code",
    "message",
    "cost",
    "total",
    "request",
    "metadata",
    "imageRowIds",
    "issues",
    "path",
    "model",
    "completed",
    "failed",
    "success",
    "tsk_1",
    "task.image.generate.completed",
    "task.image.generate.failed",
];

#[path = "../support/tree.rs"]
mod trees;

fn tree() -> impl Strategy<Value = Value> {
    trees::tree(&WORDS)
}

fn read_all(body: &[u8]) {
    if let Ok(Event::Task(report)) = parse(body) {
        assert!(is_plain_id(&report.task_id));
        let input = Input::Report { delivery: Some("evt_1".into()), report: Box::new(report) };
        let room = apply(&RoomState::default(), input, 0).state;
        let text = serde_json::to_string(&room).expect("plain JSON");
        assert_eq!(serde_json::from_str::<RoomState>(&text).expect("the same"), room);
    }
    if let Some(started) = started(body) {
        assert!(is_plain_id(&started.id));
    }
    for status in [400, 402, 429, 500] {
        assert!(refusal(status, body).issues.len() <= 20);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 4_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_the_bytes_nothing_panics(body in vec(any::<u8>(), 0..200)) {
        read_all(&body);
    }

    #[test]
    fn whatever_the_json_nothing_panics(tree in tree()) {
        let _ = task_report(&tree, "image.generate");
        read_all(tree.to_string().as_bytes());
    }

    #[test]
    fn whatever_an_event_holds_nothing_panics_and_storage_gives_it_back(
        inner in tree(), kind in select(vec!["image.generate", "image.rate"]),
        ending in select(vec!["completed", "failed", "other"]),
    ) {
        let name = format!("task.{kind}.{ending}");
        let task = serde_json::json!({"id": "tsk_1", "result": inner, "cost": inner, "errors": inner});
        read_all(serde_json::json!({"type": name, "data": task}).to_string().as_bytes());
        read_all(serde_json::json!({"event": name, "task": task, "result": inner}).to_string().as_bytes());
    }
}

#[test]
fn a_body_that_is_nested_too_deep_is_refused_or_survives_storage() {
    for depth in [10, 60, 100, 110, 115, 118, 120, 122, 124, 126, 127, 128, 200, 100_000] {
        let nested = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let body = format!(
            r#"{{"event":"task.image.rate.completed","task":{{"id":"tsk_1"}},"result":{{"a":{nested}}}}}"#
        );
        read_all(body.as_bytes());
    }
}
