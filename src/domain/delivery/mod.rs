//! Webhooks as the operator's log has them: one row for each, and a count of those that were refused beyond
//! a few.

pub mod arrival;
pub mod mark;
pub mod queue;
pub mod record;
pub mod sampler;
