//! Events on their way out: where the settings say that they go, and one attempt on one road.
//!
//! What is sent when is decided in [`crate::domain::outbox`], and stored by rooms.

#[cfg(target_arch = "wasm32")]
mod bindings;
#[cfg(target_arch = "wasm32")]
mod health;
#[cfg(target_arch = "wasm32")]
pub mod note;
#[cfg(target_arch = "wasm32")]
pub mod send;
pub mod settings;
