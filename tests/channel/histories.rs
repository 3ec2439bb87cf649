//! Random histories, with invariants checked after each step.

use crate::actor::{Actor, Channels};
use crate::{CHANNEL, NOW, arrives, asked_by, event, failed, generated, made, unknown};
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, any, proptest};
use serde_json::json;
use std::collections::HashSet;
use taskwire::domain::channel::apply::{Input, Work};
use taskwire::domain::channel::callback::{Reply, Status as Callback, WINDOW};
use taskwire::domain::channel::event::Arrived;
use taskwire::domain::channel::frame::{ContentRow, rows};
use taskwire::domain::channel::schedule::{due, next_alarm};
use taskwire::domain::channel::state::{Channel, ChannelState};
use taskwire::domain::task::Status;
use taskwire::domain::time::Millis;

/// What can happen next.
enum Step {
    Happens(Vec<Input>),
    /// The alarm fires.
    Alarm,
    /// The process died, or the object slept: only what was stored is left.
    Restart,
}

/// What a number stands for: what happens, how long before it nothing does, and what comes of work.
struct Chance(u32);

impl Chance {
    fn reply(&self) -> Reply {
        match self.0 >> 5 & 3 {
            0 => Reply::Delivered,
            1 => Reply::Refused,
            _ => Reply::Retry,
        }
    }

    fn pause(&self) -> Millis {
        let pause = Millis::from(self.0 >> 9);
        match self.0 >> 7 & 3 {
            0 => 0,
            1 => 1 + pause % 2_000,
            _ => 10_000 + pause % (WINDOW - 10_000),
        }
    }

    fn step(&self, state: &ChannelState) -> Step {
        let standard = || {
            event("task.completed", made(json!({"title": "Standard"}), json!({"user_id": "bob"})))
        };
        let forbidden = || Arrived {
            event: generated(),
            forbidden: Some("not there".into()),
            is_public: false,
        };
        Step::Happens(vec![match self.0 & 31 {
            0 | 1 => arrives(generated()),
            2 => Input::Event(forbidden()),
            3 => arrives(standard()),
            4 => arrives(failed()),
            5 => arrives(unknown()),
            6 => asked_by("ada"),
            // The first event of a request that the object has forgotten.
            7 => return Step::Happens(vec![remembered("ada"), arrives(generated())]),
            // And what comes out of turn, from work of another event.
            8 => Input::FlushFailed,
            // D1 has what there is, not what there will be.
            9 | 10 => Input::Flushed(state.version()),
            11 => Input::GiveUp,
            12 => Input::Expire,
            13..16 => Input::Called { key: "task.ai_generated".into(), reply: self.reply() },
            16..28 => return Step::Alarm,
            _ => return Step::Restart,
        }])
    }

    /// What the work of this event comes to.
    fn outcome(&self, state: &ChannelState, work: Work) -> Option<Input> {
        Some(match work {
            Work::Flush if (self.0 >> 10).is_multiple_of(4) => Input::FlushFailed,
            Work::Flush => Input::Flushed(state.version()),
            Work::Call { key } => Input::Called { key, reply: self.reply() },
            Work::Delete(_) | Work::Settle => panic!("nothing was erased: {work:?}"),
            Work::Send => panic!("an event, and there is no road"),
        })
    }
}

/// As D1 has it of a request that was started here.
fn remembered(user: &str) -> Input {
    match asked_by(user) {
        Input::Attach(channel) => Input::Remember(channel),
        other => panic!("{other:?}"),
    }
}

fn play(numbers: &[u32]) {
    let mut actor = Actor::<Channels>::default();
    let mut now = NOW;
    let mut had = Vec::new();
    for number in numbers {
        let chance = Chance(*number);
        now += chance.pause();
        let before = actor.state();
        match (chance.step(&before), actor.alarm) {
            (Step::Happens(inputs), _) => {
                for input in inputs {
                    actor.handle(input, now, |state, work| chance.outcome(state, work));
                }
            }
            (Step::Alarm, Some(at)) => {
                now = now.max(at);
                let mut run = actor.fire(now);
                actor.finish(&mut run, now, |state, work| chance.outcome(state, work));
            }
            (Step::Alarm | Step::Restart, _) => actor.sleep(),
        }
        // Its next life is another story.
        if actor.is_empty() && before.channel.is_some() {
            return;
        }
        actor.assert_awaited();
        let (state, has) = (actor.state(), rows(&actor.state()));
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
