//! When a room is deleted.

use crate::support::{NOW, after, attach, completed, decide, delivery, new_task, picture};
use crate::world::{done, pending};
use taskwire::domain::task::apply::{Input, apply};
use taskwire::domain::task::schedule::{Due, FIRST_POLL, ROOM_LIFETIME, due, next_alarm};
use taskwire::domain::time::{HOUR, MINUTE, SECOND};
use taskwire::domain::verdict::Verdict;

#[test]
fn a_finished_room_is_cleaned_a_day_after_its_last_change_and_not_before() {
    let room = done();
    let end = NOW + SECOND + 24 * HOUR;
    assert_eq!(ROOM_LIFETIME, 24 * HOUR);
    assert_eq!(next_alarm(&room, NOW + MINUTE), end);
    assert_eq!(due(&room, end - 1), Due::default());
    assert_eq!(due(&room, end), Due { clean: true, ..Due::default() });
}

#[test]
fn a_room_is_never_cleaned_while_its_task_is_pending_or_its_rows_are_behind() {
    let far = NOW + 1_000 * HOUR;
    assert!(!due(&pending(), far).clean);
    let behind = after([attach(&new_task(1)), delivery("evt_1", completed(vec![]))]);
    let what = due(&behind, far);
    assert!(what.flush && !what.clean);
}

#[test]
fn a_task_that_was_healed_gets_a_day_of_its_own() {
    let room = after([attach(&new_task(1)), Input::GiveUp, Input::Flushed(2)]);
    let late = NOW + 23 * HOUR;
    let answer = delivery("evt_1", completed(vec![picture("a")]));
    let (room, verdict) = decide(&room, answer, late);
    assert_eq!(verdict, Verdict::Applied);
    assert!(next_alarm(&room, late) <= late + FIRST_POLL, "its rows are behind");
    let room = apply(&room, Input::Flushed(3), late).state;
    assert_eq!(next_alarm(&room, late), late + ROOM_LIFETIME);
}
