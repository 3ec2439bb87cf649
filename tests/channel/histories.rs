//! Random histories, with invariants checked after each step.

use crate::{CHANNEL, NOW, arrives, asked_by, event, failed, generated, made, unknown};
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, any, proptest};
use serde_json::json;
use std::collections::HashSet;
use taskwire::domain::channel::apply::{Input, apply};
use taskwire::domain::channel::callback::{Reply, Status as Callback, WINDOW};
use taskwire::domain::channel::event::Arrived;
use taskwire::domain::channel::frame::{ContentRow, rows};
use taskwire::domain::channel::schedule::{due, next_alarm};
use taskwire::domain::channel::state::{Channel, ChannelState};
use taskwire::domain::task::Status;
use taskwire::domain::time::Millis;

/// What can happen next.
enum Step {
    Happens(Box<Input>),
    /// The alarm fires, and each call comes to this.
    Alarm(Reply),
    /// The process died, or the object hibernated: only the stored state is left.
    Restart,
}

/// The step that a number stands for, and how long before it nothing happens.
fn step(number: u32, state: &ChannelState) -> (Step, Millis) {
    let reply = match number >> 5 & 3 {
        0 => Reply::Delivered,
        1 => Reply::Refused,
        _ => Reply::Retry,
    };
    let pause = Millis::from(number >> 9);
    let pause = match number >> 7 & 3 {
        0 => 0,
        1 => 1 + pause % 2_000,
        _ => 10_000 + pause % (WINDOW - 10_000),
    };
    (step_of(number & 31, reply, state), pause)
}

fn step_of(choice: u32, reply: Reply, state: &ChannelState) -> Step {
    let standard =
        || event("task.completed", made(json!({"title": "Standard"}), json!({"user_id": "bob"})));
    let forbidden = || Arrived { event: generated(), forbidden: Some("not there".into()) };
    Step::Happens(Box::new(match choice {
        0 | 1 => arrives(generated()),
        2 => Input::Event(forbidden()),
        3 => arrives(standard()),
        4 => arrives(failed()),
        5 => arrives(unknown()),
        6 | 7 => asked_by("ada"),
        8 => Input::FlushFailed,
        // D1 has what there is, not what there will be.
        9 | 10 => Input::Flushed(state.channel.as_ref().map_or(0, |channel| channel.version)),
        11 => Input::GiveUp,
        12 => Input::Expire,
        13..16 => Input::Called { key: "task.ai_generated".into(), reply },
        16..28 => return Step::Alarm(reply),
        _ => return Step::Restart,
    }))
}

fn play(numbers: &[u32]) {
    let mut state = ChannelState::default();
    let mut now = NOW;
    let mut had = Vec::new();
    for number in numbers {
        let (step, pause) = step(*number, &state);
        now += pause;
        let before = state.clone();
        match step {
            Step::Happens(input) => state = apply(&state, *input, now).state,
            Step::Alarm(reply) => {
                now = now.max(next_alarm(&state, now));
                if let Some(key) = due(&state, now).call {
                    state = apply(&state, Input::Called { key, reply }, now).state;
                }
                if due(&state, now).expire {
                    state = apply(&state, Input::Expire, now).state;
                }
            }
            Step::Restart => {
                let text = serde_json::to_string(&state).unwrap();
                state = serde_json::from_str(&text).unwrap();
            }
        }
        let has = rows(&state);
        check((&before, &had), (&state, &has), now);
        had = has;
    }
}

/// Compares a state and its rows with those before.
fn check(
    (before, had): (&ChannelState, &[ContentRow]),
    (state, has): (&ChannelState, &[ContentRow]),
    now: Millis,
) {
    let (Some(was), Some(is)) = (&before.channel, &state.channel) else {
        return assert!(before.channel.is_none(), "a channel is never lost");
    };
    assert_eq!(is.channel_id, CHANNEL);
    assert!(is.version >= was.version, "a version falls");
    let shown =
        |channel: &Channel| (channel.status, channel.user_id.clone(), channel.error.clone());
    if shown(was) != shown(is) || had != has {
        assert!(is.version > was.version, "a change that no version shows");
    }
    assert_eq!(
        was.status == Status::Completed,
        was.status == Status::Completed && is.status == Status::Completed,
        "what was made is gone"
    );
    assert_eq!(is.status == Status::Failed, is.error.is_some());
    assert!(has.len() >= had.len(), "a row is lost");
    let ids: HashSet<_> = has.iter().map(|row| &row.content.id).collect();
    assert_eq!(ids.len(), has.len(), "a row is there twice");
    for (was, is) in before.events.iter().zip(&state.events) {
        assert_eq!(was.key, is.key, "events change places");
        if was.callback.status != Callback::Pending {
            assert_eq!(was.callback, is.callback, "a callback that was settled changes");
        }
    }
    if let Some(key) = due(state, now).call {
        let event = state.events.iter().find(|event| event.key == key).expect("of an event");
        assert!(now < event.at + WINDOW && event.callback.status == Callback::Pending);
    }
    assert!(next_alarm(state, now) >= now);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 10_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_happens_no_row_is_lost_or_doubled_and_no_callback_goes_out_after_its_end(
        numbers in vec(any::<u32>(), 1..30)
    ) {
        play(&numbers);
    }
}
