//! What callers are answered with: the JSON of every good answer. Refusals are
//! [`crate::error::ErrorBody`], and what is in most answers, a task, a channel or a row, is what
//! frames show too.
//!
//! This must not know how an answer came about, or HTTP.

pub mod read;
pub mod site;
pub mod start;
pub mod ticket;
