//! What the search for a lost start looks at: the window of time that it reads, the pages that it takes,
//! the tasks that it polls, and how long it may take.

use crate::fakes::{Fault, run};
use crate::wire::Paid;
use crate::world::{PROVIDERS, World};
use crate::{job, start};
use serde_json::{Value, json};
use taskwire::domain::task::{START_LOST, Status, Task, TaskError};
use taskwire::domain::time::{MINUTE, Millis, SECOND};
use taskwire::error::{ApiError, Code};
use taskwire::start::lost::{Settled, settle_lost};
use taskwire::start::search::{Found, search};

/// A start of ours that is lost, with its row.
fn lose(world: &World) -> Task {
    let task = job(world, "image.generate", 1).task;
    world.rows.borrow_mut().insert(task.key.to_string(), task.clone());
    task
}

/// The provider has a task: the older ones first. `body` says whose rows it is for.
fn has(world: &World, id: &str, kind: &str, at: Millis, body: Value) {
    let paid = Paid { id: id.into(), path: format!("/{}", kind.replace('.', "/")), body, at };
    world.book.borrow_mut().paid.push(paid);
}

/// What a task carries that is for the rows of `task`.
fn rows_of(task: &Task) -> Value {
    let ids: Vec<&str> = task.images.iter().map(|image| image.id.as_str()).collect();
    json!({"metadata": {"imageRowIds": ids}})
}

fn settle(world: &World, task: &Task) -> Result<Settled, ApiError> {
    let lost = [task.clone()];
    let settled = run(settle_lost(&world.ports(), &lost, world.now() + MINUTE));
    settled.expect("nothing dies").remove(0)
}

/// How many pages were read, and how many tasks polled.
fn looked(world: &World) -> (usize, usize) {
    let steps = world.steps.borrow();
    let count = |start: &str| steps.iter().filter(|step| step.starts_with(start)).count();
    (count("GET /tasks?"), count("GET /tasks/"))
}

#[test]
fn the_providers_clock_may_be_two_minutes_off_and_what_is_further_away_is_not_polled() {
    for (off, is_found) in
        [(-2 * MINUTE, true), (2 * MINUTE, true), (-2 * MINUTE - 1, false), (2 * MINUTE + 1, false)]
    {
        let world = World::new(&[]);
        let task = lose(&world);
        has(&world, "tsk_ours", "image.generate", task.created_at + off, rows_of(&task));
        let settled = if is_found { Settled::Found } else { Settled::GivenUp };
        assert_eq!(settle(&world, &task), Ok(settled), "{off}");
        assert_eq!(looked(&world), (1, usize::from(is_found)), "{off}");
    }
}

#[test]
fn a_task_of_another_kind_is_not_polled() {
    let world = World::new(&[]);
    let task = lose(&world);
    has(&world, "tsk_other", "video.generate", task.created_at, json!({}));
    assert_eq!(settle(&world, &task), Ok(Settled::GivenUp));
    assert_eq!(looked(&world), (1, 0));
}

#[test]
fn a_page_that_ends_below_the_window_is_the_last_and_one_that_ends_at_its_edge_is_not() {
    for (below, pages) in [(1, 1), (0, 2)] {
        let world = World::new(&[]);
        let task = lose(&world);
        let at = task.created_at - 2 * MINUTE - below;
        for number in 0..150 {
            has(&world, &format!("tsk_{number}"), "video.generate", at, json!({}));
        }
        assert_eq!(settle(&world, &task), Ok(Settled::GivenUp));
        assert_eq!(looked(&world), (pages, 0), "{below} below");
    }
}

#[test]
fn a_listed_task_that_is_gone_is_none_of_ours_and_one_that_cannot_be_read_may_be() {
    for (is_gone, faults, settled) in [
        (true, vec![], Settled::GivenUp),
        // The list and its known ids were read, and the poll fails.
        (false, vec![(2, Fault::Fails)], Settled::Open),
    ] {
        let world = World::new(&faults);
        let task = lose(&world);
        has(&world, "tsk_x", "image.generate", task.created_at, json!({}));
        if is_gone {
            world.book.borrow_mut().gone.push("tsk_x".into());
        }
        assert_eq!(settle(&world, &task), Ok(settled));
        assert_eq!(looked(&world), (1, 1));
    }
}

#[test]
fn what_cannot_be_searched_for_is_not_and_all_of_it_was_seen() {
    let world = World::new(&[]);
    let with_rows = job(&world, "image.generate", 1).task;
    let without = job(&world, "image.alt", 2).task;
    let lists_none = PROVIDERS.named("modelriver").expect("registered");
    let lists_all = PROVIDERS.named("mynth").expect("registered");
    for (provider, task) in [(lists_none, &with_rows), (lists_all, &without)] {
        let found = run(search(&world.ports(), provider, &[task], world.now() + MINUTE)).unwrap();
        assert_eq!(found, Ok(Found { is_whole: true, ..Found::default() }));
    }
    assert!(world.steps.borrow().is_empty());
}

#[test]
fn a_caller_waits_three_seconds_for_the_search() {
    // The answer to the start is lost, and the list is long and slow.
    let world = World::new(&[(1, Fault::FailsButDone)]);
    world.call_takes.set(2 * SECOND);
    for number in 0..300 {
        let row = json!({"metadata": {"imageRowIds": [format!("row_{number}")]}});
        has(&world, &format!("tsk_{number}"), "image.generate", world.now(), row);
    }
    let error = start(&world, "image.generate", 1, false).unwrap().unwrap_err();
    assert_eq!((error.code, looked(&world)), (Code::ProviderTimeout, (2, 0)));
}

#[test]
fn a_start_that_was_given_up_and_found_later_is_told_above_the_version_of_its_rows() {
    // The list, its known ids and the task were read, and the room cannot be reached.
    let world = World::new(&[(3, Fault::Fails)]);
    let lost = TaskError::new(START_LOST, "It was never started.");
    let task = Task { version: 2, status: Status::Failed, error: Some(lost), ..lose(&world) };
    world.rows.borrow_mut().insert(task.key.to_string(), task.clone());
    has(&world, "tsk_ours", "image.generate", task.created_at, rows_of(&task));
    assert_eq!(settle(&world, &task), Ok(Settled::Found));
    let row = world.rows.borrow()[task.key.as_str()].clone();
    assert_eq!((row.id(), row.version), ("tsk_ours", 3));
}
