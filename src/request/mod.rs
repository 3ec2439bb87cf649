//! What callers send, checked before anything is done with it: every wrong field at once, each
//! by its name.

pub mod fields;
pub mod generate;
pub mod list;
pub mod query;
