//! D1: an index of rows for lists and reports. Nothing live waits for it.
//!
//! [`sql`] has every statement, [`row`] what they give and take; both are pure and tested against
//! SQLite itself. `d1` runs them.

pub mod content_sql;
#[cfg(target_arch = "wasm32")]
pub mod d1;
#[cfg(target_arch = "wasm32")]
pub mod d1_content;
#[cfg(target_arch = "wasm32")]
mod d1_keys;
#[cfg(target_arch = "wasm32")]
mod d1_sweep;
pub mod row;
pub mod sql;
