//! Rooms: one Durable Object for each task, and one for each channel.
//!
//! Both have the class `TaskRoom` and are told apart by their names. [`crate::domain`] decides; each
//! folder here has the shell, the messages and the client of one of them.

pub mod channel;
#[cfg(target_arch = "wasm32")]
mod class;
pub mod task;
pub mod webhook;
