//! Erasing all that a user has, and what is past its retention. The sweep runs both.

#[cfg(target_arch = "wasm32")]
pub mod old;
#[cfg(target_arch = "wasm32")]
pub mod user;
