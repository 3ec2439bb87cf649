//! The table of ARCHITECTURE.md, "When a start fails": a test for each of its rows.

use crate::fakes::Fault::{self, DiesAfter, Fails, FailsButDone, Hangs};
use crate::start;
use crate::world::World;
use std::fs;
use taskwire::domain::task::{START_LOST, Status, Task};
use taskwire::error::Code;

/// The step at which a start without a key does this, when nothing goes wrong.
const INSERT: usize = 0;
const CALL: usize = 1;
const AFTER_CALL: usize = 2;

fn image(faults: &[(usize, Fault)]) -> World {
    World::new(faults)
}

fn row(world: &World) -> Task {
    let rows = world.rows.borrow();
    rows.values().next().expect("a row").clone()
}

fn code(task: &Task) -> Option<&str> {
    task.error.as_ref().map(|error| error.code.as_str())
}

#[test]
fn rows_that_cannot_be_made_are_a_503_and_nothing_is_called() {
    let world = image(&[(INSERT, Fails)]);
    let error = start(&world, "image.generate", 1, false).unwrap().unwrap_err();
    assert_eq!((error.code, error.status()), (Code::Unavailable, 503));
    assert!(world.book.borrow().paid.is_empty());
}

#[test]
fn rows_that_were_made_without_an_answer_are_taken_back() {
    let world = image(&[(INSERT, FailsButDone)]);
    start(&world, "image.generate", 1, false).unwrap().unwrap_err();
    assert_eq!((world.rows.borrow().len(), world.book.borrow().paid.len()), (0, 0));
}

#[test]
fn a_refusal_is_passed_on_and_no_row_stays() {
    let world = image(&[]);
    world.book.borrow_mut().refuses = Some(Code::InsufficientBalance);
    let error = start(&world, "image.generate", 1, false).unwrap().unwrap_err();
    assert_eq!(error.code, Code::InsufficientBalance);
    assert!(world.rows.borrow().is_empty());
}

#[test]
fn a_lost_answer_is_searched_for_and_the_task_is_found() {
    let world = image(&[(CALL, FailsButDone)]);
    let task = start(&world, "image.generate", 1, false).unwrap().unwrap();
    assert_eq!(task.task_id.as_deref(), Some("tsk_1"));
    assert_eq!(world.book.borrow().paid.len(), 1);
}

#[test]
fn a_lost_answer_of_a_kind_without_rows_fails_and_is_not_repeated() {
    let world = image(&[(CALL, FailsButDone)]);
    let error = start(&world, "image.alt", 1, false).unwrap().unwrap_err();
    assert_eq!(error.code, Code::ProviderTimeout);
    assert_eq!(world.book.borrow().paid.len(), 1);
    assert_eq!(code(&row(&world)), Some("provider_timeout"));
}

#[test]
fn a_search_that_does_not_answer_fails_the_start_until_the_sweep_finds_it() {
    let mut world = image(&[(CALL, FailsButDone), (AFTER_CALL, Hangs)]);
    let error = start(&world, "image.generate", 1, false).unwrap().unwrap_err();
    assert_eq!(error.code, Code::ProviderTimeout);
    world.restart();
    world.sweep();
    assert_eq!((row(&world).status, row(&world).id()), (Status::Pending, "tsk_1"));
}

#[test]
fn a_room_that_cannot_be_had_leaves_the_id_in_the_row() {
    let mut world = image(&[(AFTER_CALL, Fails)]);
    let task = start(&world, "image.generate", 1, false).unwrap().unwrap();
    assert_eq!((row(&world).task_id, world.rooms.borrow().len()), (task.task_id, 0));
    world.restart();
    world.sweep();
    assert_eq!(world.rooms.borrow().len(), 1);
}

#[test]
fn a_process_that_dies_before_the_call_leaves_rows_that_the_sweep_fails() {
    let mut world = image(&[(INSERT, DiesAfter)]);
    start(&world, "image.generate", 1, false).unwrap_err();
    world.restart();
    world.sweep();
    assert_eq!(code(&row(&world)), Some(START_LOST));
}

#[test]
fn a_process_that_dies_after_the_call_leaves_a_task_that_the_sweep_finds() {
    let mut world = image(&[(CALL, DiesAfter)]);
    start(&world, "image.generate", 1, false).unwrap_err();
    world.restart();
    world.sweep();
    assert_eq!(row(&world).id(), "tsk_1");
    assert!(world.rooms.borrow().contains_key("tsk_1"));
}

#[test]
fn every_row_of_the_documentation_has_its_test_here() {
    let root = env!("CARGO_MANIFEST_DIR");
    let text = fs::read_to_string(format!("{root}/ARCHITECTURE.md")).expect("the documentation");
    let source = include_str!("table.rs");
    let section = text.split("## When a start fails").nth(1).expect("the section");
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows: Vec<&str> = section.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    assert_eq!(rows.len(), source.matches("#[test]").count() - 1 - 1, "{rows:?}");
    for row in rows {
        let name = row.rsplit('`').nth(1).expect("a test's name");
        assert!(source.contains(&format!("fn {name}()")), "{name} is no test");
    }
}
