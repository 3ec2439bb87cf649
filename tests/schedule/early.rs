//! Reports of a task that the room does not have yet.

use crate::support::{NOW, after, attach, completed, delivery, new_task, picture, unknown};
use crate::world::{SILENT, World, awake, simulate};
use taskwire::domain::task::apply::{Input, apply};
use taskwire::domain::task::schedule::{EARLY_LIFETIME, due, next_alarm};
use taskwire::domain::task::state::RoomState;
use taskwire::domain::time::{HOUR, MINUTE, SECOND};

#[test]
fn a_report_of_a_task_that_is_not_ours_costs_three_alarms_and_is_deleted_after_ten_minutes() {
    let room = after([delivery("evt_1", completed(vec![picture("a")]))]);
    assert_eq!(next_alarm(&room, NOW), NOW + 2 * SECOND);
    assert!(!due(&room, NOW + 2 * SECOND - 1).adopt && due(&room, NOW + 2 * SECOND).adopt);
    let tally = simulate(&mut awake(room, NOW), NOW + 200 * HOUR, &SILENT);
    assert_eq!((tally.alarms, tally.adoptions), (3, 3));
    let cleaned = tally.cleaned.expect("deleted");
    assert!((NOW + 10 * MINUTE..NOW + 10 * MINUTE + SECOND).contains(&cleaned), "{cleaned}");
    assert_eq!((tally.polls.len(), tally.flushes), (0, 0));
}

#[test]
fn a_search_that_d1_does_not_answer_says_nothing_and_is_repeated_each_hour_for_three_days() {
    let room = after([delivery("evt_1", completed(vec![picture("a")]))]);
    let never = World { poll: None, d1: |_| false };
    let tally = simulate(&mut awake(room.clone(), NOW), NOW + 200 * HOUR, &never);
    let cleaned = tally.cleaned.expect("deleted");
    assert!((NOW + EARLY_LIFETIME..NOW + EARLY_LIFETIME + SECOND).contains(&cleaned));
    assert!((72..=80).contains(&tally.adoptions), "{} searches", tally.adoptions);

    // Once it answers again, it is asked as often as in good times.
    let hours = World { poll: None, d1: |now| now > NOW + 30 * HOUR };
    let tally = simulate(&mut awake(room, NOW), NOW + 200 * HOUR, &hours);
    let cleaned = tally.cleaned.expect("deleted");
    let healed = NOW + 30 * HOUR;
    assert!((healed + 9 * MINUTE..healed + 71 * MINUTE).contains(&cleaned));

    // One that fails after that is repeated as soon as the first.
    let report = delivery("evt_1", completed(vec![picture("a")]));
    let failed = [report, Input::AdoptFailed, Input::AdoptFailed, Input::NoRows];
    let room = after(failed);
    let due = next_alarm(&room, NOW);
    let again = apply(&room, Input::AdoptFailed, due).state;
    assert_eq!(next_alarm(&again, due), due + 10 * SECOND);
    let early = apply(&room, Input::AdoptFailed, NOW).state;
    assert_eq!(next_alarm(&early, NOW), due, "one that fails late does not bring the next forward");
}

#[test]
fn each_report_is_searched_for_from_the_beginning() {
    let room = after([delivery("evt_1", unknown()), Input::NoRows, Input::NoRows]);
    let second = apply(&room, delivery("evt_2", completed(vec![])), NOW + MINUTE).state;
    assert_eq!(next_alarm(&second, NOW + MINUTE), NOW + MINUTE + 2 * SECOND);
    let searched = apply(&second, Input::NoRows, NOW + 2 * MINUTE).state;
    assert!(!due(&searched, NOW + 2 * MINUTE).clean, "the first search for it");
    let third = apply(&room, Input::NoRows, NOW + 2 * MINUTE).state;
    assert!(due(&third, NOW + 2 * MINUTE).clean);
    // A start that gets that far after all takes it, and D1's old answers count no more.
    let attached = apply(&third, attach(&new_task(1)), NOW + 2 * MINUTE).state;
    assert!(attached.task.is_some() && !due(&attached, NOW + 2 * MINUTE).clean);
}

#[test]
fn an_early_report_is_kept_while_the_newest_is_young() {
    let room = after([delivery("evt_1", unknown())]);
    let at = NOW + 40 * HOUR;
    let room = apply(&room, delivery("evt_2", completed(vec![])), at).state;
    assert!(!due(&room, NOW + EARLY_LIFETIME).clean);
    assert!(due(&room, at + EARLY_LIFETIME).clean);
}

#[test]
fn an_empty_room_has_nothing_to_look_for() {
    let what = due(&RoomState::default(), NOW);
    assert!(!what.adopt && !what.poll && !what.flush, "{what:?}");
}
