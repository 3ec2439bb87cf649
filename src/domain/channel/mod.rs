//! A channel: one asynchronous request, its results and their callbacks.
//!
//! It is an actor like a task, by the same rules: one object per channel, one pure function that
//! changes it, stored before it is shown.

pub mod apply;
pub mod callback;
mod change;
pub mod columns;
pub mod erase;
pub mod event;
pub mod events;
pub mod frame;
pub mod intent;
pub mod schedule;
pub mod state;
