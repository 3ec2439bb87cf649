//! What a start call answers: an id, or a refusal.

use crate::ID;
use taskwire::domain::task::PublicToken;
use taskwire::error::{ApiError, Code, Issue};
use taskwire::provider::mynth::start::started;
use taskwire::provider::refusal::refusal;

#[test]
fn every_generation_of_the_reply_names_the_task() {
    for reply in [
        r#"{"taskId":"$ID"}"#,
        r#"{"taskId":"$ID","access":{"publicAccessToken":"pat_1"}}"#,
        r#"{"data":{"taskId":"$ID","estimatedCost":"0.03","access":{"publicAccessToken":"pat_1"}}}"#,
        r#"{"data":{"task_id":"$ID","estimated_cost":"0.03","public_access_token":"pat_1"}}"#,
        r#"{"data":{"task_id":null,"taskId":"$ID"}}"#,
        r#"{"data":null,"taskId":"$ID"}"#,
        r#"{"data":{},"taskId":"$ID"}"#,
    ] {
        let started = started(reply.replace("$ID", ID).as_bytes()).expect(reply);
        assert_eq!(started.id, ID, "{reply}");
        let token = reply.contains("pat_1").then(|| PublicToken::new("pat_1".into()));
        assert_eq!(started.access, token, "{reply}");
        let cost = reply.contains("0.03").then(|| "0.03".to_owned());
        assert_eq!(started.estimated_cost, cost, "{reply}");
    }
}

#[test]
fn an_estimate_in_a_reply_is_handed_on_as_it_is_written() {
    for (written, expected) in [
        (r#""0.01250000""#, Some("0.01250000")),
        (r#""-1""#, Some("-1")),
        (r#""free""#, Some("free")),
        ("0.03", Some("0.03")),
        ("null", None),
        (r#""""#, None),
        ("{}", None),
    ] {
        let reply = format!(r#"{{"data":{{"task_id":"{ID}","estimated_cost":{written}}}}}"#);
        let started = started(reply.as_bytes()).expect("a start");
        assert_eq!(started.estimated_cost.as_deref(), expected, "{written}");
    }
}

#[test]
fn a_public_token_is_handed_on_and_never_printed() {
    let token = PublicToken::new("pat_secret".into());
    assert_eq!(token.expose(), "pat_secret");
    assert_eq!(format!("{token:?}"), "PublicToken(redacted)");
}

#[test]
fn a_reply_that_names_no_task_starts_nothing() {
    for reply in [
        "",
        "{",
        "null",
        "[]",
        "{}",
        r#"{"data":{}}"#,
        r#"{"taskId":""}"#,
        r#"{"taskId":7}"#,
        r#"{"taskId":"a/b"}"#,
        r#"{"data":{"task_id":"../x"}}"#,
        "<html>ok</html>",
    ] {
        assert_eq!(started(reply.as_bytes()), None, "{reply}");
    }
}

fn issues(error: &ApiError) -> Vec<(&str, &str)> {
    error.issues.iter().map(|Issue { path, message }| (path.as_str(), message.as_str())).collect()
}

#[test]
fn a_complaint_about_the_request_is_passed_on_in_each_of_its_three_shapes() {
    for (body, expected) in [
        (r#"{"error":"Prompt is too long"}"#, vec![("", "Prompt is too long")]),
        (
            r#"{"error":"Prompt is too long","code":"validation_error"}"#,
            vec![("", "Prompt is too long")],
        ),
        (
            r#"{"error":{"code":"VALIDATION_ERROR","message":"Unknown size","field":"size"}}"#,
            vec![("size", "Unknown size")],
        ),
        (
            r#"{"error":{"code":"validation_error","message":"Invalid","issues":[{"path":"count","message":"too many"},{"path":"size","message":"unknown"},{"odd":1}]}}"#,
            vec![("count", "too many"), ("size", "unknown")],
        ),
        (
            r#"{"error":{"code":"validation_error","message":"Invalid","issues":[]}}"#,
            vec![("", "Invalid")],
        ),
        (r#"{"message":"No messages"}"#, vec![("", "No messages")]),
        ("<html>", vec![("", "The provider did not accept the request.")]),
        ("", vec![("", "The provider did not accept the request.")]),
    ] {
        for status in [400, 422] {
            let error = refusal(status, body.as_bytes());
            assert_eq!(error.code, Code::ValidationError, "{body}");
            assert_eq!(issues(&error), expected, "{body}");
        }
    }
}

#[test]
fn a_complaint_is_passed_on_at_a_bounded_length() {
    let issue = format!(r#"{{"path":"p","message":"{}"}}"#, "é".repeat(1_000));
    let many = vec![issue; 50].join(",");
    let error = refusal(400, format!(r#"{{"error":{{"issues":[{many}]}}}}"#).as_bytes());
    assert_eq!(error.issues.len(), 20);
    assert_eq!(error.issues[0].message.chars().count(), 300);
}

#[test]
fn anything_else_is_said_in_our_words_whatever_the_case_of_the_code() {
    let secret = "key mak_live_1 of team 7";
    for (status, code, expected, shown) in [
        (401, "unauthorized", Code::ProviderUnauthorized, 502),
        (401, "token_expired", Code::ProviderUnauthorized, 502),
        (402, "insufficient_balance", Code::InsufficientBalance, 502),
        (402, "spending_limit_exceeded", Code::SpendingLimitExceeded, 502),
        (402, "SPENDING_LIMIT_EXCEEDED", Code::SpendingLimitExceeded, 502),
        (403, "forbidden", Code::ProviderUnauthorized, 502),
        (404, "not_found", Code::ProviderRefused, 502),
        (409, "conflict", Code::ProviderRefused, 502),
        (429, "rate_limited", Code::ProviderRateLimited, 429),
        (500, "internal", Code::ProviderUnavailable, 503),
        (502, "bad_gateway", Code::ProviderUnavailable, 503),
        (503, "unavailable", Code::ProviderUnavailable, 503),
        (302, "moved", Code::ProviderRefused, 502),
    ] {
        for body in [
            format!(r#"{{"error":"{secret}","code":"{code}"}}"#),
            format!(r#"{{"error":{{"code":"{code}","message":"{secret}"}}}}"#),
            format!(
                r#"{{"error":{{"code":"{code}","message":"{secret}","issues":[{{"path":"x","message":"{secret}"}}]}}}}"#
            ),
        ] {
            let error = refusal(status, body.as_bytes());
            assert_eq!((error.code, error.status()), (expected, shown), "{status} {body}");
            assert!(!error.body().contains("mak_"), "{status} {body}");
        }
    }
    for (status, expected) in [
        (402, Code::InsufficientBalance),
        (500, Code::ProviderUnavailable),
        (502, Code::ProviderUnavailable),
        (404, Code::ProviderRefused),
    ] {
        assert_eq!(refusal(status, b"<html><h1>nginx</h1></html>").code, expected);
    }
}
