//! The task as an actor, without a platform: what a task is, what can happen to it, and what it
//! does then. No I/O, no clock, no randomness: `now` and every id are arguments.

pub mod apply;
pub mod channel;
pub mod frame;
pub mod id;
pub mod orphan;
pub mod report;
pub mod room;
pub mod schedule;
pub mod task;
pub mod time;
