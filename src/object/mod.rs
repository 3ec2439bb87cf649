//! What all our Durable Objects share: the shell that performs effects, names, addresses, storage,
//! sockets and watchers. It must not know tasks, channels or feeds.

#[cfg(target_arch = "wasm32")]
pub mod actor;
#[cfg(target_arch = "wasm32")]
pub mod address;
pub mod name;
#[cfg(target_arch = "wasm32")]
pub mod socket;
#[cfg(target_arch = "wasm32")]
pub mod storage;
pub mod watcher;
