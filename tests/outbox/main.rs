//! Events on their way out: none is lost and none is sent too early, in any order of things, and wherever the
//! process dies. Where nothing is configured, nothing is stored for them.

mod bodies;
mod ends;
mod notes;
mod orders;
mod resent;
mod stored;
mod world;

#[path = "../support/actor.rs"]
mod actor;
#[path = "../support/mod.rs"]
mod support;

use taskwire::domain::outbox::road::Road;

/// Three roads, one of each kind.
fn three_roads() -> Vec<Road> {
    vec![Road::to(0, "https://app.example/events"), Road::Queue, Road::Hook]
}
