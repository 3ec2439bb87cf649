//! What callers send. A case is an address on one line, then the body of a request.

use super::latin;
use super::meter::metered;
use serde_json::Value;
use taskwire::api::request::list::ListQuery;
use taskwire::api::request::{batch, generate, kinds, query};
use taskwire::domain::id::TaskKey;
use taskwire::domain::task::start_request::StartRequest;
use taskwire::error::ApiError;
use taskwire::provider::mynth::start::METADATA_LIMIT;
use taskwire::route::Route;
use taskwire::store::row::to_json;

/// A body of 256 KB of nothing but unknown fields is refused at length: this often its size.
const ECHO: usize = 16;

pub fn requests(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    address(&latin(&data[..end]));
    let body = data.get(end + 1..).unwrap_or_default();
    let one = [metered(|| generate::parse(body)), metered(|| kinds::parse(body))];
    assert_eq!([generate::parse(body), kinds::parse(body)], one, "two readings of one body");
    for request in one {
        started(body, request.map(|request| vec![request]));
    }
    started(body, metered(|| batch::parse(body)));
}

fn address(url: &str) {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    if let Some(route) = Route::of(path) {
        assert!(!route.allow().is_empty() && !route.takes(""));
    }
    let _ = Route::owns(path);
    assert!(query::origin(url).is_none_or(|origin| url.starts_with(origin)));
    let Ok(list) = metered(|| ListQuery::parse(query::pairs(url))) else { return };
    assert!((1..=100).contains(&list.limit));
    assert!(list.kind.is_none_or(|kind| (1..=64).contains(&kind.len())));
    if let Some(cursor) = list.cursor {
        assert_eq!(TaskKey::parse(cursor.as_str()), Some(cursor));
    }
}

/// What is taken is within the provider's limits; what is refused is refused with reasons.
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
        let key = TaskKey::new(0, [7; 12]);
        assert_eq!(request.row_ids(&key).len(), request.count);
        let sent = request.provider_body(&key);
        let metadata = sent.get("metadata").map_or(0, |metadata| to_json(metadata).len());
        assert!(metadata <= METADATA_LIMIT, "metadata of {metadata} bytes");
        let text = to_json(&sent);
        let again: Value = serde_json::from_str(&text).expect("a body that is sent is JSON");
        assert_eq!(again, sent);
        let task = request.task("ada", key, 0);
        let row = to_json(&task);
        assert_eq!(serde_json::from_str::<Value>(&row).expect("a row is JSON")["version"], 0);
    }
}
