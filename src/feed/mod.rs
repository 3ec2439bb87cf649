//! `FeedRoom`: one Durable Object for each feed. It stores nothing but the position of its sockets. The
//! feeds of tasks (of a user, of a batch) send a snapshot from D1 when a watcher connects, and pass on
//! what rooms publish. The content feed reads every row from D1, in order of arrival.

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
