//! ModelRiver: what it sends and what it takes, event-driven and standard.
//!
//! Nothing here is configured: each body is read for what it is.

pub mod callback;
#[cfg(target_arch = "wasm32")]
pub mod client;
pub mod content;
pub mod start;
pub mod webhook;
