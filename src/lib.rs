//! taskwire: live results for AI tasks, as one Cloudflare Worker.
//!
//! A code tour, from what decides to what it runs on:
//!
//! - [`domain`]: tasks and channels as pure actors: `apply(state, input, now)`.
//! - [`provider`]: one folder per provider: its calls, its webhooks, its limits.
//! - [`signature`]: webhook signatures, live tickets, secrets.
//! - [`start`]: starting tasks, as a saga over ports.
//! - [`object`]: the shell that performs an actor's effects, and what all our objects share.
//! - [`outbox`]: sends a room's events on the roads that the settings name.
//! - [`room`] and [`feed`]: the two classes of Durable Objects.
//! - [`erase`]: all that a user has, and what is past its retention.
//! - [`store`]: the rows in D1, and every SQL statement.
//! - [`api`] and [`route`]: HTTP. One file per resource, behind one table of routes.
//! - [`limits`]: what a user may start, as the operator says.
//! - [`auth`], [`cache`], [`config`], [`error`], [`json`], [`log`], [`url`]: who is calling, what is
//!   remembered for a while, variables and secrets, every error that a caller can get, reading what comes
//!   from outside, and what operators read.
//!
//! Code that touches the platform is only in the wasm build. Everything else is tested natively.

pub mod api;
pub mod auth;
pub mod cache;
pub mod config;
pub mod domain;
pub mod erase;
pub mod error;
pub mod feed;
pub mod json;
pub mod limits;
pub mod log;
pub mod object;
pub mod outbox;
pub mod provider;
pub mod room;
pub mod route;
pub mod signature;
pub mod start;
pub mod store;
pub mod url;

#[cfg(target_arch = "wasm32")]
mod http;
#[cfg(target_arch = "wasm32")]
mod metrics;
#[cfg(target_arch = "wasm32")]
mod panics;
#[cfg(target_arch = "wasm32")]
mod platform;

/// The Worker's entry points. The Durable Object classes are in [`room`] and [`feed`].
#[cfg(target_arch = "wasm32")]
mod entry {
    use crate::api::router::{Request, Response};
    use crate::platform::log_error;
    use worker::{Context, Env, Result, ScheduleContext, ScheduledEvent, event};

    #[event(fetch)]
    async fn fetch(request: Request, env: Env, context: Context) -> Result<Response> {
        crate::panics::log_them();
        #[cfg(feature = "panics")]
        crate::panics::on_purpose::in_request(request.path()).await;
        crate::api::router::handle(request, env, context).await
    }

    #[event(scheduled)]
    async fn scheduled(_event: ScheduledEvent, env: Env, _context: ScheduleContext) {
        crate::panics::log_them();
        if let Err(error) = crate::start::sweep::sweep(&env).await {
            log_error("sweep", error);
        }
    }
}
