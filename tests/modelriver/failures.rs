//! Webhook bodies that say that nothing was made.

use crate::{ID, NONE, error, event, generated, parse};
use serde_json::json;
use taskwire::provider::event::Event;

#[test]
fn an_error_is_told_in_each_of_its_shapes() {
    for (fields, code, message) in [
        (r#""error":"The model is away.""#, "generation_failed", "The model is away."),
        (r#""error":{"message":"Away."}"#, "generation_failed", "Away."),
        (r#""error":{"message":"Away.","code":"MODEL_AWAY"}"#, "model_away", "Away."),
        (r#""error":{"code":"MODEL_AWAY"}"#, "model_away", "Model away."),
        (r#""error":"MODEL_AWAY""#, "model_away", "Model away."),
        (r#""error":{"code":"not a code","message":"M."}"#, "generation_failed", "M."),
        (r#""error":{"code":429}"#, "generation_failed", "Generation failed."),
        (r#""status":"error""#, "generation_failed", "The provider gave no reason."),
        (r#""status":"failed","error":null"#, "generation_failed", "The provider gave no reason."),
        (r#""status":"error","message":"Away.","code":"AWAY""#, "away", "Away."),
        (
            r#""status":"error","data":{"title":"T"}"#,
            "generation_failed",
            "The provider gave no reason.",
        ),
        (
            r#""status":"success","error":"Away now.","data":{"title":"T"}"#,
            "generation_failed",
            "Away now.",
        ),
    ] {
        for kind in ["task.completed", "task.ai_generated", "task.failed", "workflow.error"] {
            let told = event(&format!(r#"{{"type":"{kind}","channel_id":"$ID",{fields}}}"#));
            assert_eq!(error(&told), (code, message), "{kind} {fields}");
            assert_eq!((told.kind.as_str(), told.channel_id.as_str()), (kind, ID));
        }
    }
    let within =
        r#"{"data":{"type":"task.ai_generated","channel_id":"$ID","error":{"message":"Away."}}}"#;
    assert_eq!(error(&event(within)), ("generation_failed", "Away."));
}

#[test]
fn a_failed_event_keeps_its_callback() {
    let body = json!({"type": "task.completed", "channel_id": ID, "status": "error",
        "callback_url": "https://api.modelriver.com/v1/callback/1"});
    assert!(event(&body.to_string()).callback_url.is_some());
}

#[test]
fn a_type_that_ends_in_failed_is_a_failure_whatever_else_it_says() {
    for kind in ["task.failed", "task.error", "workflow.run.failed"] {
        let body = json!({"type": kind, "channel_id": ID, "status": "success", "data": {"a": 1}});
        assert_eq!(error(&event(&body.to_string())).0, "generation_failed", "{kind}");
    }
    let other = parse(br#"{"type":"invoice.failed"}"#, &NONE);
    assert_eq!(other, Ok(Event::Other { name: "invoice.failed".into() }));
}

#[test]
fn an_empty_error_is_none() {
    for hollow in ["null", "false", r#""""#, "{}", "[]"] {
        let body = format!(
            r#"{{"type":"task.completed","channel_id":"$ID","data":{{"a":1}},"error":{hollow}}}"#
        );
        assert_eq!(generated(&event(&body)).data, json!({"a": 1}), "{hollow}");
    }
}

#[test]
fn a_success_without_any_data_has_failed() {
    for body in [
        r#"{"type":"task.completed","channel_id":"$ID","status":"success"}"#,
        r#"{"type":"task.completed","channel_id":"$ID","data":null}"#,
        r#"{"data":{"type":"task.completed","channel_id":"$ID"}}"#,
        r#"{"type":"task.ai_generated","channel_id":"$ID"}"#,
        r#"{"type":"task.ai_generated","channel_id":"$ID","data":{"title":"T"}}"#,
        r#"{"type":"task.ai_generated","channel_id":"$ID","ai_response":null}"#,
        r#"{"type":"task.ai_generated","channel_id":"$ID","ai_response":{}}"#,
        r#"{"type":"task.ai_generated","channel_id":"$ID","ai_response":{"meta":{"model":"m"}}}"#,
        r#"{"type":"task.ai_generated","channel_id":"$ID","ai_response":{"data":null,"x":1}}"#,
    ] {
        assert_eq!(error(&event(body)).0, "missing_result", "{body}");
    }
}
