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
use taskwire::provider::event::Event;
use taskwire::provider::malformed::Malformed;
use taskwire::provider::modelriver::webhook::read;
use verified::verified;

#[path = "../support/verified.rs"]
mod verified;

const ID: &str = "6f1c2a52-7d0f-4b8e-9a43-0d6f7f3f2c11";

/// What the provider says of a webhook outside of its body.
#[derive(Clone, Copy, Default)]
struct Headers<'a> {
    channel_id: Option<&'a str>,
    callback_url: Option<&'a str>,
}

const NONE: Headers = Headers { channel_id: None, callback_url: None };

fn parse(body: &[u8], headers: &Headers) -> Result<Event, Malformed> {
    let named = [
        ("mr-channel-id", headers.channel_id),
        ("x-modelriver-callback-url", headers.callback_url),
    ];
    let there = named.into_iter().filter_map(|(name, value)| Some((name, value?.to_owned())));
    read(&verified(body, &there.collect::<Vec<_>>()))
}

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
