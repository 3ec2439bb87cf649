//! Starting a prediction: which names of models there are, and the call.

use super::settings::NAME;
use crate::domain::task::Pace;
use crate::domain::time::{HOUR, MINUTE, SECOND};
use crate::json::fields::Fields;
use crate::provider::call::{Call, Order};
use crate::provider::input::{Models, is_part, read};
use crate::provider::kind::{Becomes, Kind};
use serde_json::{Map, Value};

pub const KIND: &str = "replicate.prediction";

pub static KINDS: [Kind; 1] = [Kind {
    word: KIND,
    becomes: Becomes::Run,
    read: |fields: &mut Fields| read(fields, (NAME, KIND), &MODELS),
    read_batch: None,
    patience: 3 * HOUR,
    // Its webhook is repeated for a minute, and its files are deleted after an hour.
    pace: Some(Pace { first: 10 * SECOND, longest: MINUTE }),
}];

static MODELS: Models =
    Models { is_name: |name| split(name).is_some(), shape: "owner/name or owner/name:version" };

/// Owner, name and version.
fn split(model: &str) -> Option<(&str, &str, Option<&str>)> {
    let (owner, rest) = model.split_once('/')?;
    let (name, version) = match rest.split_once(':') {
        Some((name, version)) => (name, Some(version)),
        None => (rest, None),
    };
    let parts = [Some(owner), Some(name), version];
    parts.iter().flatten().all(|part| is_part(part)).then_some((owner, name, version))
}

/// The call. Events are asked for that show progress, and the end.
pub fn call(order: &Order<'_>) -> Call {
    let model = order.request.model.as_deref().unwrap_or_default();
    let mut body = Map::new();
    let path = match split(model) {
        Some((_, _, Some(version))) => {
            body.insert("version".into(), version.into());
            "/predictions".to_owned()
        }
        _ => format!("/models/{model}/predictions"),
    };
    body.insert("input".into(), order.request.passed_on.clone().into());
    if let Some(url) = order.webhook_url {
        body.insert("webhook".into(), url.into());
        body.insert("webhook_events_filter".into(), vec!["start", "logs", "completed"].into());
    }
    Call::post(path, &Value::from(body))
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_model_is_an_owner_a_name_and_perhaps_a_version() {
        assert_eq!(split("a/b"), Some(("a", "b", None)));
        assert_eq!(split("a-1/b.2:5c7d"), Some(("a-1", "b.2", Some("5c7d"))));
        for bad in ["", "a", "/b", "a/", "a/b/c", "a/b:", "a/b:c:d", "../b", "a/..", "a/b c"] {
            assert_eq!(split(bad), None, "{bad}");
        }
    }
}
