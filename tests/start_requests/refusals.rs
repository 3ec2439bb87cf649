//! What each kind does not take, and how that is named.

use crate::{URL, good, parse, paths, smallest};
use serde_json::{Value, json};
use taskwire::api::request::kinds;
use taskwire::error::Code;
use taskwire::provider::registry::PROVIDERS;

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

fn wrong(body: &Value) -> Vec<String> {
    paths(parse(body).expect_err(&body.to_string()), body)
}

fn assert_takes(body: &Value, path: &str, fits: bool) {
    if fits {
        good(body);
    } else {
        assert_eq!(wrong(body), [path], "{body}");
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
        ("image.alt", "url", json!("https://"), false),
        ("image.alt", "url", json!("http:///fox.png"), false),
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
    for field in ["size", "effort"] {
        let path = format!("request.{field}");
        assert_eq!(wrong(&with("image.upscale", field, Value::Null)), [path]);
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
        // It becomes no task.
        json!("ai.workflow"),
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
    assert_eq!(kinds::parse(PROVIDERS, b"{").unwrap_err().code, Code::MalformedJson);
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
