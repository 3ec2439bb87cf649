//! What callers send, checked before anything is done with it: every wrong field at once, each by its
//! name. What a request of a kind has to look like is its provider's to say.

pub mod content;
pub mod idempotency;
pub mod kinds;
pub mod list;
