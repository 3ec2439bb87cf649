//! Every order, and a death between any two effects of any step.

use crate::world::{Reply, Step, World};
use proptest::prelude::*;

const STEPS: [Step; 12] = [
    Step::Attach,
    Step::Completed,
    Step::Failed,
    Step::Alarm,
    Step::LateAlarm,
    Step::D1,
    Step::Erase,
    Step::Replies(Reply::Takes),
    Step::Replies(Reply::Fails),
    Step::Replies(Reply::TakesSilently),
    Step::Replies(Reply::SaysGone),
    Step::Replies(Reply::IsHeld),
];

/// Steps of which every order is tried, with a death in each.
const LONGEST: usize = 4;

/// Tries each step after these, whole and interrupted after each of its effects. Answers how many deaths
/// there were.
fn walk(world: &World, steps: usize) -> usize {
    if steps == 0 {
        world.clone().settle();
        return 0;
    }
    let mut deaths = 0;
    for step in STEPS {
        let mut whole = world.clone();
        if !whole.take(step) {
            continue;
        }
        for effects in 0.. {
            let mut dead = world.clone();
            dead.effects_left = effects;
            dead.take(step);
            if !dead.has_died {
                break;
            }
            deaths += 1;
            dead.settle();
        }
        deaths += walk(&whole, steps - 1);
    }
    deaths
}

#[test]
fn wherever_the_process_dies_no_event_is_lost_and_none_is_told_again_after_its_word() {
    let mut started = World::new();
    started.take(Step::Attach);
    let deaths = walk(&World::new(), LONGEST) + walk(&started, LONGEST);
    println!("{deaths} deaths");
    assert!(deaths > 50_000, "{deaths}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, ..ProptestConfig::default() })]

    #[test]
    fn in_any_long_history_with_any_deaths_every_event_comes_through(
        history in prop::collection::vec((0..STEPS.len(), prop::option::weighted(0.3, 0_usize..14)), 1..60)
    ) {
        let mut world = World::new();
        for (step, death) in history {
            world.effects_left = death.unwrap_or(usize::MAX);
            world.take(STEPS[step]);
            world.effects_left = usize::MAX;
        }
        world.settle();
    }
}
