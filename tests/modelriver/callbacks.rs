//! What a callback says, and what its answer means.

use serde_json::json;
use taskwire::domain::channel::callback::Reply;
use taskwire::provider::modelriver::callback::{failed_body, reply, saved_body};

const AT: &str = "2026-11-20T10:00:00.000Z";

#[test]
fn a_saved_row_is_told_with_the_data_it_holds() {
    let data = json!({"title": "Inception", "id": "the model's", "saved_at": 1});
    let expected = r#"{"data":{"id":"row_1","saved_at":"2026-11-20T10:00:00.000Z","title":"Inception"},"metadata":{"database":"d1","record_id":"row_1","table":"ai_content"},"task_id":"taskwire_row_1"}"#;
    assert_eq!(saved_body(&data, "row_1", AT).to_string(), expected);
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
