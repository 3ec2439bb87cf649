//! `FeedRoom`: one Durable Object for each feed. The feeds of tasks, of a user or of a batch, store
//! nothing: they read D1 when a watcher connects, and pass on what rooms publish. The content feed of a
//! user stores how far its sockets are, and reads every row from D1, in the order of arrival. The feed
//! of the rows that are everyone's tells those of the users who watch.

#[cfg(target_arch = "wasm32")]
pub mod client;
#[cfg(target_arch = "wasm32")]
mod content;
pub mod overlap;
pub mod pass;
#[cfg(target_arch = "wasm32")]
mod public;
#[cfg(target_arch = "wasm32")]
pub mod room;
pub mod shown_on;
