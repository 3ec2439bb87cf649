//! CORS: only pages of listed origins may use the API.

use super::answer::Response;
use super::incoming::Request;
use crate::platform::config;
use crate::route::Route;
use crate::url::query;
use worker::Env;

/// The request's `Origin`, if it is not our own and is allowed.
pub fn allowed_origin(request: &Request, env: &Env) -> Option<String> {
    let origin = request.header("origin").ok()??;
    let own = query::origin(request.url())?;
    (origin != own && config(env).allows_origin(&origin, own)).then_some(origin)
}

/// Whether the request comes from a page whose origin is not allowed. Without an `Origin` it does not
/// come from a page.
pub fn is_foreign(request: &Request, env: &Env) -> bool {
    let Ok(Some(origin)) = request.header("origin") else { return false };
    let own = query::origin(request.url()).unwrap_or_default();
    !config(env).allows_origin(&origin, own)
}

/// Answers a CORS preflight.
pub fn preflight(origin: String, route: Route<'_>) -> Response {
    Response::new(204, &[], None)
        .with("access-control-allow-origin", origin)
        .with("access-control-allow-methods", route.allow())
        .with(
            "access-control-allow-headers",
            "authorization, content-type, idempotency-key, if-none-match",
        )
        .with("access-control-max-age", "7200")
        .with("vary", "origin")
}

/// Adds the CORS headers that let a page of `origin` read the answer. What is passed on is the answer to an
/// upgrade: a page cannot read it, and its headers are immutable.
pub fn open(response: Response, origin: String) -> Response {
    response
        .with("access-control-allow-origin", origin)
        .with("access-control-expose-headers", "etag, retry-after")
        .with("vary", "origin")
}
