//! The book of a user and the pool of a deployment: in random orders, with words that come twice, late or
//! never, and with crashes between any two steps, what they say is what was started and what it has cost.

mod book;
mod erased;
mod ledger;
mod pool;
mod words;

use taskwire::domain::id::TaskKey;
use taskwire::domain::time::Millis;
use taskwire::domain::usage::amount::Amount;
use taskwire::domain::usage::terms::{Budget, Limits, Starts, Terms};
use taskwire::domain::usage::window::Per;

const NOW: Millis = 1_795_168_800_000;

fn amount(text: &str) -> Amount {
    Amount::parse(text).expect("a decimal")
}

fn key(number: u32) -> TaskKey {
    let [a, b, c, d] = number.to_be_bytes();
    TaskKey::new(NOW, [a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0])
}

fn terms(starts: Option<u32>, running: Option<u32>, budget: Option<&str>) -> Terms {
    let limits = Limits {
        starts: starts.map(|limit| Starts { limit, per: Per::Minute }),
        running,
        budget: budget.map(|text| Budget { amount: amount(text), per: Per::Day }),
    };
    Terms { limits, all: None, seed: 7 }
}
