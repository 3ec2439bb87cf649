//! Whatever comes in: nothing panics, and what is read is within bounds.

use crate::{Headers, parse};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::{ProptestConfig, Strategy, any, proptest};
use serde_json::{Value, json};
use taskwire::domain::channel::columns::{body, category, title, user_id};
use taskwire::domain::channel::event::{ChannelEvent, Outcome};
use taskwire::domain::id::is_plain_id;
use taskwire::provider::event::Event;
use taskwire::provider::modelriver::callback::saved_body;
use taskwire::provider::modelriver::start::started;

/// Words that the readers look for, so that random trees get past the first test.
const WORDS: [&str; 24] = [
    "type",
    "data",
    "event",
    "workflow",
    "channel_id",
    "ai_response",
    "meta",
    "model",
    "provider",
    "customer_data",
    "user_id",
    "category",
    "callback_url",
    "callback_required",
    "status",
    "error",
    "code",
    "message",
    "choices",
    "content",
    "title",
    "task.ai_generated",
    "task.completed",
    "ch_1",
];

#[path = "../support/tree.rs"]
mod trees;

fn tree() -> impl Strategy<Value = Value> {
    trees::tree(&WORDS)
}

fn read_all(bytes: &[u8], headers: &Headers) {
    if let Ok(Event::Channel(event)) = parse(bytes, headers) {
        assert!(is_plain_id(&event.channel_id));
        assert!((1..=128).contains(&event.kind.chars().count()));
        let text = serde_json::to_string(&event).expect("plain JSON");
        assert_eq!(serde_json::from_str::<ChannelEvent>(&text).expect("the same"), event);
        if let Outcome::Generated(made) = event.outcome {
            assert!((1..=500).contains(&title(&made.data).chars().count()));
            assert!(!category(&made.customer_data).is_empty());
            assert!(user_id(&made.customer_data).is_none_or(|id| !id.is_empty()));
            let _ = body(&made.data);
            assert_eq!(saved_body(&made.data, "row_1", "now")["data"]["id"], "row_1");
        }
    }
    if let Some(started) = started(bytes) {
        assert!(is_plain_id(&started.id));
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 4_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_the_bytes_nothing_panics(
        bytes in vec(any::<u8>(), 0..200), id in of(any::<String>()), url in of(any::<String>()),
    ) {
        read_all(&bytes, &Headers { channel_id: id.as_deref(), callback_url: url.as_deref() });
    }

    #[test]
    fn whatever_the_json_nothing_panics_and_storage_gives_it_back(tree in tree(), inner in tree()) {
        let headers = Headers { channel_id: Some("ch_1"), callback_url: None };
        read_all(tree.to_string().as_bytes(), &headers);
        for kind in ["task.completed", "task.ai_generated", "task.failed"] {
            let body = json!({"type": kind, "data": tree, "ai_response": inner, "error": null,
                "customer_data": inner, "meta": inner});
            read_all(body.to_string().as_bytes(), &headers);
            let body = json!({"data": {"type": kind, "data": tree, "error": inner}});
            read_all(body.to_string().as_bytes(), &headers);
        }
    }
}

#[test]
fn a_body_that_is_nested_too_deep_is_refused_or_survives_storage() {
    for depth in [10, 60, 64, 65, 100, 118, 124, 125, 126, 127, 128, 200, 100_000] {
        let nested = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        for field in ["data", "customer_data", "ai_response", "error"] {
            let value = format!(r#"{{"a":{nested}}}"#);
            let body =
                format!(r#"{{"type":"task.completed","channel_id":"ch_1","{field}":{value}}}"#);
            read_all(body.as_bytes(), &Headers::default());
            let body = body.replace("task.completed", "task.ai_generated");
            read_all(body.as_bytes(), &Headers::default());
        }
    }
}
