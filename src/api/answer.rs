//! Answers: JSON, and the errors of the table.

use super::broken;
use crate::error::{ApiError, Code};
use serde::Serialize;
use std::fmt::Display;
use worker::{Request, Response, ResponseBuilder, Result};

/// No answer of the API may be cached.
const PRIVATE: &str = "private, no-store";

pub fn json(status: u16, body: &impl Serialize) -> std::result::Result<Response, ApiError> {
    ResponseBuilder::new()
        .with_status(status)
        .with_header("cache-control", PRIVATE)
        .and_then(safe)
        .and_then(|response| response.from_json(body))
        .map_err(broken)
}

/// The answer without a body: it is done.
pub fn nothing() -> std::result::Result<Response, ApiError> {
    ResponseBuilder::new()
        .with_status(204)
        .with_header("cache-control", PRIVATE)
        .and_then(safe)
        .map(ResponseBuilder::empty)
        .map_err(broken)
}

/// A JSON answer with its version as `ETag`, or a 304 if `If-None-Match` has that version.
pub fn versioned(
    request: &Request,
    body: &impl Serialize,
    version: impl Display,
) -> std::result::Result<Response, ApiError> {
    let tag = format!("\"{version}\"");
    let known = request.headers().get("if-none-match").map_err(broken)?;
    let is_known = known.is_some_and(|list| {
        list.split(',').map(|one| one.trim().trim_start_matches("W/")).any(|one| one == tag)
    });
    let response = ResponseBuilder::new()
        .with_header("cache-control", "private, no-cache")
        .and_then(safe)
        .and_then(|response| response.with_header("etag", &tag))
        .map_err(broken)?;
    match is_known {
        true => Ok(response.with_status(304).empty()),
        false => response.from_json(body).map_err(broken),
    }
}

/// The headers that no answer goes without: a browser takes the content type at its word, and comes back
/// over https only.
pub fn safe(response: ResponseBuilder) -> Result<ResponseBuilder> {
    response
        .with_header("x-content-type-options", "nosniff")?
        .with_header("strict-transport-security", "max-age=31536000")
}

pub fn refuse(error: &ApiError) -> Result<Response> {
    let mut response = ResponseBuilder::new()
        .with_status(error.status())
        .with_header("content-type", "application/json")?
        .with_header("cache-control", PRIVATE)
        .and_then(safe)?;
    if let Some(allow) = error.allow {
        response = response.with_header("allow", allow)?;
    }
    if let Some(seconds) = error.retry_after {
        response = response.with_header("retry-after", &seconds.to_string())?;
    }
    if error.code == Code::Unauthorized {
        response = response.with_header("www-authenticate", "Bearer")?;
    }
    Ok(response.fixed(error.body().into_bytes()))
}
