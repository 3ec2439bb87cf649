//! D1: an index of rows for lists and reports. Nothing live waits for it.
//!
//! [`sql`] has the statements and [`row`] what they give and take: both are pure, and tested against
//! SQLite itself. The other files run them.

#[cfg(target_arch = "wasm32")]
pub mod content;
#[cfg(target_arch = "wasm32")]
mod d1;
#[cfg(target_arch = "wasm32")]
mod keys;
pub mod row;
pub mod sql;
#[cfg(target_arch = "wasm32")]
pub mod sweep;
#[cfg(target_arch = "wasm32")]
mod tasks;

#[cfg(target_arch = "wasm32")]
pub use d1::{D1_DEADLINE, Store};
