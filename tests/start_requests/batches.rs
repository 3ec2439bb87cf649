//! What the tasks of a batch are, how many there may be, and how what is wrong is named.

use crate::support::key;
use crate::{paths, sent};
use proptest::prelude::{ProptestConfig, proptest};
use serde_json::{Value, json};
use taskwire::api::request::kinds;
use taskwire::domain::task::start_request::StartRequest;
use taskwire::error::ApiError;
use taskwire::error::Code;
use taskwire::provider::kind::Becomes;
use taskwire::provider::registry::PROVIDERS;

pub fn read_batch(body: &[u8]) -> Result<Vec<StartRequest>, ApiError> {
    let (_, kind) = PROVIDERS.kind("image.generate", Becomes::Task).expect("a kind");
    kinds::parse_batch(kind, body)
}

pub fn parse_batch(body: &Value) -> Result<Vec<StartRequest>, ApiError> {
    read_batch(body.to_string().as_bytes())
}

fn good_batch(body: &Value) -> Vec<StartRequest> {
    parse_batch(body).unwrap_or_else(|error| panic!("{body}: {}", error.body()))
}

fn wrong_batch(body: &Value) -> Vec<String> {
    paths(parse_batch(body).expect_err(&body.to_string()), body)
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
        assert_eq!(sent(task), expected);
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
fn a_kind_without_a_batch_has_none_whatever_is_asked_of_it() {
    let without = PROVIDERS.all().iter().flat_map(|provider| provider.kinds());
    let without: Vec<_> = without.filter(|kind| kind.read_batch.is_none()).collect();
    // Providers that run models have none either.
    let named = without.iter().filter(|kind| kind.becomes != Becomes::Run).count();
    assert_eq!(named, 7);
    for kind in without {
        let body = grid(1, 1).to_string();
        let error = kinds::parse_batch(kind, body.as_bytes()).expect_err(kind.word);
        assert_eq!(error.code, Code::NotFound, "{}", kind.word);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn no_batch_is_larger_than_its_limit(prompts in 0_usize..25, models in 0_usize..25) {
        let fits = prompts > 0 && models > 0 && prompts * models <= 20;
        assert_eq!(parse_batch(&grid(prompts, models)).is_ok(), fits);
    }
}
