//! What a callback says, and what its answer means.

use serde_json::json;
use taskwire::domain::channel::callback::{Callback, Reply};
use taskwire::domain::channel::event::Generated;
use taskwire::domain::channel::state::Recorded;
use taskwire::domain::task::TaskError;
use taskwire::provider::contract::Provider;
use taskwire::provider::modelriver::ModelRiver;
use taskwire::provider::modelriver::callback::{failed_body, reply, saved_body};

const AT: &str = "2026-11-20T10:00:00.000Z";

#[test]
fn a_saved_row_is_told_with_the_data_it_holds() {
    let data = json!({"title": "Inception", "id": "the model's", "saved_at": 1});
    let expected = r#"{"data":{"id":"row_1","saved_at":"2026-11-20T10:00:00.000Z","title":"Inception"},"metadata":{"database":"d1","record_id":"row_1","table":"ai_content"},"task_id":"taskwire_row_1"}"#;
    assert_eq!(saved_body(&data, "row_1", AT).to_string(), expected);
}

#[test]
fn what_became_of_an_event_is_told_by_what_is_recorded_of_it() {
    let event = |content, error| Recorded {
        key: "task.completed".into(),
        at: 1_795_168_800_000,
        is_public: false,
        content,
        error,
        callback: Callback::default(),
        first_version: 1,
        version: 1,
    };
    let data = json!({"title": "Inception"});
    let made = Generated {
        data: data.clone(),
        event_name: None,
        customer_data: Default::default(),
        model: None,
        provider: None,
    };
    let error = TaskError::new("moderated", "No luck.");
    for (event, expected) in [
        (event(Some(made), None), saved_body(&data, "row_1", AT)),
        (event(None, Some(error)), failed_body("No luck.")),
        (event(None, None), failed_body("There was nothing to save.")),
    ] {
        assert_eq!(ModelRiver.callback_body(&event, "row_1"), expected.to_string());
    }
}

#[test]
fn the_headers_that_it_signs_and_names_with_are_read_from_each_webhook() {
    let headers = [
        "mr-signature",
        "x-modelriver-signature",
        "x-modelriver-timestamp",
        "mr-channel-id",
        "x-modelriver-callback-url",
    ];
    assert_eq!(ModelRiver.webhook_headers(), headers);
}

#[test]
fn data_that_is_no_object_is_told_as_the_result() {
    for data in [json!("Text"), json!([1]), json!(7), json!(null)] {
        let told = saved_body(&data, "row_1", AT);
        assert_eq!(told["data"], json!({"id": "row_1", "saved_at": AT, "result": data}));
    }
}

#[test]
fn a_failure_is_told_in_these_words() {
    let expected = r#"{"error":"processing_failed","message":"No data."}"#;
    assert_eq!(failed_body("No data.").to_string(), expected);
}

#[test]
fn every_status_is_delivered_worth_a_retry_or_refused() {
    for status in 0..=1000 {
        let expected = match status {
            200..300 => Reply::Delivered,
            408 | 409 | 425 | 429 | 500..600 => Reply::Retry,
            _ => Reply::Refused,
        };
        assert_eq!(reply(status), expected, "{status}");
    }
    assert_eq!([reply(302), reply(308), reply(404)], [Reply::Refused; 3]);
}
