//! What the operator's log says of a task's end: where its time went, and that there was one.

use crate::support::{NOW, attach, completed, decide, delivery, new_task, picture, report};
use taskwire::domain::delivery::record::{How, Settled, Stages};
use taskwire::domain::task::Task;
use taskwire::domain::task::apply::Input;
use taskwire::domain::task::report::Outcome;
use taskwire::domain::task::settled::settled;
use taskwire::domain::task::state::RoomState;
use taskwire::domain::time::SECOND;

fn done() -> Input {
    delivery("evt_1", completed(vec![picture("a")]))
}

/// A task whose start took 300 ms.
fn started() -> RoomState {
    let task = Task { updated_at: NOW + 300, ..new_task(1) };
    decide(&RoomState::default(), attach(&task), NOW + 300).0
}

fn end_of(before: &RoomState, input: Input, how: How) -> Option<Settled> {
    let heard_at = NOW + 9 * SECOND;
    let after = decide(before, input, heard_at + 4).0;
    settled(before, &after, how, heard_at, heard_at + 4)
}

#[test]
fn an_end_says_where_the_time_went() {
    let ended = end_of(&started(), done(), How::Webhook).expect("an end");
    assert_eq!(
        (ended.kind.as_str(), ended.status, ended.how),
        ("image.generate", "completed", How::Webhook)
    );
    let accepted = started().task.expect("a task").updated_at;
    let stages = Stages {
        start: Some(accepted - NOW),
        provider: Some(NOW + 9 * SECOND - accepted),
        apply: Some(4),
    };
    assert_eq!(ended.stages, stages);
}

#[test]
fn what_ends_nothing_is_no_end() {
    let pending = delivery("evt_1", report(Outcome::Pending));
    assert_eq!(end_of(&started(), pending, How::Webhook), None);
    let over = decide(&started(), done(), NOW + SECOND).0;
    assert_eq!(end_of(&over, delivery("evt_2", completed(vec![picture("b")])), How::Webhook), None);
}

#[test]
fn a_timeout_is_an_end_and_so_is_the_word_that_replaces_it() {
    let ended = end_of(&started(), Input::GiveUp, How::Timeout).expect("an end");
    assert_eq!((ended.status, ended.how.as_str()), ("failed", "timeout"));
    let over = decide(&started(), Input::GiveUp, NOW + SECOND).0;
    let healed = end_of(&over, done(), How::Webhook).expect("another end");
    assert_eq!(healed.status, "completed");
    assert_eq!(
        healed.stages.start, None,
        "the time at which the provider took it is not known any more"
    );
}

#[test]
fn a_task_whose_webhook_came_first_ends_when_its_room_gets_it() {
    let early = decide(&RoomState::default(), done(), NOW).0;
    let ended = end_of(&early, attach(&new_task(1)), How::Webhook).expect("an end");
    assert_eq!((ended.status, ended.stages.provider), ("completed", None));
}
