//! Providers: a folder for each, and one entry in [`registry`].
//!
//! A provider describes calls and reads bytes; it never awaits. [`contract`] is its interface, [`calls`]
//! does what is the same for all providers, and `http` sends the calls. The other files here read
//! what any provider may write.

pub mod call;
pub mod calls;
pub mod contract;
pub mod event;
pub mod fal;
#[cfg(target_arch = "wasm32")]
pub mod http;
pub mod input;
pub mod kind;
pub mod lenient;
pub mod malformed;
pub mod modelriver;
pub mod mynth;
pub mod output;
pub mod progress;
pub mod reason;
pub mod refusal;
pub mod registry;
pub mod replicate;
pub mod settings;
