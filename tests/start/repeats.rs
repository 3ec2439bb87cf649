//! Repeats under an idempotency key.

use crate::fakes::{Fault, run};
use crate::world::World;
use crate::{claim, job, start};
use taskwire::domain::claim::Claim;
use taskwire::domain::task::{START_LOST, Task, TaskError};
use taskwire::domain::time::SECOND;
use taskwire::error::{ApiError, Code};
use taskwire::start::saga::{Done, StartOutcome};

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
fn every_refusal_of_a_batch_is_repeated_in_its_place_though_no_row_stayed() {
    let world = World::new(&[]);
    world.book.borrow_mut().refuses = Some(Code::ProviderRefused);
    let batch = |seed| vec![job(&world, "image.generate", seed), job(&world, "image.generate", 9)];
    let begin =
        |seed| run(world.ports().start(batch(seed), Some(claim("btc_1")))).unwrap().unwrap();
    let first = begin(1);
    assert!(world.rows.borrow().is_empty());
    world.book.borrow_mut().refuses = None;
    let again = begin(2);
    assert_eq!(again.earlier.as_deref(), Some("btc_1"));
    let said = |done: &Done| {
        let of = |outcome: &StartOutcome| outcome.as_ref().map(|_| ()).map_err(ApiError::body);
        done.outcomes.iter().map(of).collect::<Vec<_>>()
    };
    assert_eq!((said(&first).len(), said(&first)), (2, said(&again)));
    assert!(world.book.borrow().paid.is_empty());
}

#[test]
fn the_rows_of_a_batch_that_was_started_in_part_say_why_the_rest_was_not() {
    let world = World::new(&[]);
    world.book.borrow_mut().refuses = Some(Code::ProviderRefused);
    world.book.borrow_mut().refuses_after = 1;
    let jobs = vec![job(&world, "image.generate", 1), job(&world, "image.generate", 2)];
    let done = run(world.ports().start(jobs, None)).unwrap().unwrap();
    let is_good: Vec<bool> = done.outcomes.iter().map(Result::is_ok).collect();
    assert_eq!(is_good.iter().filter(|is_good| **is_good).count(), 1);
    let rows = world.rows.borrow();
    let failed: Vec<&Task> = rows.values().filter(|row| row.error.is_some()).collect();
    assert_eq!((rows.len(), failed.len()), (2, 1));
}

#[test]
fn a_repeat_says_what_it_can_of_an_error_that_has_no_code_of_ours() {
    for (word, code) in [
        (START_LOST, Code::ProviderTimeout),
        ("generation_failed", Code::ProviderRefused),
        ("insufficient_balance", Code::InsufficientBalance),
    ] {
        let world = World::new(&[]);
        // Whether it was started is not known, and so its row stays.
        world.book.borrow_mut().refuses = Some(Code::ProviderUnavailable);
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
