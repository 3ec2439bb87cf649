//! CORS: only pages of listed origins may use the API.

use super::answer::safe;
use crate::platform::config;
use crate::route::Route;
use crate::url::query;
use worker::{Env, Request, Response, ResponseBuilder, Result};

/// The request's `Origin`, if it is not our own and is allowed.
pub fn allowed_origin(request: &Request, env: &Env) -> Option<String> {
    let origin = request.headers().get("origin").ok()??;
    let own = own_origin(request)?;
    (origin != own && config(env).allows_origin(&origin, &own)).then_some(origin)
}

/// Whether the request comes from a page whose origin is not allowed. Without an `Origin` it does not
/// come from a page.
pub fn is_foreign(request: &Request, env: &Env) -> bool {
    let Ok(Some(origin)) = request.headers().get("origin") else { return false };
    let own = own_origin(request).unwrap_or_default();
    !config(env).allows_origin(&origin, &own)
}

/// The origin that the request was sent to.
fn own_origin(request: &Request) -> Option<String> {
    query::origin(&request.inner().url()).map(str::to_owned)
}

/// Answers a CORS preflight.
pub fn preflight(origin: &str, route: Route<'_>) -> Result<Response> {
    let response = safe(ResponseBuilder::new().with_status(204))?
        .with_header("access-control-allow-origin", origin)?
        .with_header("access-control-allow-methods", route.allow())?
        .with_header(
            "access-control-allow-headers",
            "authorization, content-type, idempotency-key, if-none-match",
        )?
        .with_header("access-control-max-age", "7200")?
        .with_header("vary", "origin")?;
    Ok(response.empty())
}

/// Adds the CORS headers that let a page of `origin` read the answer.
pub fn open(mut response: Response, origin: &str) -> Result<Response> {
    // A page cannot read the answer to an upgrade, and its headers are immutable.
    if response.status_code() == 101 {
        return Ok(response);
    }
    let headers = response.headers_mut();
    headers.set("access-control-allow-origin", origin)?;
    headers.set("access-control-expose-headers", "etag, retry-after")?;
    headers.append("vary", "origin")?;
    Ok(response)
}
