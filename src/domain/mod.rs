//! Tasks and channels as pure actors, without platform or vendor: their state, their inputs, and the
//! effects that follow. No I/O, no clock, no randomness: `now` and every id are arguments.

pub mod admin;
pub mod channel;
pub mod claim;
pub mod delivery;
pub mod effect;
pub mod erase;
pub mod id;
pub mod list;
pub mod model;
pub mod outbox;
pub mod owner;
pub mod retention;
pub mod task;
pub mod time;
pub mod timeline;
pub mod usage;
pub mod verdict;
