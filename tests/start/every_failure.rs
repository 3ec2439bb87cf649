//! Every step of a start with every failure, alone and in pairs. The outcome is always an allowed one, at
//! most one paid call was made, and nothing stays pending for ever.

use crate::fakes::{Died, FAULTS, Fault};
use crate::start;
use crate::world::World;
use taskwire::domain::task::{Status, Task};
use taskwire::error::{ApiError, Code};

/// The steps of the longest start: under a key, with a search after a lost answer.
const MOST_STEPS: usize = 12;

const KINDS: [&str; 2] = ["image.generate", "image.alt"];

/// How the provider takes a start.
#[derive(Clone, Copy, Debug)]
enum Mood {
    Good,
    Refuses,
    /// It starts the task, and its answer cannot be read.
    Garbles,
}

fn world(faults: &[(usize, Fault)], mood: Mood) -> World {
    let world = World::new(faults);
    let mut book = world.book.borrow_mut();
    match mood {
        Mood::Good => {}
        Mood::Refuses => book.refuses = Some(Code::InsufficientBalance),
        Mood::Garbles => book.is_garbled = true,
    }
    drop(book);
    world
}

/// What the caller may be told, given what the provider has.
fn check_outcome(outcome: &Result<Result<Task, ApiError>, Died>, paid: usize, how: &str) {
    assert!(paid <= 1, "{paid} paid calls: {how}");
    match outcome {
        // Nobody is told anything.
        Err(Died) => {}
        Ok(Ok(task)) => {
            assert_eq!(paid, 1, "a task that was never started: {how}");
            assert!(task.task_id.is_some() && task.version >= 1, "{how}");
        }
        Ok(Err(error)) => {
            // A final error only if nothing was started. After a provisional one, something may have been.
            let is_clear = matches!(error.code, Code::InsufficientBalance | Code::ProviderRefused);
            assert!(
                paid == 0 || !is_clear,
                "started, and refused as {}: {how}",
                error.code.as_str()
            );
        }
    }
}

/// What must be left when the process is back, the sweep has passed, and the caller has asked again.
fn check_rest(world: &World, kind: &str, how: &str) {
    for row in world.rows.borrow().values() {
        let paid = world.paid_for(row);
        assert!(paid <= 1, "{paid} paid calls: {how}");
        match &row.task_id {
            Some(id) => {
                assert_eq!(paid, 1, "{how}");
                assert!(world.rooms.borrow().contains_key(id), "no room watches over {id}: {how}");
            }
            None => assert_eq!(row.status, Status::Failed, "pending for ever: {how}"),
        }
        // Only what carries row ids can be found.
        if paid == 1 && kind == "image.generate" {
            assert!(row.task_id.is_some(), "paid for, and never found: {how}");
        }
    }
}

fn play(kind: &str, keyed: bool, mood: Mood, faults: &[(usize, Fault)]) -> usize {
    let how = format!("{kind}, keyed: {keyed}, {mood:?}, {faults:?}");
    let mut world = world(faults, mood);
    let outcome = start(&world, kind, 7, keyed);
    let steps = world.steps.borrow().len();
    check_outcome(&outcome, world.book.borrow().paid.len(), &how);
    world.restart();
    world.sweep();
    world.sweep();
    check_rest(&world, kind, &how);
    if keyed {
        // The caller asks again under the same key, and the provider is well.
        world.book.borrow_mut().refuses = None;
        world.book.borrow_mut().is_garbled = false;
        let again = start(&world, kind, 8, true).expect("nothing dies");
        let paid = world.book.borrow().paid.len();
        check_outcome(&Ok(again.clone()), paid, &format!("again, {how}"));
        if let (Ok(Ok(first)), Ok(second)) = (&outcome, &again) {
            assert_eq!(first.task_id, second.task_id, "one key, two tasks: {how}");
        }
        world.sweep();
        check_rest(&world, kind, &how);
    }
    steps
}

#[test]
fn whichever_step_fails_in_whichever_way_nothing_is_lost_and_nothing_is_paid_twice() {
    let mut longest = 0;
    for kind in KINDS {
        for keyed in [false, true] {
            for mood in [Mood::Good, Mood::Refuses, Mood::Garbles] {
                longest = longest.max(play(kind, keyed, mood, &[]));
                for at in 0..MOST_STEPS {
                    for fault in FAULTS {
                        longest = longest.max(play(kind, keyed, mood, &[(at, fault)]));
                    }
                }
            }
        }
    }
    assert!((5..=MOST_STEPS).contains(&longest), "a start takes up to {longest} steps");
}

#[test]
fn whichever_two_steps_fail_nothing_is_lost_and_nothing_is_paid_twice() {
    for kind in KINDS {
        for keyed in [false, true] {
            for mood in [Mood::Good, Mood::Refuses, Mood::Garbles] {
                for first in 0..MOST_STEPS {
                    for second in first + 1..MOST_STEPS {
                        for (one, two) in pairs() {
                            play(kind, keyed, mood, &[(first, one), (second, two)]);
                        }
                    }
                }
            }
        }
    }
}

fn pairs() -> impl Iterator<Item = (Fault, Fault)> {
    // Nothing follows a death.
    let first = [Fault::Fails, Fault::FailsButDone, Fault::Hangs];
    first.into_iter().flat_map(|one| FAULTS.into_iter().map(move |two| (one, two)))
}
