//! The room of one channel. Its name is the provider's id of the channel, with a prefix that no task's
//! id can have.

#[cfg(target_arch = "wasm32")]
mod callback;
#[cfg(target_arch = "wasm32")]
pub mod client;
#[cfg(target_arch = "wasm32")]
mod outbox;
pub mod protocol;
#[cfg(target_arch = "wasm32")]
pub mod room;
#[cfg(target_arch = "wasm32")]
mod rows;
