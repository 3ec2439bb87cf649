//! What an event says.

use crate::support::{NOW, TASK_ID, new_task};
use serde_json::{Value, json};
use taskwire::domain::channel::callback::Status as Callback;
use taskwire::domain::channel::frame::Content;
use taskwire::domain::outbox::body::{MOST_BYTES, as_message, of_content, of_task};
use taskwire::domain::outbox::road::Road;
use taskwire::domain::outbox::state::{Event, Kind};
use taskwire::domain::task::Task;
use taskwire::domain::task::frame::TaskView;

fn event(kind: Kind, subject: &str) -> Event {
    Event::new(kind, subject.into(), 2, NOW, &[Road::Queue])
}

fn task() -> Task {
    Task { version: 2, ..new_task(1) }
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn it_has_the_task_as_a_read_gives_it() {
    let (event, task) = (event(Kind::Completed, TASK_ID), task());
    let body = read(&of_task(&event, Some(&task)));
    let expected = json!({
        "type": "task.completed",
        "timestamp": "2026-11-20T10:00:00.000Z",
        "data": TaskView::from(&task),
    });
    assert_eq!(body, expected);
    assert_eq!(event.id(), format!("evt_{TASK_ID}_2"));
    let message = read(&as_message(&event, &of_task(&event, Some(&task))));
    assert_eq!((&message["id"], &message["data"]), (&json!(event.id()), &expected["data"]));
}

#[test]
fn one_that_is_too_large_or_not_as_it_was_only_names_it() {
    let event = event(Kind::Failed, TASK_ID);
    let thin = json!({"taskId": TASK_ID, "version": 2, "thin": true});
    let large = Task { prompt: Some("x".repeat(MOST_BYTES)), ..task() };
    let newer = Task { version: 3, ..task() };
    for task in [Some(&large), Some(&newer), None] {
        let body = of_task(&event, task);
        assert!(body.len() <= MOST_BYTES);
        assert_eq!((&read(&body)["data"], &read(&body)["type"]), (&thin, &json!("task.failed")));
    }
    // To the byte.
    let room =
        MOST_BYTES - of_task(&event, Some(&Task { prompt: Some(String::new()), ..task() })).len();
    let with = |bytes: usize| Task { prompt: Some("x".repeat(bytes)), ..task() };
    assert_eq!(of_task(&event, Some(&with(room))).len(), MOST_BYTES);
    assert_eq!(read(&of_task(&event, Some(&with(room + 1))))["data"], thin);
}

#[test]
fn one_about_content_has_the_row_or_names_it() {
    let content = Content {
        id: "cnt_1".into(),
        title: "Inception".into(),
        body: String::new(),
        category: "general".into(),
        metadata: serde_json::Map::new(),
        data: json!({"title": "Inception"}),
        channel_id: "c1".into(),
        event_name: None,
        source: "modelriver".into(),
        user_id: Some("ada".into()),
        callback: Callback::None,
        created_at: "2026-11-20T10:00:00.000Z".into(),
    };
    let event = event(Kind::Created, "cnt_1");
    let body = read(&of_content(&event, Some(&content)));
    assert_eq!((&body["type"], &body["data"]), (&json!("content.created"), &json!(content)));
    let thin = read(&of_content(&event, None));
    assert_eq!(thin["data"], json!({"id": "cnt_1", "version": 2, "thin": true}));
}
