use crate::{AT, ID, TASK_ID, key, replicate, webhook};
use serde_json::{Value, json};
use taskwire::api::request::kinds::parse;
use taskwire::domain::task::start_request::StartRequest;
use taskwire::domain::task::{Links, Task};
use taskwire::error::{ApiError, Code};
use taskwire::provider::call::{Call, Order, TaskRef};
use taskwire::provider::refusal::refusal;
use taskwire::provider::registry::PROVIDERS;

fn read(body: &Value) -> Result<StartRequest, ApiError> {
    parse(PROVIDERS, body.to_string().as_bytes())
}

fn request(model: &str, input: Value) -> StartRequest {
    read(&json!({"provider": "replicate", "model": model, "input": input})).expect("a good request")
}

fn call(request: &StartRequest, webhook_url: Option<&str>) -> Call {
    replicate().start(&Order { request, user_id: "ada", key: &key(), webhook_url })
}

#[test]
fn a_model_is_started_by_its_name_and_a_version_by_its_own() {
    let input = json!({"prompt": "a fox", "seed": 196_619_188_014_358_660_u64});
    let named = request("owner/name", input.clone());
    assert_eq!((named.kind, named.prompt.as_deref()), ("replicate.prediction", Some("a fox")));
    let url = webhook();
    let call_named = call(&named, Some(&url));
    assert_eq!(
        (call_named.method, call_named.path.as_str()),
        ("POST", "/models/owner/name/predictions")
    );
    let text = call_named.body.expect("a body");
    assert!(text.contains(r#""seed":196619188014358660"#), "digit by digit: {text}");
    let body: Value = serde_json::from_str(&text).unwrap();
    let events = json!(["start", "logs", "completed"]);
    let expected = json!({"input": input, "webhook": url, "webhook_events_filter": events});
    assert_eq!(body, expected);

    let versioned = call(&request("owner/name:5c7d", json!({})), None);
    assert_eq!(versioned.path, "/predictions");
    assert_eq!(versioned.body.as_deref(), Some(r#"{"input":{},"version":"5c7d"}"#));
}

#[test]
fn a_body_that_is_wrong_is_refused_field_by_field() {
    let paths = |body: Value| -> Vec<String> {
        let error = read(&body).expect_err("it was taken");
        assert_eq!((error.code, error.status()), (Code::ValidationError, 422), "{body}");
        error.issues.into_iter().map(|issue| issue.path).collect()
    };
    let start = |model: Value, input: Value| json!({"provider": "replicate", "model": model, "input": input});
    for (body, expected) in [
        (json!({"provider": "replicate"}), vec!["model", "input"]),
        (start(json!("no-name"), json!({})), vec!["model"]),
        (start(json!(7), json!([])), vec!["model", "input"]),
        (start(json!("a/b"), json!("x")), vec!["input"]),
        (start(json!("../a"), json!({})), vec!["model"]),
        (start(json!("a/b"), json!({"x": "y".repeat(256 * 1024)})), vec!["input"]),
        (json!({"provider": "replicate", "model": "a/b", "input": {}, "kind": "x"}), vec!["kind"]),
    ] {
        assert_eq!(paths(body), expected);
    }
    // With the quotes of the text, the name and the braces.
    let most = 256 * 1024 - r#"{"x":""}"#.len();
    assert!(read(&start(json!("a/b"), json!({"x": "y".repeat(most)}))).is_ok());
    let nested = (0..80).fold(json!(1), |inner, _| json!([inner]));
    assert_eq!(paths(start(json!("a/b"), json!({"x": nested}))), ["input"]);
}

#[test]
fn a_provider_that_is_unknown_or_runs_no_models_is_refused_with_the_list() {
    for name in ["nobody", "mynth", "modelriver", ""] {
        let error = read(&json!({"provider": name, "model": "a/b", "input": {}})).unwrap_err();
        assert_eq!(error.issues[0].path, "provider");
        assert!(error.message.contains("must be one of") && error.message.contains("replicate"));
    }
    let by_kind = json!({"kind": "replicate.prediction", "request": {"model": "a/b", "input": {}}});
    assert_eq!(read(&by_kind).unwrap_err().issues[0].path, "kind");
}

#[test]
fn a_prompt_that_is_no_text_is_none_and_a_long_one_is_shortened() {
    for input in [json!({"prompt": 7}), json!({"prompt": ["a"]}), json!({"prompt": ""}), json!({})]
    {
        assert_eq!(request("a/b", input).prompt, None);
    }
    let long = request("a/b", json!({"prompt": "é".repeat(9000)}));
    assert_eq!(long.prompt, Some("é".repeat(8192)));
    assert_eq!(long.passed_on["prompt"], "é".repeat(9000));
}

#[test]
fn the_answer_has_the_id_and_where_to_ask() {
    let answer = json!({"id": ID, "status": "starting", "urls": {
        "get": "https://api.replicate.com/v1/predictions/x",
        "cancel": "https://api.replicate.com/v1/predictions/x/cancel"}});
    let started = replicate().started(answer.to_string().as_bytes()).expect("a start");
    assert_eq!(started.id, TASK_ID);
    let links = started.links.expect("links");
    assert_eq!(links.status.as_deref(), Some("https://api.replicate.com/v1/predictions/x"));
    for bad in ["", "{}", "<html>", r#"{"id":"../x"}"#, r#"{"id":""}"#, r#"{"id":7}"#] {
        assert_eq!(replicate().started(bad.as_bytes()), None, "{bad}");
    }
}

#[test]
fn it_is_asked_and_canceled_where_it_said_or_by_its_id() {
    let bare = TaskRef { task_id: TASK_ID, kind: "replicate.prediction", model: None, links: None };
    let path = |call: Option<Call>| call.map(|call| format!("{} {}", call.method, call.path));
    assert_eq!(path(replicate().poll(&bare)), Some(format!("GET /predictions/{ID}")));
    assert_eq!(path(replicate().cancel(&bare)), Some(format!("POST /predictions/{ID}/cancel")));
    let links =
        Links { status: Some("/p/1".into()), cancel: Some("/p/1/stop".into()), result: None };
    let linked = TaskRef { links: Some(&links), ..bare };
    assert_eq!(path(replicate().poll(&linked)).as_deref(), Some("GET /p/1"));
    assert_eq!(path(replicate().cancel(&linked)).as_deref(), Some("POST /p/1/stop"));
    let others = TaskRef { task_id: "tsk_1", ..bare };
    assert!(replicate().poll(&others).is_none() && replicate().cancel(&others).is_none());
}

#[test]
fn lost_starts_are_found_in_the_list_by_the_address_of_their_webhook() {
    let page = json!({"previous": null,
        "next": "https://api.replicate.com/v1/predictions?cursor=cD0yMD%3D%3D&x=1",
        "results": [
            {"id": "one", "created_at": "2026-11-20T10:00:05.000000Z", "webhook": webhook()},
            {"id": "two", "created_at": "2026-11-20T10:00:04.123456Z"},
            {"id": "three", "webhook": "https://other.example/hook"},
            {"id": "../x"}, null]});
    let listing = replicate().listed(page.to_string().as_bytes()).expect("a page");
    let found: Vec<_> =
        listing.tasks.iter().map(|it| (it.id.as_str(), it.created_at, it.key.clone())).collect();
    let expected = [
        ("rep_one", Some(AT + 5000), Some(key())),
        ("rep_two", Some(AT + 4123), None),
        ("rep_three", None, None),
    ];
    assert_eq!(found, expected);
    let path = |after: Option<&str>| replicate().list(after).expect("a call").path;
    assert_eq!(path(None), "/predictions");
    assert_eq!(path(listing.next.as_deref()), "/predictions?cursor=cD0yMD%3D%3D");
    assert_eq!(replicate().listed(br#"{"results":[],"next":null}"#).unwrap().next, None);
    assert!(replicate().listed(b"[]").is_none() && replicate().listed(b"<html>").is_none());
    let task: Task = request("a/b", json!({})).task("ada", key(), AT);
    assert!(replicate().finds(&task));
}

#[test]
fn its_errors_are_read_in_every_shape() {
    for (status, body, code) in [
        (
            401,
            r#"{"title":"Unauthenticated","detail":"No.","status":401}"#,
            Code::ProviderUnauthorized,
        ),
        (
            402,
            r#"{"title":"Insufficient credit","detail":"No.","status":402}"#,
            Code::InsufficientBalance,
        ),
        (404, r#"{"detail":"The requested resource could not be found."}"#, Code::ProviderRefused),
        (
            422,
            r#"{"detail":"- input.prompt: wrong","invalid_fields":[{"field":"input.prompt","description":"wrong"}]}"#,
            Code::ValidationError,
        ),
        (429, r#"{"detail":"Request was throttled."}"#, Code::ProviderRateLimited),
        (500, "<h1>500</h1>", Code::ProviderUnavailable),
    ] {
        assert_eq!(refusal(status, body.as_bytes()).code, code, "{status}");
    }
}
