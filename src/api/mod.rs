//! HTTP: from a request to an answer. One file per resource.
//!
//! [`request`] reads what callers send, [`response`] writes what they are answered with: both are pure.
//! `router` is the way in.

pub mod request;
pub mod response;

#[cfg(target_arch = "wasm32")]
mod ai;
#[cfg(target_arch = "wasm32")]
mod answer;
#[cfg(target_arch = "wasm32")]
mod body;
#[cfg(target_arch = "wasm32")]
mod caller;
#[cfg(target_arch = "wasm32")]
mod content;
#[cfg(target_arch = "wasm32")]
mod cors;
#[cfg(target_arch = "wasm32")]
mod generate;
#[cfg(target_arch = "wasm32")]
mod health;
#[cfg(target_arch = "wasm32")]
mod live;
#[cfg(target_arch = "wasm32")]
mod models;
#[cfg(target_arch = "wasm32")]
mod openapi;
#[cfg(target_arch = "wasm32")]
mod remembered;
#[cfg(target_arch = "wasm32")]
pub mod router;
#[cfg(target_arch = "wasm32")]
mod tasks;
#[cfg(target_arch = "wasm32")]
mod webhook;

/// Turns an error of the runtime while an answer is made into a fault of ours.
#[cfg(target_arch = "wasm32")]
fn broken(error: worker::Error) -> crate::error::ApiError {
    crate::platform::fault("answer", error)
}
