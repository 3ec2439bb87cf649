//! The fuzz targets as ordinary tests: their seeds, the hand-made hostile cases, and the same twenty
//! thousand mutated cases at every run. `npm run fuzz` runs longer, with coverage guidance, and measures
//! time.

#[allow(dead_code, reason = "what measures time is not used here")]
#[path = "../fuzz/src/targets/mod.rs"]
mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};
use targets::mutate::{Material, Random};
use targets::{TARGETS, Target, hostile};
// For the library's file that is included with `#[path]`.
use taskwire::{auth, domain, json};

const CASES: usize = 20_000;

/// Bodies of 64 KB are hostile enough where time is not measured.
const SHARE: usize = 16;

/// Runs one case, and shows it when it fails.
fn run(name: &str, target: Target, case: &str, data: &[u8]) {
    if catch_unwind(AssertUnwindSafe(|| target(data))).is_err() {
        let shown: String = String::from_utf8_lossy(data).chars().take(2_000).collect();
        panic!("{name}, {case} of {} bytes: {shown}", data.len());
    }
}

fn named(name: &str) -> Target {
    TARGETS.into_iter().find(|(found, _)| *found == name).expect("a target of this name").1
}

/// No input panics or violates a target's invariants.
fn holds(name: &str) {
    let (target, material) = (named(name), Material::of(name));
    let mut random = Random::new(1);
    for seed in material.seeds() {
        run(name, target, "a seed", seed);
    }
    for _ in 0..CASES {
        run(name, target, "a made case", &material.case(&mut random));
    }
}

/// The same for bodies and headers at their limits.
fn holds_at_the_limits(name: &str) {
    let cases = hostile::cases(name, SHARE);
    assert!(!cases.is_empty());
    for (case, data) in cases {
        run(name, named(name), case, &data);
    }
}

macro_rules! targets {
    ($($name:ident)*) => {
        #[test]
        fn every_target_is_run_here() {
            assert_eq!(TARGETS.map(|(name, _)| name), [$(stringify!($name)),*]);
        }

        $(mod $name {
            #[test]
            fn holds_whatever_comes_in() {
                super::holds(stringify!($name));
            }

            #[test]
            fn holds_at_the_limits() {
                super::holds_at_the_limits(stringify!($name));
            }
        })*
    };
}

targets! {
    signature
    modelriver_signature
    mynth_webhook
    modelriver_webhook
    tickets
    jwt
    jwks
    settings
    room
    requests
}
