//! Mynth: what it sends and what it takes, in each of the four generations that its wire has had.
//!
//! Nothing here is configured: each body is read for what it is.

#[cfg(target_arch = "wasm32")]
pub mod client;
pub mod create;
pub mod fields;
pub mod list;
pub mod models;
pub mod result;
pub mod webhook;
