//! What operators see: the log of deliveries, and how things are going.

pub mod delivery;
pub mod figures;
pub mod problems;
pub mod stats;
