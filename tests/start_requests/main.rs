//! `POST /tasks` and `POST /generate/batch`: what each kind takes, what the provider is sent, and
//! how large a batch may be.

mod anything;
mod batches;
mod refusals;
mod sent;

#[path = "../support/mod.rs"]
mod support;

use serde_json::{Value, json};
use taskwire::api::request::kinds;
use taskwire::domain::task::start_request::StartRequest;
use taskwire::error::{ApiError, Code};
use taskwire::provider::call::Order;
use taskwire::provider::mynth::start;
use taskwire::provider::registry::PROVIDERS;

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

fn parse(body: &Value) -> Result<StartRequest, ApiError> {
    kinds::parse(PROVIDERS, body.to_string().as_bytes())
}

fn good(body: &Value) -> StartRequest {
    parse(body).unwrap_or_else(|error| panic!("{body}: {}", error.body()))
}

/// What the provider is sent.
fn sent(request: &StartRequest) -> Value {
    start::body(&Order { request, user_id: "ada", key: &support::key(7), webhook_url: None })
}

/// The paths of the issues, sorted.
fn paths(error: ApiError, body: &Value) -> Vec<String> {
    assert_eq!((error.code, error.status()), (Code::ValidationError, 422), "{body}");
    let mut paths: Vec<String> = error.issues.into_iter().map(|issue| issue.path).collect();
    paths.sort();
    paths
}
