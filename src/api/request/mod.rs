//! Parsing and checking what callers send. Errors name all wrong fields at once. The fields of a kind
//! are read by its provider.

pub mod content;
pub mod cursor;
pub mod deliveries;
pub mod events;
pub mod idempotency;
pub mod kinds;
pub mod list;
