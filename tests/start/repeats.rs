//! Repeats under an idempotency key.

use crate::fakes::{Fault, run};
use crate::world::World;
use crate::{claim, job, start};
use taskwire::domain::claim::Claim;
use taskwire::domain::task::{START_LOST, TaskError};
use taskwire::domain::time::SECOND;
use taskwire::error::Code;

#[test]
fn a_repeat_is_the_task_of_the_first_and_no_second_call() {
    let world = World::new(&[]);
    let first = start(&world, "image.generate", 1, true).unwrap().unwrap();
    let again = start(&world, "image.generate", 2, true).unwrap().unwrap();
    assert_eq!((first.task_id, first.key), (again.task_id, again.key));
    assert_eq!(world.book.borrow().paid.len(), 1);
}

#[test]
fn a_key_that_stands_for_another_request_is_a_conflict() {
    let world = World::new(&[]);
    start(&world, "image.generate", 1, true).unwrap().unwrap();
    let other = Claim { request: "another hash".into(), ..claim("x") };
    let job = job(&world, "image.generate", 2);
    let refused = run(world.ports().start(vec![job], Some(other))).unwrap().unwrap_err();
    assert_eq!(refused.code, Code::IdempotencyConflict);
    assert_eq!(world.book.borrow().paid.len(), 1);
}

#[test]
fn a_repeat_of_a_refused_start_says_the_same_and_calls_nobody() {
    let world = World::new(&[]);
    world.book.borrow_mut().refuses = Some(Code::InsufficientBalance);
    let first = start(&world, "image.generate", 1, true).unwrap().unwrap_err();
    world.book.borrow_mut().refuses = None;
    let again = start(&world, "image.generate", 2, true).unwrap().unwrap_err();
    assert_eq!((first.code, first.message), (again.code, again.message));
    assert!(world.book.borrow().paid.is_empty());
}

#[test]
fn a_repeat_says_what_it_can_of_an_error_that_has_no_code_of_ours() {
    for (word, code) in [
        (START_LOST, Code::ProviderTimeout),
        ("generation_failed", Code::ProviderRefused),
        ("insufficient_balance", Code::InsufficientBalance),
    ] {
        let world = World::new(&[]);
        world.book.borrow_mut().refuses = Some(Code::ProviderRefused);
        start(&world, "image.generate", 1, true).unwrap().unwrap_err();
        for row in world.rows.borrow_mut().values_mut() {
            row.error = Some(TaskError::new(word, "It failed."));
        }
        let again = start(&world, "image.generate", 2, true).unwrap().unwrap_err();
        assert_eq!((again.code, again.message.as_str()), (code, "It failed."), "{word}");
    }
}

#[test]
fn a_repeat_waits_for_a_start_that_is_under_way_and_then_says_so() {
    // The first dies after its rows were made: they stay pending.
    let mut world = World::new(&[(1, Fault::DiesAfter)]);
    assert!(start(&world, "image.generate", 1, true).is_err());
    world.restart();
    let since = world.now();
    let refused = start(&world, "image.generate", 2, true).unwrap().unwrap_err();
    assert_eq!(refused.code, Code::IdempotencyInProgress);
    assert_eq!(world.now() - since, 20 * SECOND);
}
