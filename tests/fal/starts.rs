use crate::{ID, TASK_ID, about, fal};
use serde_json::{Value, json};
use taskwire::api::request::kinds::parse;
use taskwire::domain::id::TaskKey;
use taskwire::domain::task::Links;
use taskwire::error::Code;
use taskwire::provider::call::{Call, Order, TaskRef};
use taskwire::provider::refusal::refusal;
use taskwire::provider::registry::PROVIDERS;

fn call(model: &str, input: &Value, webhook_url: Option<&str>) -> Call {
    let body = json!({"provider": "fal", "model": model, "input": input}).to_string();
    let request = parse(PROVIDERS, body.as_bytes()).expect("a good request");
    let key = TaskKey::new(0, [1; 12]);
    fal().start(&Order { request: &request, user_id: "ada", key: &key, webhook_url })
}

#[test]
fn the_body_is_the_input_and_the_webhook_is_in_the_query() {
    let input = json!({"prompt": "a fox", "seed": 196_619_188_014_358_660_u64});
    let started =
        call("fal-ai/flux/dev", &input, Some("https://a.example/webhooks/fal/v1.a-b.c_d"));
    assert_eq!(started.method, "POST");
    let webhook = "https%3A%2F%2Fa.example%2Fwebhooks%2Ffal%2Fv1.a-b.c_d";
    assert_eq!(started.path, format!("/fal-ai/flux/dev?fal_webhook={webhook}"));
    assert_eq!(started.body.as_deref(), Some(r#"{"prompt":"a fox","seed":196619188014358660}"#));
    assert_eq!(call("fal-ai/flux", &json!({}), None).path, "/fal-ai/flux");
}

#[test]
fn a_name_of_a_model_that_is_none_is_refused() {
    for model in
        ["flux", "fal-ai/", "../flux", "fal-ai/flux?x=1", "fal-ai/flux:1", "a/b/requests/c"]
    {
        let body = json!({"provider": "fal", "model": model, "input": {}}).to_string();
        let error = parse(PROVIDERS, body.as_bytes()).unwrap_err();
        assert_eq!((error.code, error.issues[0].path.as_str()), (Code::ValidationError, "model"));
    }
}

#[test]
fn the_answer_has_the_id_and_where_to_ask() {
    let at = "https://queue.fal.run/fal-ai/flux/requests/1";
    let answer = json!({"request_id": ID, "status": "IN_QUEUE", "queue_position": 3,
        "response_url": at, "status_url": format!("{at}/status"), "cancel_url": format!("{at}/cancel")});
    let started = fal().started(answer.to_string().as_bytes()).expect("a start");
    assert_eq!(started.id, TASK_ID);
    let links = started.links.expect("links");
    assert_eq!(links.result.as_deref(), Some(at));
    assert_eq!(links.cancel, Some(format!("{at}/cancel")));
    for bad in ["", "{}", "<html>", r#"{"request_id":"../x"}"#, r#"{"request_id":7}"#] {
        assert_eq!(fal().started(bad.as_bytes()), None, "{bad}");
    }
}

#[test]
fn it_is_asked_and_canceled_where_it_said_or_by_its_application() {
    let path = |call: Option<Call>| call.map(|call| format!("{} {}", call.method, call.path));
    let of_model = format!("/fal-ai/flux/requests/{ID}");
    assert_eq!(path(fal().poll(&about())), Some(format!("GET {of_model}/status?logs=1")));
    assert_eq!(path(fal().cancel(&about())), Some(format!("PUT {of_model}/cancel")));
    let links = Links {
        status: Some("/w/a/b/requests/1/status".into()),
        result: Some("/w/a/b/requests/1".into()),
        cancel: Some("/w/a/b/requests/1/cancel".into()),
    };
    let linked = TaskRef { links: Some(&links), ..about() };
    assert_eq!(path(fal().poll(&linked)).as_deref(), Some("GET /w/a/b/requests/1/status?logs=1"));
    assert_eq!(path(fal().cancel(&linked)).as_deref(), Some("PUT /w/a/b/requests/1/cancel"));
    assert!(fal().poll(&TaskRef { model: None, ..about() }).is_none());
    assert!(fal().list(None).is_none(), "it has no list");
}

#[test]
fn its_errors_are_read_in_every_shape() {
    for (status, body, code) in [
        (401, r#"{"detail":"Invalid key."}"#, Code::ProviderUnauthorized),
        (403, r#"{"detail":"No access."}"#, Code::ProviderUnauthorized),
        (402, r#"{"detail":"Exhausted balance."}"#, Code::InsufficientBalance),
        (404, r#"{"detail":"Application not found"}"#, Code::ProviderRefused),
        (429, r#"{"detail":"Too many requests."}"#, Code::ProviderRateLimited),
        (503, "<h1>503</h1>", Code::ProviderUnavailable),
    ] {
        assert_eq!(refusal(status, body.as_bytes()).code, code, "{status}");
    }
    let body = r#"{"detail":[{"loc":["body","prompt"],"msg":"Field required","type":"missing"}]}"#;
    let issue = &refusal(422, body.as_bytes()).issues[0];
    assert_eq!((issue.path.as_str(), issue.message.as_str()), ("prompt", "Field required"));
}
