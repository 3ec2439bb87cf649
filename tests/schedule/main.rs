//! When the object's one alarm fires, and what is due then: simulated in virtual time.

mod alarm;
mod cleaning;
mod early;
mod polls;
mod rows;
mod world;

#[path = "../support/actor.rs"]
mod actor;
#[path = "../support/mod.rs"]
mod support;
