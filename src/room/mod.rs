//! `TaskRoom`: one Durable Object per task, named by the provider's id of the task.
//!
//! `object` is glue. What it decides is in [`crate::domain`]; what it is asked and what it answers
//! is in [`protocol`].

#[cfg(target_arch = "wasm32")]
pub mod client;
#[cfg(target_arch = "wasm32")]
pub mod object;
pub mod protocol;
#[cfg(target_arch = "wasm32")]
pub mod storage;
