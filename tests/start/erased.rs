//! Whatever step of a start fails, and whenever its user has everything erased: the book never shows less than
//! the provider has charged, and rows are kept for no longer than it takes to search for the start.

use crate::fakes::{FAULTS, Fault};
use crate::limits::{COST, MOST_STEPS, amount, ask_rows, limited, used};
use crate::start;
use crate::world::World;
use taskwire::domain::task::Task;
use taskwire::domain::task::erase::{SEARCHED_FOR, word_before_erasing};
use taskwire::domain::time::MINUTE;
use taskwire::domain::usage::apply::Input;
use taskwire::domain::usage::book::LONGEST;
use taskwire::domain::usage::word::Word;
use taskwire::error::Code;

/// What the user has is erased: each task by its room, and what has none as the sweep does it.
fn erase(world: &World) {
    let rows: Vec<Task> = world.rows.borrow().values().cloned().collect();
    for row in rows {
        let word = match row.task_id {
            Some(_) => Some(Word::of_erased(row.key.clone(), u64::MAX >> 1)),
            None => word_before_erasing(&row, world.now()),
        };
        if let Some(word) = word {
            world.keep(Input::Words(vec![word]));
            world.rows.borrow_mut().retain(|_, one| one.key != row.key);
        }
    }
}

fn check(world: &World, how: &str) {
    let paid = amount(COST).times(world.book.borrow().paid.len());
    let used = used(world);
    assert!(used >= paid, "{used} is in the book, {paid} was paid: {how}");
}

fn play(kind: &str, refuses: Option<Code>, sweeps: usize, faults: &[(usize, Fault)]) {
    let how = format!("{kind}, {refuses:?}, erased after {sweeps} sweeps, {faults:?}");
    let mut world = limited(faults, Some("1"));
    world.book.borrow_mut().refuses = refuses;
    let _ = start(&world, kind, 7, false);
    world.restart();
    for _ in 0..sweeps {
        world.sweep();
    }
    for _ in 0..3 {
        erase(&world);
        world.now.set(world.now() + 3 * MINUTE);
        ask_rows(&world);
        check(&world, &how);
        world.sweep();
    }
    assert!(world.rows.borrow().is_empty(), "they are there still: {how}");
    world.now.set(world.now() + LONGEST);
    world.keep(Input::Release(vec![]));
    ask_rows(&world);
    check(&world, &how);
    let paid = world.book.borrow().paid.len();
    // Only of what cannot be searched for nobody knows.
    let most = amount(COST).times(if kind == "image.alt" { 1 } else { paid });
    assert!(used(&world) <= most, "{} is too much: {how}", used(&world));
}

#[test]
fn whichever_step_fails_and_whenever_all_is_erased_the_book_never_shows_less_than_was_paid() {
    for kind in ["image.generate", "image.alt"] {
        for refuses in [None, Some(Code::InsufficientBalance), Some(Code::ProviderTimeout)] {
            for sweeps in 0..3 {
                play(kind, refuses, sweeps, &[]);
                for at in 0..MOST_STEPS {
                    for fault in FAULTS {
                        play(kind, refuses, sweeps, &[(at, fault)]);
                    }
                }
            }
        }
    }
}

#[test]
fn whichever_two_steps_fail_before_all_is_erased_the_book_never_shows_less_than_was_paid() {
    for first in 0..MOST_STEPS {
        for second in first + 1..MOST_STEPS {
            for one in [Fault::Fails, Fault::FailsButDone, Fault::Hangs] {
                for two in FAULTS {
                    play("image.generate", None, 0, &[(first, one), (second, two)]);
                }
            }
        }
    }
}

#[test]
fn a_lost_start_whose_provider_cannot_be_searched_is_erased_after_an_hour_and_charged_what_was_reserved()
 {
    // The answer is lost, and the search fails: both are calls that come before any room.
    let mut world = (0..MOST_STEPS)
        .map(|at| {
            let world = limited(&[(at, Fault::FailsButDone), (at + 1, Fault::Fails)], Some("1"));
            let _ = start(&world, "image.generate", 7, false);
            world
        })
        .find(|world| world.book.borrow().paid.len() == 1 && world.rooms.borrow().is_empty())
        .expect("a lost start");
    world.restart();
    world.now.set(world.now() + SEARCHED_FOR - MINUTE);
    erase(&world);
    assert_eq!(world.rows.borrow().len(), 1, "it may be found still");
    world.now.set(world.now() + MINUTE);
    erase(&world);
    assert!(world.rows.borrow().is_empty());
    ask_rows(&world);
    assert_eq!((used(&world), world.usage.borrow().running()), (amount(COST), 1));
    world.now.set(world.now() + LONGEST);
    world.keep(Input::Release(vec![]));
    assert_eq!((used(&world), world.usage.borrow().running()), (amount(COST), 0));
}
