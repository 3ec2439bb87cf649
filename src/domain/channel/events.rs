//! The events of a channel: each new row tells the app's own backend.

use super::apply::{Decision, Effect, Input, Work};
use super::state::{ChannelState, record_id};
use crate::domain::outbox::road::Road;
use crate::domain::outbox::state::{Event, Kind};
use crate::domain::time::Millis;

/// The decision with the events that it causes, in the same commit. `roads` is only asked if it causes any;
/// without any road there are none.
pub fn with_events(
    before: &ChannelState,
    mut decision: Decision,
    roads: impl FnOnce() -> Vec<Road>,
    now: Millis,
) -> Decision {
    let news = caused(before, &decision.state);
    let roads = if news.is_empty() { Vec::new() } else { roads() };
    if roads.is_empty() {
        return decision;
    }
    for (row, version) in news {
        decision.state.outbox.add(Event::new(Kind::Created, row, version, now, &roads));
    }
    if decision.effects.contains(&Effect::Do(Work::Flush)) {
        decision.effects.push(Effect::Then(Input::EventsDue));
    }
    decision
}

/// The rows that are new, or new to their owner, with their versions.
fn caused(before: &ChannelState, after: &ChannelState) -> Vec<(String, u64)> {
    let Some(channel) = &after.channel else { return Vec::new() };
    let known = |key: &str| {
        let was = before.events.iter().find(|event| event.key == key);
        was.map(|event| event.first_version)
    };
    let news = after.contents().filter(|(event, _)| known(&event.key) != Some(event.first_version));
    let named = |key: &str| record_id(&channel.channel_id, key);
    news.map(|(event, _)| (named(&event.key), event.first_version)).collect()
}
