//! D1: rows for lists, starts and the sweep. Live updates do not wait for it.
//!
//! [`sql`] has the statements and [`row`] the JSON that they read and write. Both are pure and tested
//! against SQLite itself. The other files run the statements.

#[cfg(target_arch = "wasm32")]
pub mod content;
#[cfg(target_arch = "wasm32")]
mod d1;
#[cfg(target_arch = "wasm32")]
mod deliveries;
#[cfg(target_arch = "wasm32")]
pub mod erase;
#[cfg(target_arch = "wasm32")]
mod events;
#[cfg(target_arch = "wasm32")]
mod feeds;
#[cfg(target_arch = "wasm32")]
mod intents;
#[cfg(target_arch = "wasm32")]
mod keys;
#[cfg(target_arch = "wasm32")]
mod operator;
#[cfg(target_arch = "wasm32")]
mod retention;
pub mod row;
pub mod schema;
pub mod sql;
#[cfg(target_arch = "wasm32")]
pub mod sweep;
#[cfg(target_arch = "wasm32")]
mod tasks;
#[cfg(target_arch = "wasm32")]
mod timeline;

#[cfg(target_arch = "wasm32")]
pub use d1::{D1_DEADLINE, Store};
#[cfg(target_arch = "wasm32")]
pub use deliveries::Logged;
