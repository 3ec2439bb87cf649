//! What callers send. A case is an address on one line, then the body of a request.

use super::latin;
use super::meter::metered;
use serde_json::Value;
use taskwire::api::request::kinds::{parse, parse_as, parse_batch};
use taskwire::api::request::{content, list};
use taskwire::domain::id::TaskKey;
use taskwire::domain::task::start_request::StartRequest;
use taskwire::error::ApiError;
use taskwire::provider::call::Order;
use taskwire::provider::kind::Becomes;
use taskwire::provider::mynth::start::METADATA_LIMIT;
use taskwire::provider::registry::PROVIDERS;
use taskwire::route::Route;
use taskwire::store::row::to_json;
use taskwire::url::query;

/// A body of 256 KB of nothing but unknown fields is refused at length: this often its size.
const ECHO: usize = 16;

/// The short forms: `POST /generate` and `POST /ai`.
const SHORT: [(&str, Becomes); 2] =
    [("image.generate", Becomes::Task), ("ai.workflow", Becomes::Channel)];

pub fn requests(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    address(&latin(&data[..end]));
    let body = data.get(end + 1..).unwrap_or_default();
    let read = |read: &dyn Fn() -> Result<Vec<StartRequest>, ApiError>| {
        let requests = metered(read);
        assert_eq!(read(), requests, "two readings of one body");
        started(body, requests);
    };
    read(&|| Ok(vec![parse(PROVIDERS, body)?]));
    for (word, becomes) in SHORT {
        let (_, kind) = PROVIDERS.kind(word, becomes).expect("a kind");
        read(&|| Ok(vec![parse_as(kind, body)?]));
        if kind.read_batch.is_some() {
            read(&|| parse_batch(kind, body));
        }
    }
}

fn address(url: &str) {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    if let Some(route) = Route::of(path) {
        assert!(!route.allow().is_empty() && !route.takes(""));
    }
    let _ = Route::owns(path);
    assert!(query::origin(url).is_none_or(|origin| url.starts_with(origin)));
    if let Ok(list) = metered(|| content::parse(query::pairs(url))) {
        assert!((1..=100).contains(&list.limit));
        assert!(list.cursor.is_none_or(|cursor| content::is_row_id(&cursor.id)));
    }
    let Ok(list) = metered(|| list::parse(query::pairs(url))) else { return };
    assert!((1..=100).contains(&list.limit));
    assert!(list.kind.is_none_or(|kind| (1..=64).contains(&kind.len())));
    if let Some(cursor) = list.cursor {
        assert_eq!(TaskKey::parse(cursor.as_str()), Some(cursor));
    }
}

/// Accepted requests are within the provider's limits; refused ones have issues.
fn started(body: &[u8], requests: Result<Vec<StartRequest>, ApiError>) {
    let requests = match requests {
        Ok(requests) => requests,
        Err(error) => {
            let said: usize =
                error.issues.iter().map(|issue| issue.path.len() + issue.message.len()).sum();
            assert!(said <= 4096 + ECHO * body.len(), "{} bytes refused with {said}", body.len());
            return;
        }
    };
    assert!((1..=20).contains(&requests.len()), "a batch of {}", requests.len());
    for request in requests {
        assert!(request.count <= 20);
        let prompt = request.prompt.as_deref().unwrap_or("x");
        assert!((1..=8192).contains(&prompt.chars().count()));
        assert!(to_json(&request.metadata).len() <= METADATA_LIMIT);
        let key = TaskKey::new(0, [7; 12]);
        assert_eq!(request.row_ids(&key).len(), request.count);
        sent(&request, &key);
        let task = request.task("ada", key, 0);
        let row = to_json(&task);
        assert_eq!(serde_json::from_str::<Value>(&row).expect("a row is JSON")["version"], 0);
    }
}

/// The provider's JSON has what was asked for, and its metadata is within the limit.
fn sent(request: &StartRequest, key: &TaskKey) {
    let provider = PROVIDERS.named(request.provider).expect("a provider of ours");
    let order = Order { request, user_id: "ada", key, webhook_url: None };
    let text = provider.start(&order).body.expect("a start has a body");
    let sent: Value = serde_json::from_str(&text).expect("a body that is sent is JSON");
    for (name, value) in &request.passed_on {
        assert_eq!(&sent[name], value, "{name} is sent as something else");
    }
    // Whose it is comes on top of what the caller may have.
    let ours = if request.count == 0 { r#","user_id":"ada""#.len() } else { 0 };
    let metadata = sent.get("metadata").map_or(0, |metadata| to_json(metadata).len());
    assert!(metadata <= METADATA_LIMIT + ours, "metadata of {metadata} bytes");
}
