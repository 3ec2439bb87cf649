//! The JSON of every successful answer. Errors are [`crate::error::ErrorBody`]. Tasks, channels and rows
//! have the same form as in frames.
//!
//! This must not know HTTP, or where the data comes from.

pub mod admin;
pub mod erase;
pub mod events;
pub mod metrics;
pub mod policy;
pub mod read;
pub mod site;
pub mod start;
pub mod ticket;
