//! Random histories: whatever happens in whatever order, what must hold holds.

use crate::{CHANNEL, NOW, arrives, asked_by, event, failed, generated, made, unknown};
use proptest::prelude::*;
use serde_json::json;
use taskwire::domain::channel::apply::{Arrived, Input, apply};
use taskwire::domain::channel::callback::{Reply, Status as Callback, WINDOW};
use taskwire::domain::channel::frame::rows;
use taskwire::domain::channel::schedule::{due, next_alarm};
use taskwire::domain::channel::state::ChannelState;
use taskwire::domain::task::Status;
use taskwire::domain::time::Millis;

/// What can happen next.
#[derive(Clone, Debug)]
enum Step {
    Happens(Box<Input>),
    /// The alarm fires, and each call comes to this.
    Alarm(Reply),
    /// The process died, or the object slept: only what was stored is left.
    Restart,
}

fn reply() -> impl Strategy<Value = Reply> {
    prop_oneof![
        Just(Reply::Delivered),
        Just(Reply::Retry),
        Just(Reply::Retry),
        Just(Reply::Refused)
    ]
}

fn step() -> impl Strategy<Value = (Step, Millis)> {
    let standard =
        event("task.completed", made(json!({"title": "Standard"}), json!({"user_id": "bob"})));
    let forbidden = Arrived { event: generated(), forbidden: Some("not there".into()) };
    let happens = prop_oneof![
        Just(arrives(generated())),
        Just(Input::Event(forbidden)),
        Just(arrives(standard)),
        Just(arrives(failed())),
        Just(arrives(unknown())),
        Just(asked_by("ada")),
        Just(Input::FlushFailed),
        Just(Input::Flushed(u64::MAX)),
        Just(Input::GiveUp),
        Just(Input::Expire),
        reply().prop_map(|reply| Input::Called { key: "task.ai_generated".into(), reply }),
    ];
    let step = prop_oneof![
        4 => happens.prop_map(|input| Step::Happens(Box::new(input))),
        3 => reply().prop_map(Step::Alarm),
        1 => Just(Step::Restart),
    ];
    (step, prop_oneof![Just(0), 1..2_000_i64, 10_000..WINDOW])
}

fn play(steps: Vec<(Step, Millis)>) {
    let mut state = ChannelState::default();
    let mut now = NOW;
    for (step, pause) in steps {
        now += pause;
        let before = state.clone();
        match step {
            Step::Happens(input) => {
                let input = match *input {
                    // D1 has what there is, not what there will be.
                    Input::Flushed(_) => {
                        let channel = state.channel.as_ref();
                        Input::Flushed(channel.map_or(0, |channel| channel.version))
                    }
                    input => input,
                };
                state = apply(&state, input, now).0;
            }
            Step::Alarm(reply) => {
                now = now.max(next_alarm(&state, now));
                if let Some(key) = due(&state, now).call {
                    state = apply(&state, Input::Called { key, reply }, now).0;
                }
                if due(&state, now).expire {
                    state = apply(&state, Input::Expire, now).0;
                }
            }
            Step::Restart => {
                let text = serde_json::to_string(&state).unwrap();
                state = serde_json::from_str(&text).unwrap();
            }
        }
        check(&before, &state, now);
    }
}

fn check(before: &ChannelState, state: &ChannelState, now: Millis) {
    let (Some(was), Some(is)) = (&before.channel, &state.channel) else {
        return assert!(before.channel.is_none(), "a channel is never lost");
    };
    assert_eq!(is.channel_id, CHANNEL);
    assert!(is.version >= was.version, "a version falls");
    let shown = |state: &ChannelState| {
        (
            state.channel.as_ref().map(|c| (c.status, c.user_id.clone(), c.error.clone())),
            rows(state),
        )
    };
    if shown(before) != shown(state) {
        assert!(is.version > was.version, "a change that no version shows");
    }
    assert_eq!(
        was.status == Status::Completed,
        was.status == Status::Completed && is.status == Status::Completed,
        "what was made is gone"
    );
    assert_eq!(is.status == Status::Failed, is.error.is_some());
    assert!(rows(state).len() >= rows(before).len(), "a row is lost");
    let mut ids: Vec<_> = rows(state).into_iter().map(|row| row.content.id).collect();
    ids.dedup();
    assert_eq!(ids.len(), rows(state).len(), "a row is there twice");
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
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_happens_no_row_is_lost_or_doubled_and_no_callback_goes_out_after_its_end(
        steps in proptest::collection::vec(step(), 1..30)
    ) {
        play(steps);
    }
}
