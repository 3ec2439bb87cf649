//! Providers: their wire formats (pure) and the calls to them (thin).

pub mod mynth;
