//! ModelRiver's webhooks, from the verified body to the rows and frames. A case is the body. A line
//! before it that is not JSON has the channel and callback of the headers.

use super::meter::metered;
use super::tasks::{NOW, VALUE_LIMIT, assert_first};
use super::verified::verified;
use serde::de::IgnoredAny;
use taskwire::domain::channel::apply::{Decision, Input, apply};
use taskwire::domain::channel::event::{Arrived, ChannelEvent};
use taskwire::domain::channel::frame::{channel_frame, rows};
use taskwire::domain::channel::schedule::{due, next_alarm};
use taskwire::domain::channel::state::{ChannelState, EVENT_LIMIT};
use taskwire::domain::id::is_plain_id;
use taskwire::domain::time::{Millis, SECOND};
use taskwire::domain::verdict::Verdict;
use taskwire::provider::event::Event;
use taskwire::provider::modelriver::webhook::read;
use taskwire::store::row::to_json;

/// Most bytes of a state beyond the size of its body.
const OVERHEAD: usize = 20_000;

pub fn modelriver_webhook(data: &[u8]) {
    let (headers, body) = split(data);
    let webhook = verified(body, &headers);
    let event = metered(|| read(&webhook));
    assert_eq!(read(&webhook), event, "two readings of one body");
    let Ok(Event::Channel(event)) = event else { return };
    assert!(is_plain_id(&event.channel_id), "an id that names no object: {:?}", event.channel_id);
    assert!(event.kind.chars().count() <= 128);
    let size = heard(event);
    let limit = VALUE_LIMIT.min(OVERHEAD + 8 * data.len());
    assert!(size <= limit, "{} bytes became a state of {size}, {limit} at most", data.len());
}

/// `channel callback`, a line break, the body.
fn split(data: &[u8]) -> (Vec<(&'static str, String)>, &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').filter(|_| !data.starts_with(b"{"));
    let Some(end) = end else { return (Vec::new(), data) };
    let line = std::str::from_utf8(&data[..end]).unwrap_or_default();
    let (channel, callback) = line.split_once(' ').unwrap_or((line, ""));
    let named = [("mr-channel-id", channel), ("x-modelriver-callback-url", callback)];
    (named.map(|(name, value)| (name, value.to_owned())).to_vec(), &data[end + 1..])
}

/// Applies the event, a duplicate of it, and an alarm. Returns the size of the state.
fn heard(event: ChannelEvent) -> usize {
    let arrived = |event: &ChannelEvent| {
        Input::Event(Arrived { event: event.clone(), forbidden: None, is_public: false })
    };
    let (once, _) = step(&ChannelState::default(), arrived(&event), 1);
    let (twice, verdict) = step(&once, arrived(&event), 2);
    assert_eq!((&twice, verdict), (&once, Verdict::Duplicate));
    let mut state = twice;
    for input in [Input::GiveUp, Input::Expire, Input::FlushFailed, Input::Flushed(u64::MAX)] {
        state = step(&state, input, 3).0;
    }
    let text = to_json(&once);
    let read: ChannelState =
        serde_json::from_str(&text).expect("a state that was written can be read");
    assert_eq!(read, once, "storage changes the state");
    for row in rows(&once) {
        serde_json::from_str::<IgnoredAny>(&to_json(&row)).expect("a row is JSON");
    }
    text.len()
}

/// Applies `input` and checks the invariants: the version never falls, and a result is never lost.
fn step(before: &ChannelState, input: Input, second: Millis) -> (ChannelState, Verdict) {
    let now = NOW + second * SECOND;
    let again = input.clone();
    let decision = metered(|| {
        let decision = apply(before, again, now);
        let after = &decision.state;
        let _ = (to_json(after), to_json(&rows(after)));
        if let Some(channel) = &after.channel {
            let _ = channel_frame(channel, None);
        }
        decision
    });
    assert_eq!(apply(before, input, now), decision, "two outcomes of one event");
    let Decision { state: after, verdict, effects } = decision;
    let is_news = after.version() != before.version();
    assert_first(&effects, &after != before, is_news);
    if let (Some(known), Some(channel)) = (&before.channel, &after.channel) {
        assert!(channel.version >= known.version && channel.updated_at >= known.updated_at);
        let left = known.status.is_terminal() && !channel.status.is_terminal();
        assert!(!left, "{:?} after {:?}", channel.status, known.status);
    }
    assert!(after.contents().count() >= before.contents().count(), "what was made is gone");
    assert!(after.events.len() <= EVENT_LIMIT);
    assert!(next_alarm(&after, now) >= now);
    let _ = due(&after, now);
    (after, verdict)
}
