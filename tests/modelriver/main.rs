//! ModelRiver's wire, in its two forms, as literals; and what goes back.

mod anything;
mod callbacks;
mod content;
mod failures;
mod hosts;
mod starts;
mod webhooks;

use serde_json::{Map, Value};
use taskwire::domain::channel::event::{ChannelEvent, Generated, Outcome};
use taskwire::provider::modelriver::webhook::{Event, Headers, parse};

const ID: &str = "6f1c2a52-7d0f-4b8e-9a43-0d6f7f3f2c11";
const NONE: Headers = Headers { channel_id: None, callback_url: None };

fn event_with(body: &str, headers: &Headers) -> ChannelEvent {
    match parse(body.replace("$ID", ID).as_bytes(), headers) {
        Ok(Event::Channel(event)) => event,
        other => panic!("{body}: {other:?}"),
    }
}

fn event(body: &str) -> ChannelEvent {
    event_with(body, &NONE)
}

fn generated(event: &ChannelEvent) -> &Generated {
    match &event.outcome {
        Outcome::Generated(generated) => generated,
        other => panic!("{other:?}"),
    }
}

fn error(event: &ChannelEvent) -> (&str, &str) {
    match &event.outcome {
        Outcome::Failed { error } => (&error.code, &error.message),
        other => panic!("{other:?}"),
    }
}

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        other => panic!("{other}"),
    }
}
