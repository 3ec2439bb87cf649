//! A task that was erased: whatever had come before, and whatever comes after, in any order and with a
//! process that dies anywhere, it stays gone, and so do its rows in the end.

use crate::actor::{Kind, Tasks};
use crate::support::{NOW, TASK_ID, attach, decide, new_task, stored};
use crate::world::{Said, Step, World};
use taskwire::domain::effect::{Arm, Effect};
use taskwire::domain::erase::LATE_WRITE;
use taskwire::domain::task::apply::{Input, Work, apply};
use taskwire::domain::task::change::fail;
use taskwire::domain::task::erase::{Rows, SEARCHED_FOR, word_before_erasing};
use taskwire::domain::task::schedule::{ERASED_LIFETIME, FIRST_FLUSH};
use taskwire::domain::task::state::RoomState;
use taskwire::domain::task::{START_LOST, Task, TaskError};
use taskwire::domain::time::HOUR;
use taskwire::domain::usage::amount::Amount;
use taskwire::domain::usage::book::LONGEST;
use taskwire::domain::usage::word::{Charge, Word};
use taskwire::domain::verdict::Verdict;

const ALL: usize = usize::MAX;

const BEFORE: [Step; 8] = [
    Step::Attach,
    Step::Wake,
    Step::Completed,
    Step::Failed,
    Step::Unknown,
    Step::Alarm(Said::Nothing),
    Step::Slept,
    Step::D1,
];

const AFTER: [Step; 9] = [
    Step::Attach,
    Step::Wake,
    Step::Completed,
    Step::Failed,
    Step::Unknown,
    Step::Again,
    Step::Alarm(Said::Completed),
    Step::D1,
    Step::Erase,
];

/// Every world that so many steps lead to, or fewer.
fn worlds(steps: usize) -> Vec<World> {
    let mut all = vec![World::new()];
    let mut last = all.clone();
    for _ in 0..steps {
        let next = |world: &World| {
            let world = world.clone();
            BEFORE.into_iter().filter_map(move |step| {
                let mut next = world.clone();
                next.take(step, ALL).map(|_| next)
            })
        };
        last = last.iter().flat_map(next).collect();
        all.extend(last.clone());
    }
    all
}

fn assert_gone(world: &World, how: &[Step]) {
    let room = world.room();
    let is_clean = world.actor.is_empty() && world.is_deleted;
    assert!(is_clean || room.erased.is_some(), "it is forgotten that it was erased: {how:?}");
    assert!(room.task.is_none() && room.early.is_empty(), "it is back: {how:?}");
    assert_eq!(stored(&room), room);
}

/// Every order of so many steps more.
fn walk(world: &World, how: &mut Vec<Step>, steps: usize, walked: &mut usize) {
    assert_gone(world, how);
    settle(world.clone(), how);
    *walked += 1;
    for step in AFTER.into_iter().filter(|_| steps > 0) {
        let mut next = world.clone();
        let Some(came) = next.take(step, ALL) else { continue };
        how.push(step);
        let is_webhook = matches!(step, Step::Completed | Step::Failed | Step::Unknown);
        assert!(!is_webhook || came.verdict == Some(Verdict::Erased), "{how:?}");
        walk(&next, how, steps - 1, walked);
        how.pop();
    }
}

/// D1 is there again: the alarms delete the rows, once more after a late write, and then all is
/// forgotten.
fn settle(mut world: World, how: &[Step]) {
    world.is_away = false;
    // Where a death has left no alarm, the owner sees the task in the list still, and asks again.
    if world.actor.alarm.is_none() {
        world.take(Step::Erase, ALL).expect("a request");
    }
    let mut alarms = 0;
    while Tasks::is_open(&world.room()) {
        let at = world.actor.alarm.unwrap_or_else(|| panic!("rows stay for ever: {how:?}"));
        world.alarm(at, Said::Completed, ALL);
        assert_gone(&world, how);
        alarms += 1;
        assert!(alarms < 6, "it never ends: {how:?}");
        let left = world.room().erased.and_then(|erased| erased.left);
        if left.is_some_and(|left| left.done_at == Some(world.now)) {
            world.is_deleted = false;
        }
    }
    assert!(world.is_deleted, "a late write has brought the rows back: {how:?}");
    let erased = world.room().erased.expect("it is remembered");
    let at = world.actor.alarm.expect("the clean-up");
    assert!(at >= erased.at + ERASED_LIFETIME, "forgotten before its last webhook: {how:?}");
    let came = world.alarm(at, Said::Nothing, ALL).expect("the alarm");
    assert!(came.has_cleaned && world.actor.is_empty() && world.actor.alarm.is_none(), "{how:?}");
}

#[test]
fn in_every_order_an_erased_task_stays_gone_and_its_rows_go_even_after_a_late_write() {
    let mut walked = 0;
    for world in worlds(2) {
        for effects in [0, 1, 2, 3, 4, ALL] {
            let mut world = world.clone();
            world.take(Step::Erase, effects).expect("a request");
            if world.room().erased.is_none() {
                assert!(effects < 2, "it was not stored");
                continue;
            }
            walk(&world, &mut vec![Step::Erase], 2, &mut walked);
        }
    }
    assert!(walked > 10_000, "{walked} orders");
}

#[test]
fn a_start_that_ends_after_its_task_was_erased_is_told_so() {
    let mut world = World::new();
    world.take(Step::Completed, ALL);
    world.take(Step::Erase, ALL);
    let (room, verdict) = decide(&world.room(), attach(&new_task(2)), world.now);
    assert_eq!((verdict, room.task), (Verdict::Erased, None));
}

#[test]
fn a_second_request_deletes_at_once_what_the_first_could_not() {
    let mut world = World::new();
    world.is_away = true;
    world.take(Step::Erase, ALL);
    assert!(!world.is_deleted && !world.room().erased.expect("erased").is_gone());
    world.is_away = false;
    world.take(Step::Erase, ALL);
    assert!(world.is_deleted && world.room().erased.expect("erased").is_gone());
}

#[test]
fn a_deletion_that_fails_is_tried_again_later_each_time() {
    let mut world = World::new();
    world.is_away = true;
    world.take(Step::Erase, ALL);
    let mut room = world.room();
    let mut last = 0;
    for _ in 0..3 {
        let decision = apply(&room, Input::DeleteFailed, NOW);
        let [Effect::Store, Effect::Arm(Arm::At(at))] = decision.effects[..] else {
            panic!("{:?}", decision.effects)
        };
        assert!(at - NOW >= 2 * last && at > NOW, "{at}");
        (room, last) = (decision.state, at - NOW);
    }
    let (room, _) = decide(&room, Input::Deleted, NOW);
    let again = apply(&room, Input::DeleteFailed, NOW + LATE_WRITE);
    let first = Effect::Arm(Arm::At(NOW + LATE_WRITE + FIRST_FLUSH));
    assert_eq!(again.effects, [Effect::Store, first]);
}

#[test]
fn that_a_task_was_erased_is_remembered_for_its_deadline_and_three_days() {
    assert_eq!(ERASED_LIFETIME, 75 * HOUR);
}

#[test]
fn whoever_finds_a_row_of_an_erased_task_has_it_deleted() {
    let mut world = World::new();
    world.take(Step::Erase, ALL);
    let (room, _) = decide(&world.room(), Input::Deleted, world.now + LATE_WRITE);
    assert!(room.erased.as_ref().expect("erased").left.is_none());
    let row = Box::new(new_task(2).named(TASK_ID));
    for input in [Input::Wake(row.clone()), Input::Erase(Box::new(Rows::from(&*row)))] {
        let decision = apply(&room, input, NOW + HOUR);
        assert_eq!(decision.verdict, Verdict::Erased);
        assert_eq!(decision.effects, [Effect::Store, Effect::Do(Work::Delete)]);
        let left = decision.state.erased.and_then(|erased| erased.left).expect("rows");
        assert_eq!(left.rows, Rows::from(&*row));
    }
}

#[test]
fn nothing_is_kept_of_whose_task_it_was_once_its_rows_are_gone_for_good() {
    let mut world = World::new();
    world.take(Step::Erase, ALL);
    let (room, _) = decide(&world.room(), Input::Deleted, world.now + LATE_WRITE);
    // Its end is paid for, so it is remembered until the book has it.
    let owed = room.erased.as_ref().and_then(|erased| erased.owed.as_ref()).expect("owed");
    let last = Input::Settled(owed.last_word());
    let (room, _) = decide(&room, last, new_task(2).deadline() + LONGEST);
    let text = serde_json::to_string(&room).expect("plain JSON");
    let task = new_task(2);
    assert!(!text.contains(&task.user_id) && !text.contains(task.key.as_str()), "{text}");
}

/// What the owner's book was told of a task that was erased while it was under way.
fn told_after(steps: &[Step]) -> (World, Vec<(Charge, bool)>) {
    let mut world = World::new();
    world.take(Step::Attach, ALL);
    world.take(Step::Erase, ALL);
    for step in steps {
        world.take(*step, ALL);
    }
    let end = |word: &Word| word.end.map(|end| (end.charge, end.is_final)).expect("an end");
    let told = world.told.iter().map(end).collect();
    (world, told)
}

fn cost() -> Charge {
    Charge::Cost(Amount::parse("0.03").expect("a decimal"))
}

#[test]
fn the_end_of_an_erased_task_is_told_to_its_owners_book_when_the_provider_says_it_and_once() {
    for (step, charge) in [(Step::Completed, cost()), (Step::Failed, Charge::Nothing)] {
        let (world, told) = told_after(&[step, Step::Again, step]);
        assert_eq!(told, [(charge, true)]);
        assert_eq!(
            world.room().erased.expect("remembered").owed,
            None,
            "whose it was is forgotten"
        );
    }
    let (_, told) = told_after(&[Step::Unknown, Step::Wake]);
    assert_eq!(told, [], "that is no end");
}

#[test]
fn an_erased_task_of_which_nothing_is_heard_costs_what_was_reserved_from_its_deadline_on() {
    let (mut world, told) = told_after(&[]);
    assert_eq!(told, []);
    let deadline = new_task(2).deadline();
    while world.told.is_empty() {
        let at = world.actor.alarm.expect("an alarm");
        assert!(at <= deadline, "it is too late");
        world.alarm(at, Said::Nothing, ALL);
    }
    assert_eq!(world.now, deadline);
    let end = world.told[0].end.expect("an end");
    assert_eq!((end.charge, end.is_final), (Charge::Reserved, false));
    assert_eq!(world.room().erased.expect("remembered").owed, None);
}

#[test]
fn before_its_rows_go_the_book_is_told_that_they_were_erased() {
    let notice = |world: &World| world.room().erased.as_ref()?.notice().map(|(_, word)| word);
    let mut world = World::new();
    world.take(Step::Attach, ALL);
    world.take(Step::Erase, ALL);
    let word = notice(&world).expect("a word");
    assert!(word.is_erased && word.end.is_none() && word.start == new_task(2).key);
    world.is_away = true;
    world.take(Step::Completed, ALL);
    let word = notice(&world).expect("a word");
    assert!(word.is_erased && word.end.is_some_and(|end| end.charge == cost()), "it has ended");
    // What the book knows the end of is nothing to it.
    let mut world = World::new();
    world.take(Step::Attach, ALL);
    world.take(Step::Completed, ALL);
    world.take(Step::Erase, ALL);
    assert_eq!(notice(&world), None);
}

#[test]
fn what_was_estimated_is_told_with_whatever_is_told_of_an_erased_task() {
    let estimate = Amount::parse("0.02");
    let task = Box::new(Task { estimate, ..new_task(2) });
    let (room, _) = decide(&RoomState::default(), Input::Attach(task), NOW);
    let erase = Input::Erase(Box::new(Rows::from(&new_task(2))));
    let (room, _) = decide(&room, erase, NOW);
    let erased = room.erased.as_ref().expect("erased");
    let (user, notice) = erased.notice().expect("a word");
    assert_eq!((user, notice.estimate), ("ada", estimate));
    let owed = erased.owed.as_ref().expect("owed");
    assert_eq!(owed.last_word().estimate, estimate);
}

#[test]
fn what_the_provider_says_while_the_book_is_told_something_else_is_told_next() {
    let mut world = World::new();
    world.take(Step::Attach, ALL);
    world.take(Step::Erase, ALL);
    let at = new_task(2).deadline();
    let owed = |room: &RoomState| room.erased.as_ref().expect("erased").owed.clone();
    let told = owed(&world.room()).expect("owed").last_word();
    world.is_away = true;
    world.take(Step::Completed, ALL);
    let (room, _) = decide(&world.room(), Input::Settled(told), at);
    let left = owed(&room).expect("its cost is not told").last_word();
    assert_eq!(left.end.expect("an end").charge, cost());
    let (room, _) = decide(&room, Input::Settled(left), at);
    assert_eq!(owed(&room), None);
}

#[test]
fn a_start_without_an_id_keeps_its_rows_until_it_was_searched_for_or_for_an_hour() {
    let lost = Task { task_id: None, ..new_task(2) };
    let at = lost.created_at + SEARCHED_FOR;
    assert_eq!(word_before_erasing(&lost, at - 1), None);
    let word = word_before_erasing(&lost, at).expect("a word");
    assert!(word.is_erased && word.end.is_none(), "what was reserved stands");
    let given_up = |code: &str, version, images: usize| {
        let mut task = Task { task_id: None, version, ..new_task(images) };
        fail(&mut task, TaskError::new(code, "…"));
        let end = word_before_erasing(&task, NOW)?.end.expect("an end");
        Some((end.charge, end.is_final))
    };
    assert_eq!(given_up(START_LOST, 1, 2), None, "it is searched for");
    assert_eq!(given_up(START_LOST, 2, 2), Some((Charge::Nothing, false)), "it is not there");
    assert_eq!(given_up(START_LOST, 2, 0), Some((Charge::Reserved, false)), "nobody can know");
    assert_eq!(given_up("restricted_content", 1, 2), Some((Charge::Nothing, true)));
}

#[test]
fn a_book_that_cannot_be_told_is_told_later() {
    let mut world = World::new();
    world.take(Step::Attach, ALL);
    world.is_away = true;
    world.take(Step::Erase, ALL);
    world.take(Step::Completed, ALL);
    assert_eq!(world.told, []);
    world.is_away = false;
    let at = world.actor.alarm.expect("an alarm");
    world.alarm(at, Said::Nothing, ALL);
    assert_eq!(world.told.len(), 1);
}
