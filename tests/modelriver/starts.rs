//! The start call: what is sent, and the channel or refusal that comes back.

use crate::{ID, map};
use serde_json::json;
use taskwire::api::request::kinds::parse_as;
use taskwire::domain::id::TaskKey;
use taskwire::error::{Code, Issue};
use taskwire::provider::call::{Call, Order};
use taskwire::provider::contract::Provider;
use taskwire::provider::modelriver::start::started;
use taskwire::provider::modelriver::{ModelRiver, request};
use taskwire::provider::refusal::refusal;

#[test]
fn the_body_of_a_start_is_this() {
    let messages = json!([{"role": "user", "content": "Suggest a film"}]);
    let asked = json!({"workflow": "movies", "messages": messages});
    let mut request = parse_as(&request::KINDS[0], asked.to_string().as_bytes()).expect("good");
    // Nobody gets so far as to say whose it is; and it would not help.
    request.metadata = map(json!({"category": "film", "user_id": "someone else"}));
    let key = TaskKey::new(0, [7; 12]);
    let order = Order { request: &request, user_id: "u1", key: &key, webhook_url: None };
    let expected = r#"{"messages":[{"content":"Suggest a film","role":"user"}],"metadata":{"category":"film","taskwire_intent":"000000000000BwcHBwcHBwcHBwcH","user_id":"u1"},"user_id":"u1","workflow":"movies"}"#;
    let call = Call { body: Some(expected.into()), ..Call::bare("POST", "/v1/ai/async") };
    assert_eq!(ModelRiver.start(&order), call);
}

#[test]
fn the_reply_names_the_channel_wrapped_or_not() {
    for reply in [
        r#"{"message":"ok","status":"pending","channel_id":"$ID","ws_token":"t","websocket_url":"wss://x","websocket_channel":"c"}"#,
        r#"{"data":{"message":"ok","status":"pending","channel_id":"$ID"}}"#,
        r#"{"data":null,"channel_id":"$ID"}"#,
        r#"{"data":{},"channel_id":"$ID"}"#,
    ] {
        let started = started(reply.replace("$ID", ID).as_bytes()).expect(reply);
        assert_eq!((started.id.as_str(), started.access), (ID, None), "{reply}");
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
        assert_eq!(started(reply.as_bytes()), None, "{reply}");
    }
}

#[test]
fn a_refusal_is_passed_on_where_it_is_about_the_request() {
    for body in [
        r#"{"error":"Unknown workflow"}"#,
        r#"{"error":{"message":"Unknown workflow"}}"#,
        r#"{"message":"Unknown workflow"}"#,
        r#"{"error":{},"message":"Unknown workflow"}"#,
        r#"{"error":"validation_error","message":"Unknown workflow"}"#,
        r#"{"error":"validation_error","message":"Unknown workflow","issues":[]}"#,
    ] {
        let error = refusal(400, body.as_bytes());
        assert_eq!(error.code, Code::ValidationError);
        assert_eq!(error.issues, [Issue::new("", "Unknown workflow")], "{body}");
    }
    let body = r#"{"error":"validation_error","message":"The request is not valid.",
        "issues":[{"path":"messages.0","message":"Expected {role, content}"}]}"#;
    let error = refusal(400, body.as_bytes());
    assert_eq!(error.issues, [Issue::new("messages.0", "Expected {role, content}")]);
    let error = refusal(401, br#"{"message":"key mr_live_1"}"#);
    assert_eq!(error.code, Code::ProviderUnauthorized);
    assert!(!error.body().contains("mr_live"));
}
