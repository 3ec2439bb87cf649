//! Serves the OpenAPI document, which `openapi/` generates from the Rust types.

use super::answer::Response;
use crate::error::ApiError;

const DOCUMENT: &str = include_str!("../../openapi.json");

/// `GET /openapi.json`. The document is public and only changes with a deployment.
pub fn document() -> Result<Response, ApiError> {
    let headers =
        &[("content-type", "application/json"), ("cache-control", "public, max-age=3600")];
    Ok(Response::new(200, headers, Some(DOCUMENT.to_owned())))
}
