//! The start call: what is sent, and the channel or refusal that comes back.

use crate::{ID, map};
use serde_json::json;
use taskwire::error::{Code, Issue};
use taskwire::provider::modelriver::start::{START_PATH, start_body, started_channel_id};
use taskwire::provider::refusal::refusal;

#[test]
fn the_body_of_a_start_is_this() {
    assert_eq!(START_PATH, "/v1/ai/async");
    let messages = json!([{"role": "user", "content": "Suggest a film"}]);
    let own = map(json!({"category": "film", "user_id": "someone else"}));
    let expected = r#"{"messages":[{"content":"Suggest a film","role":"user"}],"metadata":{"category":"film","user_id":"u1"},"user_id":"u1","workflow":"movies"}"#;
    assert_eq!(start_body("movies", &messages, &own, "u1").to_string(), expected);
}

#[test]
fn the_reply_names_the_channel_wrapped_or_not() {
    for reply in [
        r#"{"message":"ok","status":"pending","channel_id":"$ID","ws_token":"t","websocket_url":"wss://x","websocket_channel":"c"}"#,
        r#"{"data":{"message":"ok","status":"pending","channel_id":"$ID"}}"#,
        r#"{"data":null,"channel_id":"$ID"}"#,
        r#"{"data":{},"channel_id":"$ID"}"#,
    ] {
        let id = started_channel_id(reply.replace("$ID", ID).as_bytes());
        assert_eq!(id.as_deref(), Some(ID), "{reply}");
    }
    for reply in [
        "",
        "null",
        "[]",
        "{}",
        r#"{"channel_id":""}"#,
        r#"{"channel_id":7}"#,
        r#"{"channel_id":"a/b"}"#,
        r#"{"data":{"channel_id":"../x"}}"#,
        "<html>ok</html>",
    ] {
        assert_eq!(started_channel_id(reply.as_bytes()), None, "{reply}");
    }
}

#[test]
fn a_refusal_is_passed_on_where_it_is_about_the_request() {
    for body in [
        r#"{"error":"Unknown workflow"}"#,
        r#"{"error":{"message":"Unknown workflow"}}"#,
        r#"{"message":"Unknown workflow"}"#,
        r#"{"error":{},"message":"Unknown workflow"}"#,
    ] {
        let error = refusal(400, body.as_bytes());
        assert_eq!(error.code, Code::ValidationError);
        assert_eq!(error.issues, [Issue::new("", "Unknown workflow")], "{body}");
    }
    let error = refusal(401, br#"{"message":"key mr_live_1"}"#);
    assert_eq!(error.code, Code::ProviderUnauthorized);
    assert!(!error.body().contains("mr_live"));
}
