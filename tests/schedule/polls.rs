//! When the provider is asked, and when it is asked no more.

use crate::support::{NOW, after, attach, completed, new_task, picture, stored};
use crate::world::{SILENT, STILL_PENDING, World, awake, pending, simulate};
use taskwire::domain::task::apply::{Input, apply};
use taskwire::domain::task::schedule::{Due, FIRST_POLL, ROOM_LIFETIME, due, next_alarm};
use taskwire::domain::task::state::RoomState;
use taskwire::domain::task::{Status, Task};
use taskwire::domain::time::{HOUR, MINUTE, Millis, SECOND};

#[test]
fn the_first_poll_comes_twenty_seconds_after_the_start() {
    let room = pending();
    assert_eq!(FIRST_POLL, 20 * SECOND);
    assert_eq!(next_alarm(&room, NOW), NOW + 20 * SECOND);
    assert_eq!(due(&room, NOW + 20 * SECOND - 1), Due::default());
    assert_eq!(due(&room, NOW + 20 * SECOND), Due { poll: true, ..Due::default() });
}

#[test]
fn a_lost_webhook_costs_some_twenty_polls_and_one_give_up() {
    for world in [&SILENT, &STILL_PENDING] {
        let mut room = awake(pending(), NOW);
        let tally = simulate(&mut room, NOW + 30 * HOUR, world);
        let polls = &tally.polls;
        assert!((12..=22).contains(&polls.len()), "{} polls", polls.len());
        let gaps: Vec<Millis> = polls.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let backing_off = &gaps[..gaps.len() - 1];
        assert!(backing_off.is_sorted(), "{gaps:?}");
        assert!(gaps.iter().all(|gap| *gap <= 5 * MINUTE + 10), "{gaps:?}");
        let [given_up] = tally.gave_up[..] else { panic!("gave up {:?}", tally.gave_up) };
        assert!((NOW + HOUR..NOW + HOUR + SECOND).contains(&given_up));
        assert_eq!(polls.last(), Some(&given_up), "a last poll comes first");
        assert_eq!(tally.cleaned.map(|at| at - given_up), Some(ROOM_LIFETIME + 1));
        assert_eq!(tally.flushes, 1);
        assert_eq!(tally.alarms as usize, polls.len() + 1);
        let task = tally.last.task.expect("attached");
        assert_eq!(task.error.map(|error| error.code).as_deref(), Some("timeout"));
    }
}

/// How long the alarm sleeps after each of `times` failures.
fn gaps(mut room: RoomState, failure: &Input, times: usize) -> Vec<Millis> {
    let mut now = NOW;
    let gap = |_| {
        room = apply(&room, failure.clone(), now).state;
        let slept = next_alarm(&room, now) - now;
        now += slept;
        slept
    };
    (0..times).map(gap).collect()
}

#[test]
fn polls_that_fail_become_rarer_by_half_down_to_one_in_five_minutes() {
    let gaps = gaps(pending(), &Input::PollFailed, 10);
    assert_eq!(gaps[..4], [20 * SECOND, 30 * SECOND, 45 * SECOND, 67_500]);
    assert_eq!(gaps[8..], [5 * MINUTE, 5 * MINUTE]);
}

#[test]
fn a_poll_that_finds_the_result_ends_the_polling() {
    let outcome = completed(vec![picture("a"), picture("b")]).outcome;
    let mut room = awake(pending(), NOW);
    let world = World { poll: Some(outcome), d1: |_| true };
    let tally = simulate(&mut room, NOW + 30 * HOUR, &world);
    assert_eq!((tally.polls.len(), tally.gave_up.len(), tally.flushes), (1, 0, 1));
    assert_eq!(tally.last.task.map(|task| task.status), Some(Status::Completed));
}

#[test]
fn an_image_is_waited_for_an_hour_and_a_video_three() {
    for (kind, patience) in
        [("image.generate", HOUR), ("image.upscale", HOUR), ("video.generate", 3 * HOUR)]
    {
        let room = after([attach(&Task { kind: kind.into(), ..new_task(0) })]);
        assert!(!due(&room, NOW + patience - 1).give_up, "{kind}");
        let end = due(&room, NOW + patience);
        assert!(end.give_up && end.poll, "{kind}");
    }
}

#[test]
fn a_task_is_waited_for_as_long_as_its_provider_says() {
    for kind in ["image.generate", "video.generate", "audio.generate"] {
        let patience = 10 * MINUTE;
        let task = Task { kind: kind.into(), patience: Some(patience), ..new_task(0) };
        let room = stored(&after([attach(&task)]));
        assert!(!due(&room, NOW + patience - 1).give_up, "{kind}");
        assert!(due(&room, NOW + patience).give_up, "{kind}");
    }
}

#[test]
fn a_task_that_is_adopted_days_later_is_asked_for_at_once_and_then_given_up() {
    let late = NOW + 48 * HOUR;
    let room = apply(&RoomState::default(), attach(&new_task(1)), late).state;
    assert_eq!(next_alarm(&room, late), late);
    let what = due(&room, late);
    assert!(what.poll && what.give_up);
}
