//! Starting a request: which names of models there are, the call, and the answer.

use super::settings::NAME;
use crate::domain::id::is_plain_id;
use crate::domain::task::{Links, Pace};
use crate::domain::time::{HOUR, MINUTE, SECOND};
use crate::json;
use crate::json::fields::Fields;
use crate::provider::call::{Call, Order, Started};
use crate::provider::input::{Models, is_part, read};
use crate::provider::kind::{Becomes, Kind};
use crate::provider::lenient::pick_text;
use serde_json::Value;

pub const KIND: &str = "fal.request";

/// What its ids are told from others by.
pub const PREFIX: &str = "fal_";

pub static KINDS: [Kind; 1] = [Kind {
    word: KIND,
    becomes: Becomes::Run,
    read: |fields: &mut Fields| read(fields, (NAME, KIND), &MODELS),
    read_batch: None,
    patience: 3 * HOUR,
    // Only who asks learns the place in the queue.
    pace: Some(Pace { first: 5 * SECOND, longest: MINUTE }),
}];

static MODELS: Models = Models { is_name, shape: "owner/name, with a path or without" };

fn is_name(model: &str) -> bool {
    // What follows the application may be called `requests`, but that is where requests are.
    let parts: Vec<&str> = model.split('/').collect();
    parts.len() >= 2 && parts.iter().all(|part| is_part(part) && *part != "requests")
}

/// The call: the body is the model's input, and nothing else.
pub fn call(order: &Order<'_>) -> Call {
    let model = order.request.model.as_deref().unwrap_or_default();
    let path = match order.webhook_url {
        Some(url) => {
            let mut pairs = form_urlencoded::Serializer::new(String::new());
            format!("/{model}?{}", pairs.append_pair("fal_webhook", url).finish())
        }
        None => format!("/{model}"),
    };
    Call::post(path, &Value::from(order.request.passed_on.clone()))
}

/// The id of the task for a request.
pub fn task_id(body: &Value) -> Option<String> {
    pick_text(body, &["request_id"]).map(|id| format!("{PREFIX}{id}")).filter(|id| is_plain_id(id))
}

/// Reads the answer to a start.
pub fn started(answer: &[u8]) -> Option<Started> {
    let answer: Value = json::read(answer).ok()?;
    let address = |name| pick_text(&answer, &[name]);
    let links = Links {
        status: address("status_url"),
        result: address("response_url"),
        cancel: address("cancel_url"),
    };
    Some(Started { id: task_id(&answer)?, access: None, links: Some(links), estimated_cost: None })
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn a_model_is_an_owner_a_name_and_perhaps_a_path() {
        for good in ["fal-ai/flux", "fal-ai/flux/dev", "fal-ai/kling-video/v1.6/pro/text-to-video"]
        {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "flux", "/flux", "fal-ai/", "fal-ai//dev", "a/..", "a/b?c", "a/requests/1"]
        {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
