//! `POST /tasks` and `POST /generate/batch`: what each kind takes, what the provider is sent, and
//! how large a batch may be.

mod support;

use proptest::prelude::{ProptestConfig, any, proptest};
use serde_json::{Value, json};
use support::{NOW, key};
use taskwire::domain::task::Status;
use taskwire::error::{ApiError, Code};
use taskwire::request::start::StartRequest;
use taskwire::request::{batch, kinds};

const URL: &str = "https://pictures.example/fox.png";

/// Every kind but `image.generate`, with the smallest good request for it.
fn smallest() -> [(&'static str, Value); 6] {
    [
        ("image.rate", json!({"url": URL})),
        ("image.alt", json!({"url": URL})),
        ("image.review", json!({"url": URL})),
        ("image.remove_background", json!({"url": URL})),
        ("image.upscale", json!({"url": URL, "size": "2x", "effort": "low"})),
        ("video.generate", json!({"model": "v/x", "prompt": "a fox runs"})),
    ]
}

fn smallest_of(kind: &str) -> Value {
    let found = smallest().into_iter().find(|(each, _)| *each == kind);
    found.expect("a kind").1
}

/// The smallest good request of `kind` with one field changed.
fn with(kind: &str, field: &str, value: Value) -> Value {
    let mut request = smallest_of(kind);
    request[field] = value;
    json!({"kind": kind, "request": request})
}

fn parse(body: &Value) -> Result<StartRequest, ApiError> {
    kinds::parse(body.to_string().as_bytes())
}

fn parse_batch(body: &Value) -> Result<Vec<StartRequest>, ApiError> {
    batch::parse(body.to_string().as_bytes())
}

fn good(body: &Value) -> StartRequest {
    parse(body).unwrap_or_else(|error| panic!("{body}: {}", error.body()))
}

fn good_batch(body: &Value) -> Vec<StartRequest> {
    parse_batch(body).unwrap_or_else(|error| panic!("{body}: {}", error.body()))
}

/// The paths that a refusal complains about, sorted.
fn paths(error: ApiError, body: &Value) -> Vec<String> {
    assert_eq!((error.code, error.status()), (Code::ValidationError, 422), "{body}");
    let mut paths: Vec<String> = error.issues.into_iter().map(|issue| issue.path).collect();
    paths.sort();
    paths
}

fn wrong(body: &Value) -> Vec<String> {
    paths(parse(body).expect_err(&body.to_string()), body)
}

fn wrong_batch(body: &Value) -> Vec<String> {
    paths(parse_batch(body).expect_err(&body.to_string()), body)
}

fn assert_takes(body: &Value, path: &str, fits: bool) {
    if fits {
        good(body);
    } else {
        assert_eq!(wrong(body), [path], "{body}");
    }
}

#[test]
fn each_kind_sends_the_provider_what_was_asked_and_nothing_more() {
    for (kind, request) in [
        ("image.rate", json!({"url": URL, "mode": "strict"})),
        ("image.alt", json!({"url": URL})),
        ("image.review", json!({"url": URL, "effort": "high"})),
        ("image.remove_background", json!({"url": URL})),
        ("image.upscale", json!({"url": URL, "size": "4x", "effort": "high"})),
        (
            "video.generate",
            json!({"model": "v/x", "prompt": " a fox runs ", "duration": 4.5, "resolution": "720p",
                "audio": false, "inputs": [{"url": URL}]}),
        ),
    ] {
        let sent = good(&json!({"kind": kind, "request": request})).provider_body(&key(7));
        assert_eq!(sent, request, "{kind}");
    }
    for (kind, request) in smallest() {
        let sent = good(&json!({"kind": kind, "request": request})).provider_body(&key(7));
        assert_eq!(sent, request, "{kind}");
    }
}

#[test]
fn an_image_started_as_a_kind_is_sent_as_the_short_form_would() {
    let request = json!({"prompt": "a fox", "model": "m/x", "count": 2, "metadata": {"mine": 1}});
    let sent = good(&json!({"kind": "image.generate", "request": request})).provider_body(&key(7));
    assert_eq!(
        sent,
        json!({"prompt": "a fox", "model": "m/x", "count": 2, "metadata": {"mine": 1,
            "imageRowIds": ["BwcHBwcHBwcHBwcH00", "BwcHBwcHBwcHBwcH01"]}})
    );
}

#[test]
fn a_task_of_another_kind_has_no_image_rows() {
    for (kind, request) in smallest() {
        let task = good(&json!({"kind": kind, "request": request})).task("ada", key(7), NOW);
        assert_eq!((task.kind.as_str(), task.status), (kind, Status::Pending));
        assert!(task.images.is_empty() && task.metadata.is_empty(), "{task:?}");
        let (prompt, model) = match kind {
            "video.generate" => (Some("a fox runs"), Some("v/x")),
            _ => (None, None),
        };
        assert_eq!((task.prompt.as_deref(), task.requested_model.as_deref()), (prompt, model));
    }
}

#[test]
fn limits_hold_at_their_exact_edges() {
    let address = |length: usize| json!(format!("https://{}", "a".repeat(length - 8)));
    for (kind, field, value, fits) in [
        ("image.alt", "url", address(4096), true),
        ("image.alt", "url", address(4097), false),
        ("image.alt", "url", json!("http://127.0.0.1/fox.png"), true),
        ("image.alt", "url", json!("ftp://pictures.example/fox.png"), false),
        ("image.alt", "url", json!("fox.png"), false),
        ("image.alt", "url", json!("javascript:https://"), false),
        ("image.alt", "url", json!(""), false),
        ("image.alt", "url", json!("  "), false),
        ("image.upscale", "size", json!("4x"), true),
        ("image.upscale", "size", json!("3x"), false),
        ("image.upscale", "size", json!("2X"), false),
        ("image.upscale", "effort", json!("high"), true),
        ("image.upscale", "effort", json!("medium"), false),
        ("video.generate", "prompt", json!("é".repeat(8192)), true),
        ("video.generate", "prompt", json!("é".repeat(8193)), false),
        ("video.generate", "prompt", json!("\n"), false),
        ("video.generate", "model", json!("m".repeat(200)), true),
        ("video.generate", "model", json!("m".repeat(201)), false),
        ("video.generate", "inputs", json!(vec![URL; 20]), true),
        ("video.generate", "inputs", json!(vec![URL; 21]), false),
    ] {
        assert_takes(&with(kind, field, value), &format!("request.{field}"), fits);
    }
}

#[test]
fn every_wrong_type_is_named_with_the_way_to_it() {
    let all = [json!(7), json!("text"), json!(true), json!([]), json!({})];
    let fields = [
        ("image.rate", "mode", &[1][..]),
        ("image.review", "effort", &[1]),
        // Words of a list: no other text will do.
        ("image.upscale", "size", &[]),
        ("image.upscale", "effort", &[]),
        ("video.generate", "prompt", &[1]),
        ("video.generate", "model", &[1]),
        ("video.generate", "duration", &[0, 1]),
        ("video.generate", "resolution", &[1, 4]),
        ("video.generate", "audio", &[2, 4]),
        ("video.generate", "inputs", &[3]),
    ];
    for (kind, field, takes) in fields {
        for (i, value) in all.iter().enumerate() {
            let body = with(kind, field, value.clone());
            assert_takes(&body, &format!("request.{field}"), takes.contains(&i));
        }
    }
    for (kind, _) in smallest().into_iter().filter(|(kind, _)| kind.starts_with("image.")) {
        for value in &all {
            assert_eq!(wrong(&with(kind, "url", value.clone())), ["request.url"], "{value}");
        }
    }
}

#[test]
fn what_a_kind_needs_is_named_when_it_is_missing_or_null() {
    for (kind, _) in smallest().into_iter().filter(|(kind, _)| kind.starts_with("image.")) {
        assert_eq!(wrong(&with(kind, "url", Value::Null)), ["request.url"]);
        // What one may leave out is not asked for: the address alone is missing.
        assert!(wrong(&json!({"kind": kind, "request": {}})).contains(&"request.url".to_owned()));
    }
    let video = json!({"kind": "video.generate", "request": {}});
    assert_eq!(wrong(&video), ["request.model", "request.prompt"]);
    let image = json!({"kind": "image.generate", "request": {"prompt": "a fox"}});
    assert_eq!(wrong(&image), ["request.model"]);
}

#[test]
fn the_kind_and_the_request_are_named_when_they_are_wrong() {
    let request = json!({"url": URL});
    for kind in [
        json!("image.rate2"),
        json!("Image.rate"),
        json!("image"),
        json!("image.rate "),
        json!(""),
        json!(7),
        json!(["image.rate"]),
        json!("k".repeat(65)),
        Value::Null,
    ] {
        assert_eq!(wrong(&json!({"kind": kind, "request": request})), ["kind"]);
    }
    for request in [json!(7), json!("text"), json!(true), json!([]), Value::Null] {
        assert_eq!(wrong(&json!({"kind": "image.rate", "request": request})), ["request"]);
    }
    assert_eq!(wrong(&json!({})), ["kind", "request"]);
    for body in [json!([]), json!("image.rate"), Value::Null] {
        assert_eq!(wrong(&body), [""]);
    }
    assert_eq!(kinds::parse(b"{").unwrap_err().code, Code::MalformedJson);
}

#[test]
fn a_field_that_the_kind_does_not_have_is_refused_by_its_name() {
    for (kind, mine) in [
        ("image.rate", "effort"),
        ("image.alt", "mode"),
        ("image.review", "size"),
        ("image.remove_background", "effort"),
        ("image.upscale", "mode"),
        ("video.generate", "count"),
    ] {
        for name in [mine, "webhook", "metadata", "Url", "request", ""] {
            assert_eq!(wrong(&with(kind, name, json!("x"))), [format!("request.{name}")]);
        }
    }
    // And beside the request, by its own.
    let mut body = json!({"kind": "image.alt", "request": {"url": 5}, "url": URL});
    assert_eq!(wrong(&body), ["request.url", "url"]);
    body["request"] = Value::Null;
    assert_eq!(wrong(&body), ["request", "url"]);
}

#[test]
fn everything_that_is_wrong_with_a_task_is_said_at_once() {
    let request = json!({"prompt": 1, "audio": 1, "inputs": {}, "colour": "red"});
    assert_eq!(
        wrong(&json!({"kind": "video.generate", "request": request, "priority": 1})),
        [
            "priority",
            "request.audio",
            "request.colour",
            "request.inputs",
            "request.model",
            "request.prompt"
        ]
    );
    let image = json!({"prompt": "a fox", "model": "m", "metadata": {"imageRowIds": []}});
    let body = json!({"kind": "image.generate", "request": image});
    assert_eq!(wrong(&body), ["request.metadata.imageRowIds"]);
}

/// A batch of so many prompts and models.
fn grid(prompts: usize, models: usize) -> Value {
    let texts = |word: &str, many: usize| -> Vec<String> {
        (0..many).map(|i| format!("{word}{i}")).collect()
    };
    json!({"prompts": texts("p", prompts), "models": texts("m", models)})
}

#[test]
fn a_batch_is_every_prompt_with_every_model_in_the_order_they_are_named() {
    let tasks = good_batch(&grid(2, 3));
    let pairs: Vec<(&str, &str)> = tasks
        .iter()
        .map(|task| (task.prompt.as_deref().unwrap(), task.model.as_deref().unwrap()))
        .collect();
    let expected = [("p0", "m0"), ("p0", "m1"), ("p0", "m2"), ("p1", "m0"), ("p1", "m1")];
    assert_eq!(pairs[..5], expected);
    assert_eq!(pairs[5..], [("p1", "m2")]);
}

#[test]
fn twenty_tasks_are_a_batch_and_twenty_one_are_refused_whole() {
    for (prompts, models) in [(1, 1), (4, 5), (5, 4), (1, 20), (20, 1), (2, 10), (3, 6)] {
        assert_eq!(good_batch(&grid(prompts, models)).len(), prompts * models);
    }
    for (prompts, models) in [(3, 7), (7, 3), (5, 5), (11, 2), (20, 20)] {
        assert_eq!(wrong_batch(&grid(prompts, models)), [""], "{prompts} × {models}");
    }
    assert_eq!(wrong_batch(&grid(21, 1)), ["prompts"]);
    assert_eq!(wrong_batch(&grid(1, 21)), ["models"]);
}

#[test]
fn a_batch_of_nothing_is_refused() {
    assert_eq!(wrong_batch(&grid(0, 1)), ["prompts"]);
    assert_eq!(wrong_batch(&grid(1, 0)), ["models"]);
    assert_eq!(wrong_batch(&grid(0, 0)), ["models", "prompts"]);
    assert_eq!(wrong_batch(&json!({})), ["models", "prompts"]);
    assert_eq!(wrong_batch(&json!({"prompts": null, "models": ["m"]})), ["prompts"]);
}

#[test]
fn each_wrong_entry_of_a_list_is_named_by_its_place() {
    for entry in [json!(""), json!(" \n"), json!(7), Value::Null, json!("x".repeat(8193))] {
        let body = json!({"prompts": ["a fox", entry, "a hare"], "models": ["m"]});
        assert_eq!(wrong_batch(&body), ["prompts[1]"]);
    }
    let body = json!({"prompts": ["", "a fox", ""], "models": ["m".repeat(201), "m".repeat(200)]});
    assert_eq!(wrong_batch(&body), ["models[0]", "prompts[0]", "prompts[2]"]);
    for list in [json!("a fox"), json!({}), json!(7), json!(true)] {
        assert_eq!(wrong_batch(&json!({"prompts": list, "models": ["m"]})), ["prompts"]);
        assert_eq!(wrong_batch(&json!({"prompts": ["p"], "models": list})), ["models"]);
    }
}

#[test]
fn the_options_of_a_batch_are_those_of_every_task() {
    let options = json!({"count": 2, "size": "square", "negative_prompt": "milk",
        "magic_prompt": true, "output": "webp", "inputs": [], "rating": true,
        "destination": "bucket", "metadata": {"mine": 1}});
    let mut body = options.clone();
    body["prompts"] = json!(["a fox", "a hare"]);
    body["models"] = json!(["m/x"]);
    for (i, task) in good_batch(&body).iter().enumerate() {
        let mut expected = options.clone();
        expected["prompt"] = json!(["a fox", "a hare"][i]);
        expected["model"] = json!("m/x");
        expected["metadata"]["imageRowIds"] = json!(["BwcHBwcHBwcHBwcH00", "BwcHBwcHBwcHBwcH01"]);
        assert_eq!(task.provider_body(&key(7)), expected);
        assert_eq!((task.kind, task.row_ids(&key(7)).len()), ("image.generate", 2));
    }
}

#[test]
fn what_is_wrong_with_a_batch_is_said_at_once() {
    let mut body = grid(3, 7);
    for (name, value) in [("prompt", json!("a fox")), ("count", json!(21)), ("metadata", json!([]))]
    {
        body[name] = value;
    }
    assert_eq!(wrong_batch(&body), ["", "count", "metadata", "prompt"]);
}

#[test]
fn an_estimate_is_asked_for_without_what_only_a_task_needs() {
    let request = json!({"prompt": "a fox", "model": "m/x", "count": 2, "metadata": {"mine": 1}});
    let asked = good(&json!({"kind": "image.generate", "request": request}));
    let expected = json!({"prompt": "a fox", "model": "m/x", "count": 2});
    assert_eq!(asked.estimate_body(&key(7)), expected);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_the_body_nothing_panics(body in any::<Vec<u8>>(), text in "\\PC*", count in 0..50) {
        let _ = kinds::parse(&body);
        let _ = batch::parse(&body);
        for (kind, mut request) in smallest() {
            request[text.as_str()] = json!(text);
            let _ = parse(&json!({"kind": kind, "request": request, text.as_str(): text}));
        }
        let texts = vec![text.as_str(); count as usize];
        let _ = parse_batch(&json!({"prompts": texts, "models": [text, "m"], "count": count}));
    }

    #[test]
    fn no_batch_is_larger_than_its_limit(prompts in 0_usize..25, models in 0_usize..25) {
        let fits = prompts > 0 && models > 0 && prompts * models <= 20;
        assert_eq!(parse_batch(&grid(prompts, models)).is_ok(), fits);
    }
}
