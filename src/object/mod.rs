//! What all our Durable Objects share: the shell that performs effects, names, addresses, storage,
//! sockets with their ends, and watchers. It must not know tasks, channels or feeds.

#[cfg(target_arch = "wasm32")]
pub mod actor;
#[cfg(target_arch = "wasm32")]
pub mod address;
#[cfg(target_arch = "wasm32")]
pub mod alarm;
#[cfg(target_arch = "wasm32")]
mod crowd;
pub mod ends;
pub mod expiry;
#[cfg(target_arch = "wasm32")]
pub mod instance;
pub mod kept;
pub mod name;
#[cfg(target_arch = "wasm32")]
pub mod socket;
#[cfg(target_arch = "wasm32")]
pub mod storage;
#[cfg(target_arch = "wasm32")]
pub mod together;
pub mod watcher;
