//! Lost starts in a crowd: among a thousand newer tasks, each is found, and nothing false is said.

use crate::fakes::run;
use crate::job;
use crate::world::World;
use serde_json::json;
use taskwire::domain::task::{Status, Task};
use taskwire::domain::time::MINUTE;
use taskwire::start::lost::{Settled, settle_lost};
use taskwire::start::saga::Job;

/// A world with `lost` starts whose answers never came, among `crowd` tasks of ours that are attached
/// and newer.
fn crowded(lost: u8, crowd: usize) -> (World, Vec<Task>) {
    let world = World::new(&[]);
    let mut tasks = Vec::new();
    for seed in 0..lost {
        let Job { task, .. } = job(&world, "image.generate", seed);
        let metadata = json!({"metadata": {"imageRowIds": row_ids(&task)}});
        pay(&world, format!("tsk_lost_{seed}"), metadata);
        world.rows.borrow_mut().insert(task.key.to_string(), task.clone());
        tasks.push(task);
    }
    for number in 0..crowd {
        let id = format!("tsk_crowd_{number}");
        pay(&world, id.clone(), json!({"metadata": {"imageRowIds": [format!("row_{number}")]}}));
        let task = Task { user_id: "others".into(), ..job(&world, "image.generate", 200).task };
        world.rows.borrow_mut().insert(format!("crowd_{number}"), task.named(id));
    }
    (world, tasks)
}

fn row_ids(task: &Task) -> Vec<String> {
    task.images.iter().map(|image| image.id.clone()).collect()
}

fn pay(world: &World, id: String, body: serde_json::Value) {
    let at = world.now();
    let path = "/image/generate".to_owned();
    world.book.borrow_mut().paid.push(crate::wire::Paid { id, path, body, at });
}

fn calls(world: &World) -> usize {
    world.steps.borrow().iter().filter(|step| step.starts_with("GET")).count()
}

#[test]
fn a_hundred_lost_starts_under_a_thousand_newer_tasks_are_all_found() {
    let (world, lost) = crowded(100, 1_000);
    let settled = run(settle_lost(&world.ports(), &lost, world.now() + MINUTE)).unwrap();
    assert!(settled.iter().all(|it| *it == Ok(Settled::Found)), "{settled:?}");
    let rows = world.rows.borrow();
    for (seed, task) in lost.iter().enumerate() {
        assert_eq!(rows[task.key.as_str()].id(), format!("tsk_lost_{seed}"));
    }
    // Eleven pages and one poll for each: what has a row of ours is not polled.
    assert_eq!(calls(&world), 11 + 1 + 100);
}

#[test]
fn without_the_whole_window_no_final_word_is_said() {
    let (world, mut lost) = crowded(1, 300);
    // The provider has it, behind what can be seen before the time is over.
    let settled = run(settle_lost(&world.ports(), &lost, world.now())).unwrap();
    assert_eq!(settled, [Ok(Settled::Open)]);
    let row = world.rows.borrow()[lost[0].key.as_str()].clone();
    assert_eq!((row.status, row.error), (Status::Pending, None));
    // With the window seen, one that the provider does not have is given up.
    lost[0] = job(&world, "image.generate", 99).task;
    world.rows.borrow_mut().insert(lost[0].key.to_string(), lost[0].clone());
    let settled = run(settle_lost(&world.ports(), &lost, world.now() + MINUTE)).unwrap();
    assert_eq!(settled, [Ok(Settled::GivenUp)]);
}
