//! `FeedRoom`: one Durable Object for each feed. A feed stores nothing but how far its sockets are. The
//! feeds of tasks, of a user or of a batch, read D1 when a watcher connects, and pass on what rooms
//! publish. The content feed reads every row from D1, in the order of arrival.

#[cfg(target_arch = "wasm32")]
pub mod client;
#[cfg(target_arch = "wasm32")]
mod content;
#[cfg(target_arch = "wasm32")]
mod full;
pub mod overlap;
#[cfg(target_arch = "wasm32")]
pub mod room;
pub mod shown_on;
