//! `FeedRoom`: one Durable Object per feed, such as all tasks of a user. It stores nothing: what
//! it shows comes from D1 when a watcher connects, and from the rooms from then on.

#[cfg(target_arch = "wasm32")]
pub mod client;
#[cfg(target_arch = "wasm32")]
mod content;
pub mod name;
#[cfg(target_arch = "wasm32")]
pub mod object;
pub mod overlap;
