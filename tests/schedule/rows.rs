//! When rows that D1 did not take are written again.

use crate::actor::{Actor, Tasks};
use crate::support::{NOW, after, attach, completed, delivery, new_task};
use crate::world::{STILL_PENDING, World, awake, done, simulate};
use taskwire::domain::task::apply::{Input, Work, apply};
use taskwire::domain::task::schedule::{due, next_alarm};
use taskwire::domain::time::{HOUR, MINUTE, SECOND};

#[test]
fn a_first_write_that_was_not_noted_is_noted_at_the_first_alarm_and_does_not_make_it_spin() {
    let mut actor = Actor::<Tasks>::default();
    actor.handle(attach(&new_task(2)), NOW, |_, work| {
        assert_eq!(work, Work::Flush { note: false });
        None
    });
    let tally = simulate(&mut actor, NOW + 30 * MINUTE, &STILL_PENDING);
    assert_eq!((tally.flushes, tally.last.flushed), (1, 1));
    let alarms = tally.alarms;
    assert!(alarms < 20, "{alarms} alarms in half an hour");
}

#[test]
fn rows_that_d1_did_not_take_are_written_again_ever_later() {
    let mut room = after([attach(&new_task(1))]);
    let mut now = NOW;
    let mut gaps = Vec::new();
    for _ in 0..15 {
        room = apply(&room, delivery("evt_1", completed(vec![])), now).state;
        room = apply(&room, Input::FlushFailed, now).state;
        let next = next_alarm(&room, now);
        assert!(due(&room, next).flush);
        gaps.push(next - now);
        now = next;
    }
    assert_eq!(gaps[..4], [2, 4, 8, 16].map(|seconds| seconds * SECOND));
    assert_eq!(gaps[11..], [4_096 * SECOND, 8_192 * SECOND, 4 * HOUR, 4 * HOUR]);

    let version = room.task.as_ref().map_or(0, |task| task.version);
    let flushed = apply(&room, Input::Flushed(version), now).state;
    assert!(!due(&flushed, now).flush);
    assert_eq!(flushed.clock.flush_failures, 0, "the next failure starts from the shortest");
}

#[test]
fn rows_wait_two_days_for_d1_without_the_alarm_spinning() {
    let mut room = apply(&done(), Input::Flushed(0), NOW).state;
    room.flushed = 1;
    let mut room = awake(room, NOW);
    let world = World { poll: None, d1: |now| now > NOW + 48 * HOUR };
    let tally = simulate(&mut room, NOW + 96 * HOUR, &world);
    assert!(tally.alarms < 40, "{} alarms, one in four hours is enough", tally.alarms);
    let cleaned = tally.cleaned.expect("cleaned once D1 agrees");
    assert!(cleaned > NOW + 48 * HOUR, "never before D1 has the rows");
    assert!(!tally.last.is_dirty());
}
