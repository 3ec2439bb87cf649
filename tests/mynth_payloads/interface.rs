//! Mynth as the core sees it: through the trait.

use serde_json::json;
use taskwire::api::request::kinds::parse;
use taskwire::domain::time::HOUR;
use taskwire::provider::call::Call;
use taskwire::provider::contract::Provider;
use taskwire::provider::mynth::Mynth;
use taskwire::provider::mynth::kinds::is_known;
use taskwire::provider::mynth::start::path;
use taskwire::provider::registry::PROVIDERS;

#[test]
fn the_headers_that_it_signs_with_are_read_from_each_webhook() {
    let headers = [
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
        "x-mynth-signature",
        "x-mynth-delivery",
    ];
    assert_eq!(Mynth.webhook_headers(), headers);
}

#[test]
fn an_image_is_waited_for_an_hour_and_a_video_three() {
    for kind in Mynth.kinds() {
        let hours = if kind.word == "video.generate" { 3 } else { 1 };
        assert_eq!(kind.patience, hours * HOUR, "{}", kind.word);
        assert!(is_known(kind.word));
    }
    assert!(!is_known("image.sketch"));
}

#[test]
fn a_kind_is_started_at_the_path_of_its_name() {
    assert_eq!(path("image.generate"), "/image/generate");
    assert_eq!(path("image.remove_background"), "/image/remove-background");
}

#[test]
fn an_estimate_is_asked_for_and_read_under_data_or_bare() {
    let request = json!({"prompt": "a fox", "model": "m/x"});
    let body = json!({"kind": "image.generate", "request": request}).to_string();
    let asked = parse(PROVIDERS, body.as_bytes()).expect("a good request");
    assert_eq!(Mynth.estimate(&asked), Some(Call::post("/image/generate/estimate", &request)));
    for answer in [r#"{"data":{"cost":"0.03"}}"#, r#"{"cost":"0.03"}"#] {
        assert_eq!(Mynth.estimated(answer.as_bytes()), Some(json!({"cost": "0.03"})));
    }
    assert_eq!(Mynth.estimated(b"<html>"), None);
}

#[test]
fn its_models_are_asked_for_and_read() {
    assert_eq!(Mynth.models(), Some(Call::get("/models")));
    let models = Mynth.listed_models(br#"[{"id":"m/x","name":"X"}]"#).expect("a list").models;
    assert_eq!((models[0].id.as_str(), models[0].name.as_str()), ("m/x", "X"));
    assert_eq!(Mynth.listed_models(b"<html>"), None);
}
