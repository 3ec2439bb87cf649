//! The events that a channel's rows cause for the app's own backend, beside its callbacks.

use crate::{CHANNEL, NOW, arrives, asked_by, event, failed, generated, made, unknown};
use serde_json::json;
use taskwire::domain::channel::apply::{Effect, Input, Work, apply};
use taskwire::domain::channel::erase::Gone;
use taskwire::domain::channel::events::with_events;
use taskwire::domain::channel::schedule::due;
use taskwire::domain::channel::state::{ChannelState, record_id};
use taskwire::domain::outbox::road::Road;
use taskwire::domain::outbox::state::Outcome;
use taskwire::domain::time::HOUR;

fn after(inputs: impl IntoIterator<Item = Input>) -> ChannelState {
    inputs.into_iter().fold(ChannelState::default(), |state, input| {
        with_events(&state, apply(&state, input, NOW), || vec![Road::Queue], NOW).state
    })
}

/// The subjects of the events with their versions.
fn told(state: &ChannelState) -> Vec<(String, u64)> {
    let events = state.outbox.events().iter();
    events.map(|event| (event.subject.clone(), event.version)).collect()
}

fn row(kind: &str) -> String {
    record_id(CHANNEL, kind)
}

#[test]
fn each_new_row_is_told_once_and_nothing_else_is() {
    let state = after([
        asked_by("ada"),
        arrives(unknown()),
        arrives(generated()),
        arrives(generated()),
        arrives(failed()),
        arrives(event("task.completed", made(json!({}), json!({})))),
    ]);
    assert_eq!(told(&state), [(row("task.ai_generated"), 2), (row("task.completed"), 3)]);
}

#[test]
fn a_row_that_gets_its_owner_later_is_told_to_be_new_once_more() {
    let state = after([arrives(generated()), asked_by("ada")]);
    assert_eq!(told(&state), [(row("task.ai_generated"), 1), (row("task.ai_generated"), 2)]);
}

#[test]
fn an_event_is_born_with_its_row_and_due_once_that_is_in_d1() {
    let asked = after([asked_by("ada")]);
    let decision = apply(&asked, arrives(generated()), NOW);
    let decision = with_events(&asked, decision, || vec![Road::Queue], NOW);
    assert_eq!(decision.effects.first(), Some(&Effect::Store));
    assert_eq!(decision.effects.last(), Some(&Effect::Then(Input::EventsDue)));
    assert!(!due(&decision.state, NOW).send, "it is due before its row is there");
    let flushed = apply(&decision.state, Input::Flushed(2), NOW).state;
    assert!(due(&flushed, NOW).send);
    // With a callback under way as well, the alarm comes to both.
    let alarm = Input::Alarm(taskwire::domain::channel::apply::Stage::Call { seen: 2 });
    let called = Input::CalledBefore { key: "task.ai_generated".into() };
    let called = apply(&flushed, called, NOW).state;
    assert_eq!(apply(&called, alarm, NOW).effects.first(), Some(&Effect::Do(Work::Send)));
}

#[test]
fn what_was_erased_is_told_by_its_name_and_the_room_stays_until_then() {
    let gone = Gone { channel_id: CHANNEL.into(), content_id: None, user_id: "ada".into() };
    let told_of =
        [asked_by("ada"), arrives(generated()), Input::Erase(gone.clone()), Input::Deleted(gone)];
    let mut state = after(told_of);
    state.deletions.clear();
    assert!(due(&state, NOW).send);
    let later = NOW + 300 * HOUR;
    assert!(!due(&state, later).clean);
    let parcel = state.outbox.due(state.readable(), NOW).remove(0);
    let state = apply(&state, Input::Sent(parcel, Outcome::Delivered(Some(200))), NOW).state;
    assert!(state.outbox.is_empty() && due(&state, later).clean);
}
