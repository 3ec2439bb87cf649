//! What callers send, checked before anything is done with it: every wrong field at once, each
//! by its name.

pub mod ai;
pub mod batch;
pub mod content;
pub mod fields;
pub mod generate;
pub mod idempotency;
pub mod kinds;
pub mod list;
pub mod query;
pub mod start;
