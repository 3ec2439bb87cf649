//! The body of a webhook, in both forms, as a [`ChannelEvent`].
//!
//! Event-driven (a workflow with an event name): `{type: "task.ai_generated", event, channel_id,
//! ai_response: {data, meta}, callback_url, …}`, with any of it one level down, in `data`.
//! Standard: `{type: "task.completed", workflow, status, channel_id, data, meta, …}`, where `data` is
//! what the model made.

use super::settings::NAME;
use super::signature;
use super::start::INTENT;
use crate::domain::channel::event::{ChannelEvent, Generated, Outcome};
use crate::domain::id::{TaskKey, is_plain_id};
use crate::domain::task::{MISSING_RESULT, TaskError};
use crate::json;
use crate::provider::event::Event;
use crate::provider::lenient::{pick, pick_text, storable};
use crate::provider::malformed::{Malformed, malformed};
use crate::provider::reason::{FAILED, no_reason, task_error};
use crate::signature::Verified;
use serde_json::{Map, Value};

/// Longest event name that is kept, in characters.
const NAME_CHARS: usize = 128;

/// Headers with what a body may leave out. They are not signed, so the body takes precedence.
const CHANNEL_ID: &str = "mr-channel-id";
const CALLBACK_URL: &str = "x-modelriver-callback-url";

/// The headers that are needed to verify and to read.
pub const HEADERS: [&str; 5] =
    [signature::HEADERS[0], signature::HEADERS[1], signature::HEADERS[2], CHANNEL_ID, CALLBACK_URL];

/// Reads a webhook.
///
/// # Errors
///
/// The field of the body that cannot be read.
pub fn read(webhook: &Verified<'_>) -> Result<Event, Malformed> {
    let body = webhook.body();
    let body = json::read_mended(body).map_err(|_| malformed("", "The body is not JSON."))?;
    if !body.is_object() {
        return Err(malformed("", "The body is not a JSON object."));
    }
    let name = pick_text(&body, &["type"]);
    let data = body.get("data").unwrap_or(&Value::Null);
    let Some(kind) = name.clone().or_else(|| pick_text(data, &["type"])) else {
        return Err(malformed("type", "The event has no name."));
    };
    let form = form(&kind);
    let envelope = match form {
        Form::Standard if name.is_some() && !is_wrapped(&body, data) => {
            Envelope { places: vec![&body] }
        }
        _ => Envelope { places: vec![&body, data] },
    };
    let kind: String = kind.chars().take(NAME_CHARS).collect();
    let Some(channel_id) = channel_id(&envelope, webhook) else {
        // Without a channel it may be about the account, such as `invoice.failed`.
        return match form {
            Form::Unknown => Ok(Event::Other { name: kind }),
            Form::Failure if !kind.starts_with("task.") => Ok(Event::Other { name: kind }),
            _ => Err(malformed("channel_id", "The event names no channel.")),
        };
    };
    Ok(Event::Channel(ChannelEvent {
        channel_id,
        provider: NAME.to_owned(),
        kind,
        outcome: outcome(form, &envelope),
        callback_url: callback_url(&envelope, webhook),
        intent: intent(&envelope),
    }))
}

/// Whether a standard event has its channel in `data` and its result in `data.response`.
fn is_wrapped(body: &Value, data: &Value) -> bool {
    let names_no_channel = pick(body, &["channel_id"]).is_none();
    names_no_channel && pick(data, &["channel_id"]).is_some() && data.get("response").is_some()
}

#[derive(Clone, Copy)]
enum Form {
    EventDriven,
    Standard,
    Failure,
    Unknown,
}

fn form(kind: &str) -> Form {
    match kind {
        "task.ai_generated" => Form::EventDriven,
        "task.completed" => Form::Standard,
        _ if kind.ends_with(".failed") || kind.ends_with(".error") => Form::Failure,
        _ => Form::Unknown,
    }
}

/// The places of the provider's own fields, in order of precedence: the body, then its `data`, unless
/// that is the model's output. Model output is controlled by whoever wrote the prompt, and must not
/// name channels, owners or callbacks.
struct Envelope<'a> {
    places: Vec<&'a Value>,
}

impl<'a> Envelope<'a> {
    fn pick(&self, name: &str) -> Option<&'a Value> {
        self.places.iter().find_map(|place| pick(place, &[name]))
    }

    fn text(&self, name: &str) -> Option<String> {
        self.places.iter().find_map(|place| pick_text(place, &[name]))
    }
}

/// The channel's id. The header is used only if the body has none: it does not replace an invalid id.
fn channel_id(envelope: &Envelope<'_>, webhook: &Verified<'_>) -> Option<String> {
    let named = match envelope.pick("channel_id") {
        Some(id) => id.as_str(),
        None => webhook.header(CHANNEL_ID),
    };
    named.filter(|id| is_plain_id(id)).map(str::to_owned)
}

fn callback_url(envelope: &Envelope<'_>, webhook: &Verified<'_>) -> Option<String> {
    let unwanted = |place: &&Value| place.get("callback_required") == Some(&Value::Bool(false));
    if envelope.places.iter().any(unwanted) {
        return None;
    }
    let of_header =
        || webhook.header(CALLBACK_URL).filter(|url| !url.is_empty()).map(str::to_owned);
    envelope.text("callback_url").or_else(of_header)
}

fn outcome(form: Form, envelope: &Envelope<'_>) -> Outcome {
    if let Form::Unknown = form {
        return Outcome::Unknown;
    }
    if let Some(error) = failure(form, envelope) {
        return Outcome::Failed { error };
    }
    let answer = match form {
        Form::EventDriven => envelope.pick("ai_response"),
        _ => None,
    };
    let data = match form {
        Form::EventDriven => answer.and_then(answered),
        // From the innermost envelope, since the `data` of an outer one is an envelope itself.
        _ => envelope.places.last().and_then(|place| match place.get("response") {
            Some(response) if envelope.places.len() > 1 => Some(response),
            _ => pick(place, &["data"]),
        }),
    };
    let Some(data) = data else {
        let message = "The provider finished without a result.";
        return Outcome::Failed { error: TaskError::new(MISSING_RESULT, message) };
    };
    let metas: Vec<&Value> = answer.iter().chain(&envelope.places).filter_map(meta).collect();
    let of_meta = |name: &str| metas.iter().find_map(|meta| pick_text(meta, &[name]));
    Outcome::Generated(Generated {
        data: storable(data),
        event_name: envelope.text("event").or_else(|| envelope.text("workflow")),
        customer_data: customer_data(envelope),
        model: of_meta("model"),
        provider: of_meta("provider"),
    })
}

/// The error of a failed event. Its type, its status or an `error` field says that it failed.
fn failure(form: Form, envelope: &Envelope<'_>) -> Option<TaskError> {
    let error = envelope.pick("error").filter(|error| !is_hollow(error));
    let status = envelope.text("status");
    let failed = matches!(form, Form::Failure)
        || error.is_some()
        || matches!(status.as_deref(), Some("error" | "failed"));
    let said_beside = || envelope.places.iter().copied().find(|place| has_message(place));
    failed.then(|| match error.or_else(said_beside) {
        Some(error) => task_error(error, FAILED),
        None => no_reason(FAILED),
    })
}

/// Whether `error` is one of the values that mean no error: null, `false`, `""`, `{}` or `[]`.
fn is_hollow(error: &Value) -> bool {
    match error {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

fn has_message(place: &Value) -> bool {
    pick_text(place, &["message"]).is_some()
}

/// `ai_response.data`. Without that field, the whole response if it has more than a `meta`.
fn answered(response: &Value) -> Option<&Value> {
    match response.get("data") {
        Some(data) => (!data.is_null()).then_some(data),
        None => {
            let only_meta = |fields: &Map<String, Value>| fields.keys().all(|name| name == "meta");
            (!response.as_object().is_some_and(only_meta)).then_some(response)
        }
    }
}

fn meta<'a>(place: &&'a Value) -> Option<&'a Value> {
    place.get("meta")
}

/// What the caller attached to the request. The intent is ours, and shown to nobody.
fn customer_data(envelope: &Envelope<'_>) -> Map<String, Value> {
    let fields = attached(envelope).into_iter().flatten().filter(|(name, _)| *name != INTENT);
    fields.map(|(name, value)| (name.clone(), storable(value))).collect()
}

fn intent(envelope: &Envelope<'_>) -> Option<TaskKey> {
    TaskKey::parse(attached(envelope)?.get(INTENT)?.as_str()?)
}

fn attached<'a>(envelope: &Envelope<'a>) -> Option<&'a Map<String, Value>> {
    envelope.places.iter().find_map(|place| place.get("customer_data")?.as_object())
}
