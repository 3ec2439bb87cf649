//! taskwire: live results for AI tasks, as one Cloudflare Worker.
//!
//! A code tour, from the inside out. The first half is pure: no platform, no clock, no I/O, and
//! all of it is tested natively. The second half exists only in the Worker, and only does what
//! the first half decides.

/// HTTP: one file per resource, behind one table of routes.
pub mod api;
/// Who is calling: OIDC tokens.
pub mod auth;
/// Variables and secrets.
pub mod config;
/// What tasks and channels are, and what can happen to them: `apply(state, input, now)` is the heart.
pub mod domain;
/// Every error that a caller can get.
pub mod error;
/// `FeedRoom`: one object for all tasks of a user, for a batch, and for the content feed.
pub mod feed;
/// Reading JSON from bytes.
pub mod json;
/// What all our Durable Objects share.
pub mod object;
/// The API in OpenAPI, assembled from all this for `openapi.json`.
#[cfg(any())]
mod openapi;
/// What providers send and take: a folder for each.
pub mod provider;
/// `TaskRoom`: one object for each task, and one for each channel.
pub mod room;
/// The whole URL table.
pub mod route;
/// Who sent this: webhook signatures and live tickets.
pub mod signature;
/// Starting tasks, and settling starts that did not come to an end.
pub mod start;
/// The rows in D1, and every statement.
pub mod store;
/// Reading addresses.
pub mod url;

/// Requests of ours.
#[cfg(target_arch = "wasm32")]
mod http;
/// The clock, randomness, variables and the log of the runtime.
#[cfg(target_arch = "wasm32")]
mod platform;

#[cfg(target_arch = "wasm32")]
mod entry {
    use crate::platform::log_error;
    use worker::{Context, Env, Request, Response, Result, ScheduleContext, ScheduledEvent, event};

    #[event(fetch)]
    async fn fetch(request: Request, env: Env, context: Context) -> Result<Response> {
        crate::api::router::handle(request, env, context).await
    }

    #[event(scheduled)]
    async fn scheduled(_event: ScheduledEvent, env: Env, _context: ScheduleContext) {
        if let Err(error) = crate::start::sweep::sweep(&env).await {
            log_error("sweep", error);
        }
    }
}
