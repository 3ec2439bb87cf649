//! `FeedRoom`: one Durable Object for each feed. The feeds of tasks (of a user, of a batch) store
//! nothing: they send a snapshot from D1 when a watcher connects, and pass on what rooms publish. The
//! content feed of a user stores how far its sockets are, and reads every row from D1, in order of
//! arrival. The feed of public rows pokes the feeds of the users who watch. The feed of a user's tasks also
//! keeps the user's book of what is limited.

pub mod asks;
#[cfg(target_arch = "wasm32")]
pub mod books;
#[cfg(target_arch = "wasm32")]
pub mod client;
#[cfg(target_arch = "wasm32")]
mod content;
#[cfg(target_arch = "wasm32")]
mod full;
#[cfg(target_arch = "wasm32")]
mod keeper;
pub mod newest;
pub mod overlap;
pub mod pass;
#[cfg(target_arch = "wasm32")]
mod pool;
#[cfg(target_arch = "wasm32")]
mod public;
#[cfg(target_arch = "wasm32")]
pub mod room;
pub mod shown_on;
