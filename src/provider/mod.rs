//! Providers: their wire formats (pure) and the calls to them (thin).

#[cfg(target_arch = "wasm32")]
mod connection;
pub mod fields;
pub mod malformed;
pub mod modelriver;
pub mod mynth;
pub mod reason;
pub mod refusal;
