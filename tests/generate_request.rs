//! `POST /generate`: the provider's limits at their exact edges, and what is passed on.

mod support;

use proptest::prelude::{ProptestConfig, any, proptest};
use serde_json::{Map, Value, json};
use support::{after, attach, key, new_task};
use taskwire::api::request::kinds::parse_as;
use taskwire::domain::task::Task;
use taskwire::domain::task::start_request::StartRequest;
use taskwire::domain::task::state::RoomState;
use taskwire::error::{ApiError, Code};
use taskwire::provider::call::Order;
use taskwire::provider::kind::Becomes;
use taskwire::provider::mynth::start;
use taskwire::provider::registry::PROVIDERS;
use taskwire::room::task::protocol::Ask;

fn read(body: &[u8]) -> Result<StartRequest, ApiError> {
    let (_, kind) = PROVIDERS.kind("image.generate", Becomes::Task).expect("a kind");
    parse_as(kind, body)
}

fn parse(body: Value) -> Result<StartRequest, ApiError> {
    read(body.to_string().as_bytes())
}

/// What the provider is sent.
fn body_of(request: &StartRequest, webhook_url: Option<&str>) -> Value {
    start::body(&Order { request, user_id: "ada", key: &key(7), webhook_url })
}

/// The smallest good request with these fields on top; null takes one away.
fn with(fields: Value) -> Value {
    let mut body = json!({"prompt": "a fox", "model": "m/x"});
    for (name, value) in fields.as_object().expect("an object") {
        body[name] = value.clone();
    }
    body
}

fn good(fields: Value) -> StartRequest {
    parse(with(fields)).unwrap_or_else(|error| panic!("{}", error.body()))
}

/// The paths of the issues, in order.
fn wrong(body: Value) -> Vec<String> {
    let error = parse(body.clone()).expect_err("a refusal");
    assert_eq!((error.code, error.status()), (Code::ValidationError, 422), "{body}");
    let mut paths: Vec<String> = error.issues.into_iter().map(|issue| issue.path).collect();
    paths.sort();
    paths
}

fn sent(fields: Value) -> Map<String, Value> {
    match body_of(&good(fields), None) {
        Value::Object(body) => body,
        other => panic!("{other}"),
    }
}

#[test]
fn limits_hold_at_their_exact_edges() {
    for (field, value, fits) in [
        ("prompt", json!("x"), true),
        ("prompt", json!(""), false),
        ("prompt", json!(" \n\t"), false),
        ("prompt", json!("é".repeat(8192)), true),
        ("prompt", json!("é".repeat(8193)), false),
        ("model", json!(""), false),
        ("model", json!("m".repeat(200)), true),
        ("model", json!("m".repeat(201)), false),
        ("count", json!(0), false),
        ("count", json!(1), true),
        ("count", json!(20), true),
        ("count", json!(21), false),
        ("count", json!(-1), false),
        ("count", json!(1.5), false),
        ("count", json!(14.0), true),
        ("count", json!(21.0), false),
        ("count", json!(-1.0), false),
        ("count", json!(1e300), false),
        ("count", json!(u64::MAX), false),
        ("negative_prompt", json!(""), true),
        ("negative_prompt", json!("x".repeat(8192)), true),
        ("negative_prompt", json!("x".repeat(8193)), false),
        ("inputs", json!(vec![json!({"url": "https://c/1"}); 20]), true),
        ("inputs", json!(vec![json!({"url": "https://c/1"}); 21]), false),
        ("inputs", json!([]), true),
    ] {
        let body = with(json!({ field: value }));
        match fits {
            true => drop(parse(body).unwrap_or_else(|error| panic!("{field}: {}", error.body()))),
            false => assert_eq!(wrong(body), [field]),
        }
    }
}

#[test]
fn every_wrong_type_is_named() {
    let all = [json!(7), json!("text"), json!(true), json!([]), json!({})];
    for (field, takes) in [
        ("prompt", &[1][..]),
        ("model", &[1]),
        ("count", &[0]),
        ("size", &[1, 4]),
        ("negative_prompt", &[1]),
        ("magic_prompt", &[2]),
        ("output", &[1, 4]),
        ("inputs", &[3]),
        ("rating", &[2, 4]),
        ("destination", &[1, 4]),
        ("metadata", &[4]),
    ] {
        for (i, value) in all.iter().enumerate() {
            let body = with(json!({ field: value }));
            match takes.contains(&i) {
                true => assert!(parse(body).is_ok(), "{field} {value}"),
                false => assert_eq!(wrong(body), [field], "{value}"),
            }
        }
    }
}

#[test]
fn what_is_required_is_named_when_it_is_missing_or_null() {
    assert_eq!(wrong(json!({})), ["model", "prompt"]);
    assert_eq!(wrong(with(json!({"prompt": null}))), ["prompt"]);
    assert_eq!(wrong(json!({"prompt": "x"})), ["model"]);
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let body = json!({"prompt": 1, "count": 99, "metadata": [], "promt": "x", "inputs": {}});
    assert_eq!(wrong(body), ["count", "inputs", "metadata", "model", "prompt", "promt"]);
}

#[test]
fn a_field_that_nobody_knows_is_refused_by_its_name() {
    for name in ["negativePrompt", "webhook", "imageRowIds", "Prompt", "", "user_id"] {
        assert_eq!(wrong(with(json!({ name: "x" }))), [name]);
    }
    assert_eq!(wrong(with(json!({"webhook": null}))), ["webhook"]);
}

#[test]
fn what_is_not_a_json_object_is_refused() {
    for body in ["", "{", "{\"prompt\":\"\\ud800\"}", "\u{feff}{}", "{}{}"] {
        let error = read(body.as_bytes()).unwrap_err();
        assert_eq!((error.code, error.status()), (Code::MalformedJson, 400), "{body}");
    }
    for body in ["[]", "null", "\"text\"", "1"] {
        assert_eq!(read(body.as_bytes()).unwrap_err().code, Code::ValidationError);
    }
}

#[test]
fn what_cannot_be_read_is_said_in_words_that_fit() {
    let too_much = format!("[{}0]", "0,".repeat(80_000));
    for (body, message) in [
        (&b"{\n\"prompt\":"[..], "The body is not JSON (line 2, column 9)."),
        (b"{\"prompt\":\"\xff\"}", "The body cannot be read: not UTF-8."),
        (too_much.as_bytes(), "The body cannot be read: too many values."),
    ] {
        assert_eq!(read(body).unwrap_err().message, message);
    }
    let blank = parse(with(json!({"prompt": "  "}))).unwrap_err();
    assert_eq!(blank.message, "prompt: must not be blank");
}

/// Metadata that takes exactly `bytes` together with the row ids of `count` images.
fn metadata_of(bytes: usize, count: usize) -> Value {
    let size = |filler: usize| {
        let ids: Vec<String> = (0..count).map(|i| key(7).row_id(i)).collect();
        json!({"x": "x".repeat(filler), "imageRowIds": ids}).to_string().len()
    };
    json!({"x": "x".repeat(bytes - size(0))})
}

#[test]
fn metadata_fits_to_the_byte_with_the_row_ids_that_are_added() {
    for count in [1, 4, 20] {
        let fits = json!({"count": count, "metadata": metadata_of(2048, count)});
        let body = body_of(&good(fits), None);
        assert_eq!(body["metadata"].to_string().len(), 2048);
        let over = json!({"count": count, "metadata": metadata_of(2049, count)});
        assert_eq!(wrong(with(over)), ["metadata"]);
    }
    // Bytes, not characters.
    assert_eq!(wrong(with(json!({"metadata": {"x": "é".repeat(1_010)}}))), ["metadata"]);
}

#[test]
fn metadata_that_is_taken_can_be_handed_to_the_room_and_read_from_storage() {
    for depth in 0..130 {
        let nested = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        let body = format!(r#"{{"prompt":"a fox","model":"m/x","metadata":{{"x":{nested}}}}}"#);
        let Ok(request) = read(body.as_bytes()) else {
            assert!(depth > 64, "a depth of {depth} can be stored");
            continue;
        };
        let task = Task { metadata: request.metadata, ..new_task(1) };
        let ask = serde_json::to_string(&Ask::Attach { task: Box::new(task.clone()) }).unwrap();
        let asked = serde_json::from_str::<Ask>(&ask);
        assert!(asked.is_ok(), "a depth of {depth} was paid for and cannot be attached");
        let text = serde_json::to_string(&after([attach(&task)])).unwrap();
        assert!(serde_json::from_str::<RoomState>(&text).is_ok(), "{depth}");
    }
}

#[test]
fn the_name_of_our_row_ids_is_reserved() {
    assert_eq!(wrong(with(json!({"metadata": {"imageRowIds": ["r0"]}}))), ["metadata.imageRowIds"],);
}

#[test]
fn the_provider_is_sent_what_was_asked_for_and_the_row_ids() {
    let expected = json!({"prompt": "a fox", "model": "m/x",
        "metadata": {"imageRowIds": ["BwcHBwcHBwcHBwcH00"]}});
    assert_eq!(Value::from(sent(json!({}))), expected);

    let all = json!({"prompt": " a fox ", "model": "m/x", "count": 2, "size": {"width": 1},
        "negative_prompt": "", "magic_prompt": false, "output": "webp", "inputs": [],
        "rating": true, "destination": "bucket", "metadata": {"mine": [1.5, null]}});
    let mut expected = all.clone();
    expected["metadata"]["imageRowIds"] = json!(["BwcHBwcHBwcHBwcH00", "BwcHBwcHBwcHBwcH01"]);
    assert_eq!(body_of(&parse(all).unwrap(), None), expected);
}

#[test]
fn an_address_for_the_webhooks_of_this_one_task_is_sent_where_there_is_one() {
    let mut expected = Value::from(sent(json!({})));
    expected["webhook"] = json!({"custom": [{"url": "https://a.example/webhooks/mynth/v1.x.y"}]});
    let url = Some("https://a.example/webhooks/mynth/v1.x.y");
    assert_eq!(body_of(&good(json!({})), url), expected);
}

#[test]
fn null_is_as_good_as_absent() {
    let null = json!({"count": null, "size": null, "negative_prompt": null, "magic_prompt": null,
        "output": null, "inputs": null, "rating": null, "destination": null, "metadata": null});
    assert_eq!(sent(null), sent(json!({})));
}

#[test]
fn one_picture_is_made_where_no_count_was_given() {
    let request = good(json!({}));
    assert_eq!((request.count, request.row_ids(&key(7)).len()), (1, 1));
    assert!(!sent(json!({})).contains_key("count"));
    assert_eq!(good(json!({"count": 20})).row_ids(&key(7)).len(), 20);
}

#[test]
fn the_callers_metadata_is_kept_without_what_we_add() {
    let request = good(json!({"metadata": {"mine": 1}}));
    assert_eq!(Value::from(request.metadata), json!({"mine": 1}));
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 5_000, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_the_body_nothing_panics(body in any::<Vec<u8>>(), text in "\\PC*") {
        let _ = read(&body);
        let _ = parse(with(json!({"prompt": text, text.as_str(): text, "metadata": {text.as_str(): 1}})));
    }
}
