//! Somebody asks now, and a provider that does not have the task says something.

use crate::support::{NOW, attach, completed, decide, delivery, new_task, poll, report};
use taskwire::domain::effect::{Arm, Effect};
use taskwire::domain::task::apply::{Input, Work, apply};
use taskwire::domain::task::report::{Outcome, Report};
use taskwire::domain::task::state::RoomState;
use taskwire::domain::task::{Links, Pace, Status, Task, TaskError};
use taskwire::domain::time::{MINUTE, SECOND};
use taskwire::domain::verdict::Verdict;

fn attached(task: &Task) -> RoomState {
    apply(&RoomState::default(), attach(task), NOW).state
}

#[test]
fn whoever_asks_now_has_the_provider_polled_at_once_and_closely_from_then_on() {
    let mut room = attached(&new_task(0));
    room.clock.polls = 9;
    let at = NOW + SECOND;
    let asked = apply(&room, Input::AskNow, at);
    let expected = [
        Effect::Store,
        Effect::Arm(Arm::By(at + 5 * MINUTE)),
        Effect::Do(Work::Poll),
        Effect::Then(Input::Asked),
    ];
    assert_eq!(asked.effects, expected);
    let (after, _) = decide(&asked.state, poll(report(Outcome::Pending)), at);
    assert_eq!(after.clock.poll_at, at + 20 * SECOND, "as after the start");
    let (after, _) = decide(&after, Input::Flushed(1), at);
    let next = apply(&after, Input::Asked, at);
    let alarm = Effect::Arm(Arm::By(at + 20 * SECOND));
    assert_eq!(next.effects, [alarm, Effect::Then(Input::EventsDue)]);
}

#[test]
fn an_end_that_asking_has_found_is_written_at_once_and_its_events_are_left_to_the_alarm() {
    let room = attached(&new_task(0));
    let (ended, _) = decide(&room, poll(completed(vec![])), NOW + SECOND);
    let effects = apply(&ended, Input::Asked, NOW + SECOND).effects;
    let [Effect::Arm(Arm::By(_)), flush, events] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(*flush, Effect::Do(Work::Flush { note: true }));
    assert_eq!(*events, Effect::Then(Input::EventsDue));
}

#[test]
fn a_task_that_is_over_is_not_polled_though_somebody_asks() {
    let room = attached(&new_task(0));
    let (room, _) = decide(&room, delivery("evt_1", completed(vec![])), NOW);
    let asked = apply(&room, Input::AskNow, NOW + SECOND);
    assert!(!asked.effects.contains(&Effect::Do(Work::Poll)));
    assert_eq!(asked.state.task, room.task);
}

#[test]
fn a_task_is_polled_at_the_pace_of_its_kind() {
    let pace = Pace { first: 5 * SECOND, longest: 10 * SECOND };
    let mut room = attached(&Task { pace: Some(pace), ..new_task(0) });
    assert_eq!(room.clock.poll_at, NOW + 5 * SECOND);
    let mut delays = Vec::new();
    for _ in 0..4 {
        (room, _) = decide(&room, Input::PollFailed, NOW);
        delays.push(room.clock.poll_at - NOW);
    }
    assert_eq!(delays, [5000, 7500, 10_000, 10_000]);
}

#[test]
fn what_another_provider_says_of_a_task_changes_nothing() {
    let room = attached(&new_task(0));
    let foreign = Report { provider: "another".into(), ..completed(vec![]) };
    let (after, verdict) = decide(&room, delivery("evt_1", foreign), NOW);
    assert_eq!((verdict, after.task), (Verdict::Noted, room.task.clone()));
}

#[test]
fn a_cancellation_ends_a_task_once_and_a_result_that_came_first_stays() {
    let canceled = || report(Outcome::Failed { error: TaskError::new("canceled", "Canceled.") });
    let room = attached(&new_task(0));
    let (ended, verdict) = decide(&room, poll(canceled()), NOW);
    let task = ended.task.clone().expect("a task");
    assert_eq!((verdict, task.status, task.version), (Verdict::Applied, Status::Failed, 2));
    let (late, verdict) = decide(&ended, delivery("evt_1", completed(vec![])), NOW);
    assert_eq!((verdict, late.task), (Verdict::Stale, Some(task)));
    let (done, _) = decide(&room, delivery("evt_1", completed(vec![])), NOW);
    let (after, verdict) = decide(&done, poll(canceled()), NOW);
    assert_eq!((verdict, after.task), (Verdict::Stale, done.task));
}

#[test]
fn a_room_that_was_made_by_a_webhook_learns_the_links_from_the_start() {
    let room = attached(&new_task(0));
    let links = Links { status: Some("/s".into()), ..Links::default() };
    let started = Task { links: Some(links.clone()), ..new_task(0) };
    let (after, verdict) = decide(&room, attach(&started), NOW);
    assert_eq!(verdict, Verdict::AlreadyAttached);
    assert_eq!(after.task.and_then(|task| task.links), Some(links));
}
