//! Tasks and channels as actors, without a platform and without a vendor: what they are, what can happen
//! to them, and what follows from it. No I/O, no clock, no randomness: `now` and every id are arguments.

pub mod channel;
pub mod claim;
pub mod effect;
pub mod id;
pub mod list;
pub mod model;
pub mod owner;
pub mod task;
pub mod time;
pub mod verdict;
