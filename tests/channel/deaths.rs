//! A process that dies between any two effects of any step: what it has stored is not lost, and an alarm
//! or the provider's retry finishes what it had begun.

use crate::NOW;
use crate::actor::{Channels, Kind};
use crate::orders::STEPS;
use crate::world::{Step, World};
use taskwire::domain::task::Status;

/// Steps before the death, the last of which it interrupts.
const LONGEST: usize = 4;

/// More alarms than it takes until nothing is open.
const MOST_ALARMS: usize = 20;

/// Interrupts each step that is possible after these, and goes on with it whole. Answers how many deaths
/// there were.
fn walk(world: &World, steps: usize) -> usize {
    if steps == 0 {
        return 0;
    }
    let mut deaths = 0;
    for step in STEPS {
        let Some(whole) = world.after(step) else { continue };
        for effects in 0.. {
            let mut doomed = world.clone();
            doomed.effects_left = effects;
            let mut dead = doomed.after(step).expect("it is possible");
            if !dead.has_died {
                break;
            }
            dead.effects_left = usize::MAX;
            deaths += 1;
            assert_kept(world, &dead);
            assert_settles(dead);
        }
        deaths += walk(&whole, steps - 1);
    }
    deaths
}

/// What was stored is there, and so is every row.
fn assert_kept(before: &World, dead: &World) {
    let (was, is) = (before.state(), dead.state());
    assert!(is.version() >= was.version(), "{:?}", dead.history);
    let keys = |world: &World| -> Vec<_> {
        world.state().contents().map(|(event, made)| (event.key.clone(), made.clone())).collect()
    };
    assert!(keys(dead).starts_with(&keys(before)), "a row is lost: {:?}", dead.history);
}

/// D1 is there, and the provider's endpoint: everything comes to an end.
fn assert_settles(mut world: World) {
    world.is_away = false;
    let rows = world.state().contents().count();
    if world.actor.alarm.is_none() {
        // The webhook had no answer, and comes again. A start has one to come.
        world = world.after(Step::Answer).expect("it is possible");
    }
    for alarms in 0.. {
        if !Channels::is_open(&world.state()) {
            break;
        }
        assert!(alarms < MOST_ALARMS, "it never settles: {:?}", world.history);
        world.actor.assert_awaited();
        world = world.after(Step::Alarm).expect("an alarm");
        while world.calling.is_some() {
            world = world.after(Step::Answered(204)).expect("a call");
        }
    }
    // Nothing that is open, or not in D1, is cleaned away.
    if world.actor.is_empty() {
        return;
    }
    let state = world.state();
    assert!(state.contents().count() >= rows, "a row is lost: {:?}", world.history);
    let is_settled = state.channel.is_some_and(|channel| channel.status != Status::Pending);
    assert!(is_settled, "{:?}", world.history);
}

#[test]
fn wherever_the_process_dies_the_channel_is_settled_and_no_row_is_lost() {
    assert_eq!(walk(&World::new(NOW), LONGEST), 34_569);
}
