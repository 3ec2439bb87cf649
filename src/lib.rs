//! taskwire: live results for AI tasks, as one Cloudflare Worker.
//!
//! A code tour, from the inside out. The first half is pure: no platform, no clock, no I/O, and
//! all of it is tested natively. The second half exists only in the Worker, and only does what
//! the first half decides.

/// Who is calling: OIDC tokens.
pub mod auth;
/// The object of one ModelRiver channel.
pub mod channel;
/// Variables and secrets.
pub mod config;
/// What a task is and what can happen to it: `apply(state, input, now)` is the heart.
pub mod domain;
/// Every error that a caller can get.
pub mod error;
/// `FeedRoom`, the object that shows all tasks of a user or of a batch.
pub mod feed;
/// Reading JSON from bytes.
mod json;
/// The API in OpenAPI, assembled from all this for `openapi.json`.
#[cfg(test)]
mod openapi;
/// What providers send and take, in every generation of their wire.
pub mod provider;
/// What callers send, checked field by field.
pub mod request;
/// What callers are answered with.
pub mod response;
/// `TaskRoom`, the object of one task, and how the Worker speaks to it.
pub mod room;
/// The whole URL table.
pub mod route;
/// Who sent this: webhook signatures and live tickets.
pub mod signature;
/// Every statement that D1 is given, and the rows.
pub mod store;

/// HTTP: one file per resource, behind one table of routes.
#[cfg(target_arch = "wasm32")]
mod api;
/// Requests of ours.
#[cfg(target_arch = "wasm32")]
mod http;
/// Reaching a Durable Object by its name.
#[cfg(target_arch = "wasm32")]
mod object;
/// The clock, randomness, variables and the log of the runtime.
#[cfg(target_arch = "wasm32")]
mod platform;
/// Sockets that sleep with their object.
#[cfg(target_arch = "wasm32")]
mod socket;
/// The second safety net, every minute.
#[cfg(target_arch = "wasm32")]
mod sweep;
