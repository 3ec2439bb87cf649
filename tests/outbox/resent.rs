//! What operators do: an event is sent again, and the provider is asked now.

use crate::support::{NOW, TASK_ID, attach, completed, delivery, new_task, picture, poll, unknown};
use taskwire::domain::channel::apply::{Input as ChannelInput, apply as apply_channel};
use taskwire::domain::channel::erase::Gone;
use taskwire::domain::channel::schedule::due as due_in_channel;
use taskwire::domain::channel::state::ChannelState;
use taskwire::domain::effect::Arm;
use taskwire::domain::outbox::road::Road;
use taskwire::domain::outbox::state::{Event, Kind, Outcome, Parcel};
use taskwire::domain::task::Task;
use taskwire::domain::task::apply::{Decision, Effect, Input, Work, apply};
use taskwire::domain::task::erase::Rows;
use taskwire::domain::task::events::with_events;
use taskwire::domain::task::schedule::{due, next_alarm};
use taskwire::domain::task::seen::Seen;
use taskwire::domain::task::state::RoomState;
use taskwire::domain::time::{DAY, HOUR, SECOND};
use taskwire::domain::verdict::Verdict;

fn decided(room: &RoomState, input: Input) -> Decision {
    with_events(room, apply(room, input, NOW), || vec![Road::Queue], NOW)
}

fn after(inputs: impl IntoIterator<Item = Input>) -> RoomState {
    inputs.into_iter().fold(RoomState::default(), |room, input| decided(&room, input).state)
}

/// A task that has ended, whose event was delivered.
fn over() -> RoomState {
    let parcel = Parcel { subject: TASK_ID.into(), version: 2, road: Road::Queue };
    after([
        attach(&new_task(1)),
        delivery("d", completed(vec![picture("a")])),
        Input::Flushed(2),
        Input::Sent(parcel, Outcome::Delivered(None)),
    ])
}

fn event() -> Event {
    Event::new(Kind::Completed, TASK_ID.into(), 2, NOW, &[Road::Hook])
}

fn resend(task: Task) -> Input {
    Input::Resend(Box::new(task), Box::new(event()))
}

#[test]
fn an_event_is_sent_again_by_the_room_and_by_one_that_was_cleaned() {
    let row = over().task.expect("a task");
    for room in [over(), RoomState::default()] {
        let decision = decided(&room, resend(row.clone()));
        assert_eq!(decision.verdict, Verdict::Applied);
        // Stored with the alarm to come, and nobody is shown anything: the task is as it was.
        let then = [Effect::Store, Effect::Then(Input::EventsDue)];
        assert_eq!(decision.effects, then);
        let due_now = apply(&decision.state, Input::EventsDue, NOW).effects;
        assert_eq!(due_now, [Effect::Arm(Arm::By(NOW))]);
        assert!(due(&decision.state, NOW).send && !due(&decision.state, NOW + 30 * HOUR).clean);
        assert_eq!(decision.state.outbox.events().len(), 1, "and none is born anew");
        assert_eq!(decision.state.task.as_ref(), Some(&row));
    }
}

#[test]
fn nothing_of_an_erased_task_is_sent_again_and_another_task_is_not_touched() {
    let row = over().task.expect("a task");
    let erased = apply(&over(), Input::Erase(Box::new(Rows::from(&row))), NOW).state;
    let decision = decided(&erased, resend(row.clone()));
    assert_eq!((decision.verdict, decision.state == erased), (Verdict::Erased, true));
    let other = Task { key: crate::support::key(9), ..row };
    let decision = decided(&over(), resend(other));
    assert_eq!((decision.verdict, decision.state == over()), (Verdict::Conflict, true));
}

#[test]
fn what_was_heard_by_hand_is_written_and_told_as_after_a_webhook() {
    let started = after([attach(&new_task(1)), Input::Flushed(1)]);
    let flush = Effect::Do(Work::Flush { note: true });
    assert!(!decided(&started, Input::Asked).effects.contains(&flush), "nothing has changed");
    let heard = decided(&started, poll(completed(vec![picture("a")]))).state;
    let next = Effect::Arm(Arm::By(next_alarm(&heard, NOW)));
    let follows = [next, flush, Effect::Then(Input::EventsDue)];
    assert_eq!(decided(&heard, Input::Asked).effects, follows);
    assert!(due(&apply(&heard, Input::Flushed(2), NOW).state, NOW).send, "its event was born");
}

#[test]
fn a_room_says_what_it_knows_and_is_as_it_was() {
    assert_eq!(RoomState::default().seen(), Seen::default());
    let started = after([attach(&new_task(1))]);
    let seen = started.seen();
    assert_eq!((seen.polls, seen.polled_at), (0, None));
    assert_eq!(seen.polls_at, Some(next_alarm(&started, NOW)));
    let later = NOW + 20 * SECOND;
    let asked = apply(&started, Input::PollFailed, later).state;
    assert_eq!((asked.seen().polls, asked.seen().polled_at), (1, Some(later)));
    let asked = apply(&asked, poll(unknown()), later).state;
    assert_eq!(asked.seen().polls, 1, "it says nothing");
    // It is behind only if D1 has an older version: a room is not told that its first write has succeeded.
    let heard = decided(&asked, delivery("d", completed(vec![picture("a")]))).state;
    let at = heard.task.as_ref().map(|task| task.updated_at);
    assert_eq!(
        (heard.seen().beside(1).behind_since, heard.seen().beside(2).behind_since),
        (at, None)
    );
    assert_eq!(over().seen().beside(1).behind_since, None, "its flush is noted");
    let row = over().task.expect("a task");
    let erased = apply(&over(), Input::Erase(Box::new(Rows::from(&row))), NOW).state.seen();
    assert_eq!((erased.task, erased.erased_at), (None, Some(NOW)));
}

#[test]
fn a_channels_event_is_sent_again_also_after_its_room_was_cleaned() {
    let event = Event::new(Kind::Created, "cnt_1".into(), 2, NOW, &[Road::Hook]);
    let again = |state: &ChannelState| {
        apply_channel(state, ChannelInput::Resend(Box::new(event.clone())), NOW + DAY)
    };
    let decision = again(&ChannelState::default());
    assert_eq!(decision.verdict, Verdict::Applied);
    assert!(due_in_channel(&decision.state, NOW + DAY).send);
    assert!(!due_in_channel(&decision.state, NOW + 99 * DAY).clean);
    let parcel = Parcel { subject: "cnt_1".into(), version: 2, road: Road::Hook };
    let sent = ChannelInput::Sent(parcel, Outcome::Delivered(Some(200)));
    let state = apply_channel(&decision.state, sent, NOW + DAY).state;
    assert!(state.outbox.is_empty() && due_in_channel(&state, NOW + DAY).clean);

    let gone = Gone { channel_id: "c1".into(), content_id: None, user_id: "ada".into() };
    let erased = apply_channel(&ChannelState::default(), ChannelInput::Erase(gone), NOW).state;
    let decision = again(&erased);
    assert_eq!((decision.verdict, decision.state == erased), (Verdict::Erased, true));
}
