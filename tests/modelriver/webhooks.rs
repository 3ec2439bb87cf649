//! Webhook bodies that say what a model made, and those that say nothing we know.

use crate::{Headers, ID, NONE, event, event_with, generated, map, parse};
use serde_json::json;
use taskwire::domain::channel::event::{Generated, Outcome};
use taskwire::domain::id::TaskKey;
use taskwire::provider::event::Event;
use taskwire::provider::malformed::Malformed;

const CALLBACK: &str = "https://api.modelriver.com/v1/callback/1";

const EVENT_DRIVEN: &str = r#"{"type":"task.ai_generated","event":"new_movie_suggestion","channel_id":"$ID",
  "ai_response":{"data":{"title":"Inception","description":"A dream."},"meta":{"model":"gpt-x"}},
  "callback_url":"https://api.modelriver.com/v1/callback/1","callback_required":true,
  "customer_data":{"user_id":"u1","category":"film"},
  "meta":{"model":"other","provider":"openai"},"timestamp":"2026-01-05T12:34:56.789Z"}"#;

const NESTED: &str = r#"{"channel_id":"$ID","data":{"type":"task.ai_generated","event":"new_movie_suggestion",
  "ai_response":{"data":{"title":"Inception","description":"A dream."}},
  "callback_url":"https://api.modelriver.com/v1/callback/1",
  "customer_data":{"user_id":"u1","category":"film"},"meta":{"model":"gpt-x","provider":"openai"}}}"#;

const STANDARD: &str = r#"{"type":"task.completed","workflow":"movies","status":"success","channel_id":"$ID",
  "data":{"title":"Inception","description":"A dream."},
  "meta":{"provider":"openai","model":"gpt-x","tokens":{"total":7},"duration_ms":12,"attempts":[]},
  "customer_data":{"user_id":"u1","category":"film"},"timestamp":"2026-01-05T12:34:56.789Z"}"#;

fn inception(event_name: &str) -> Generated {
    Generated {
        data: json!({"title": "Inception", "description": "A dream."}),
        event_name: Some(event_name.into()),
        customer_data: map(json!({"user_id": "u1", "category": "film"})),
        model: Some("gpt-x".into()),
        provider: Some("openai".into()),
    }
}

#[test]
fn an_event_driven_body_says_what_was_made_and_where_to_answer() {
    for body in [EVENT_DRIVEN, NESTED] {
        let event = event(body);
        assert_eq!((event.channel_id.as_str(), event.kind.as_str()), (ID, "task.ai_generated"));
        assert_eq!(generated(&event), &inception("new_movie_suggestion"));
        assert_eq!(event.callback_url.as_deref(), Some(CALLBACK));
    }
}

#[test]
fn a_standard_body_says_the_same_and_its_workflow_is_its_event() {
    let told = event(STANDARD);
    assert_eq!((told.channel_id.as_str(), told.kind.as_str()), (ID, "task.completed"));
    assert_eq!(generated(&told), &inception("movies"));
    assert_eq!(told.callback_url, None);
    let named = STANDARD.replace(r#""workflow""#, r#""event":"premiere","workflow""#);
    assert_eq!(generated(&event(&named)).event_name.as_deref(), Some("premiere"));
    let within = format!(r#"{{"data":{STANDARD}}}"#);
    assert_eq!(event(&within), told);
}

#[test]
fn a_standard_body_may_have_its_channel_in_the_data_and_then_what_was_made_is_the_response() {
    let wrapped =
        r#"{"type":"task.completed","data":{"channel_id":"$ID","response":{"title":"Inception"}}}"#;
    assert_eq!(event(wrapped).channel_id, ID);
    assert_eq!(generated(&event(wrapped)).data, json!({"title": "Inception"}));
    // The model may make a `response` of its own.
    let bare =
        r#"{"type":"task.completed","channel_id":"$ID","response":"OK","data":{"response":1}}"#;
    assert_eq!(generated(&event(bare)).data, json!({"response": 1}));
}

#[test]
fn a_raw_completion_is_kept_as_it_came() {
    let raw = json!({"choices": [{"message": {"content": "Hi"}}]});
    let body = json!({"type": "task.completed", "channel_id": ID, "data": raw}).to_string();
    assert_eq!(generated(&event(&body)).data, raw);
    let body = json!({"type": "task.ai_generated", "channel_id": ID, "ai_response": raw});
    assert_eq!(generated(&event(&body.to_string())).data, raw);
}

#[test]
fn a_response_without_a_field_for_its_data_is_the_data() {
    for (response, data) in [
        (json!({"title": "T"}), json!({"title": "T"})),
        (
            json!({"title": "T", "meta": {"model": "m"}}),
            json!({"title": "T", "meta": {"model": "m"}}),
        ),
        (json!("Text"), json!("Text")),
        (json!([1]), json!([1])),
        (json!({"data": {}}), json!({})),
        (json!({"data": "Text", "title": "T"}), json!("Text")),
    ] {
        let body = json!({"type": "task.ai_generated", "channel_id": ID, "ai_response": response});
        assert_eq!(generated(&event(&body.to_string())).data, data, "{body}");
    }
}

#[test]
fn what_the_model_wrote_names_no_channel_no_owner_and_no_callback() {
    let data = json!({
        "type": "task.ai_generated", "event": "e", "channel_id": "evil", "status": "failed",
        "error": "no", "callback_url": CALLBACK, "callback_required": false, "workflow": "w",
        "customer_data": {"user_id": "victim"}, "meta": {"model": "m"}, "ai_response": {"data": 1},
    });
    let body = json!({"type": "task.completed", "channel_id": ID, "data": data}).to_string();
    let told = event(&body);
    assert_eq!((told.channel_id.as_str(), &told.callback_url), (ID, &None));
    let expected = Generated {
        data: data.clone(),
        event_name: None,
        customer_data: map(json!({})),
        model: None,
        provider: None,
    };
    assert_eq!(generated(&told), &expected);
    let headers = Headers { callback_url: Some("https://h/"), ..NONE };
    assert_eq!(event_with(&body, &headers).callback_url.as_deref(), Some("https://h/"));
    let nameless = json!({"type": "task.completed", "data": data}).to_string();
    assert!(parse(nameless.as_bytes(), &NONE).is_err());
}

#[test]
fn headers_say_only_what_the_body_leaves_out() {
    let headers = Headers { channel_id: Some("of_header"), callback_url: Some("https://header/") };
    let told = event_with(EVENT_DRIVEN, &headers);
    assert_eq!((told.channel_id.as_str(), told.callback_url.as_deref()), (ID, Some(CALLBACK)));
    let told = event_with(NESTED, &headers);
    assert_eq!((told.channel_id.as_str(), told.callback_url.as_deref()), (ID, Some(CALLBACK)));
    let bare =
        r#"{"type":"task.ai_generated","channel_id":null,"callback_url":"","ai_response":1}"#;
    let told = event_with(bare, &headers);
    assert_eq!(told.channel_id, "of_header");
    assert_eq!(told.callback_url.as_deref(), Some("https://header/"));
    let within = r#"{"type":"task.ai_generated","data":{"channel_id":"of_data"},"ai_response":1}"#;
    assert_eq!(event_with(within, &headers).channel_id, "of_data");
    // A name that is no name is not made up for.
    for bad in [r#""a/b""#, r#""""#, "7", "{}"] {
        let body = bare.replace("null", bad);
        assert!(parse(body.as_bytes(), &headers).is_err(), "{bad}");
    }
    let empty = Headers { callback_url: Some(""), ..headers };
    assert_eq!(event_with(bare, &empty).callback_url, None);
}

#[test]
fn the_intent_comes_back_in_every_form_and_is_shown_to_nobody() {
    let key = "000000000000BwcHBwcHBwcHBwcH";
    let with = format!(r#""customer_data":{{"taskwire_intent":"{key}","#);
    for body in [EVENT_DRIVEN, NESTED, STANDARD] {
        let told = event(&body.replace(r#""customer_data":{"#, &with));
        assert_eq!(told.intent.as_ref().map(TaskKey::as_str), Some(key));
        assert_eq!(generated(&told).customer_data, inception("").customer_data);
        assert_eq!(event(body).intent, None);
    }
    let failed = STANDARD.replace("success", "error").replace(r#""customer_data":{"#, &with);
    assert!(matches!(event(&failed).outcome, Outcome::Failed { .. }));
    assert!(event(&failed).intent.is_some());
    for bad in ["", "x", "000000000000BwcHBwcHBwcHBwc'"] {
        let told = event(&EVENT_DRIVEN.replace(r#""customer_data":{"#, &with.replace(key, bad)));
        assert_eq!(told.intent, None, "{bad}");
    }
    // The model cannot name one.
    let data = json!({"customer_data": {"taskwire_intent": key}});
    let body = json!({"type": "task.completed", "channel_id": ID, "data": data}).to_string();
    assert_eq!(event(&body).intent, None);
}

#[test]
fn a_callback_that_is_not_required_is_none() {
    let headers = Headers { callback_url: Some(CALLBACK), ..NONE };
    for (from, to) in [
        (r#""callback_required":true"#, r#""callback_required":false"#),
        (r#""callback_required":true"#, r#""data":{"callback_required":false}"#),
    ] {
        assert_eq!(event_with(&EVENT_DRIVEN.replace(from, to), &headers).callback_url, None);
    }
    for kept in ["null", "0", r#""false""#] {
        let body = EVENT_DRIVEN.replace(":true", &format!(":{kept}"));
        assert_eq!(event(&body).callback_url.as_deref(), Some(CALLBACK), "{kept}");
    }
}

#[test]
fn an_event_of_an_unknown_type_is_kept_by_its_name_if_it_names_a_channel() {
    for body in [
        r#"{"type":"task.progress","channel_id":"$ID","status":"error","error":"x"}"#,
        r#"{"type":"task.progress","data":{"channel_id":"$ID"}}"#,
        r#"{"data":{"type":"task.progress","channel_id":"$ID"}}"#,
    ] {
        let told = event(body);
        assert_eq!((told.kind.as_str(), &told.outcome), ("task.progress", &Outcome::Unknown));
    }
    let long = format!(r#"{{"type":"{}","channel_id":"$ID"}}"#, "é".repeat(1_000));
    assert_eq!(event(&long).kind, "é".repeat(128));
    for body in [
        r#"{"type":"account.low_balance"}"#,
        r#"{"type":"account.low_balance","channel_id":"a/b"}"#,
        r#"{"type":"account.low_balance","data":"text"}"#,
    ] {
        let expected = Event::Other { name: "account.low_balance".into() };
        assert_eq!(parse(body.as_bytes(), &NONE), Ok(expected), "{body}");
    }
    let long = long.replace("$ID", "");
    assert_eq!(parse(long.as_bytes(), &NONE), Ok(Event::Other { name: "é".repeat(128) }));
}

#[test]
fn data_that_is_nested_too_deep_is_kept_as_text() {
    let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    for (depth, is_text) in [(63, false), (64, false), (65, true), (100, true)] {
        let body = format!(
            r#"{{"type":"task.completed","channel_id":"$ID","data":{0},"customer_data":{{"a":{0},"b":1}}}}"#,
            nested(depth)
        );
        let told = event(&body);
        let made = generated(&told);
        assert_eq!(
            (made.data.is_string(), made.customer_data["a"].is_string()),
            (is_text, is_text)
        );
        assert_eq!(made.customer_data["b"], 1);
    }
}

#[test]
fn a_malformed_body_is_refused_by_the_field_that_is_wrong() {
    let long = format!(r#"{{"type":"task.completed","channel_id":"{}"}}"#, "x".repeat(129));
    for (body, path) in [
        ("", ""),
        ("{", ""),
        ("null", ""),
        ("[]", ""),
        (r#""text""#, ""),
        ("{}", "type"),
        (r#"{"type":7,"data":{"type":""}}"#, "type"),
        (r#"{"type":"task.completed"}"#, "channel_id"),
        (r#"{"type":"task.ai_generated","data":{}}"#, "channel_id"),
        (r#"{"type":"task.failed"}"#, "channel_id"),
        (r#"{"type":"task.completed","channel_id":"a/b"}"#, "channel_id"),
        (r#"{"type":"task.completed","channel_id":7}"#, "channel_id"),
        (&long, "channel_id"),
    ] {
        let Err(Malformed { path: found, message }) = parse(body.as_bytes(), &NONE) else {
            panic!("{body} was taken")
        };
        assert_eq!(found, path, "{body}");
        assert!(message.ends_with('.'));
    }
    let kept = long.replace("xx\"", "x\"");
    assert!(parse(kept.as_bytes(), &NONE).is_ok());
}
