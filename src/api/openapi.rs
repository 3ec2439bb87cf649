//! Serves the OpenAPI document, which `openapi/` generates from the Rust types.

use super::answer::safe;
use super::broken;
use crate::error::ApiError;
use worker::{Response, ResponseBuilder};

const DOCUMENT: &str = include_str!("../../openapi.json");

/// The document is public and only changes with a deployment.
const PUBLIC: &str = "public, max-age=3600";

/// `GET /openapi.json`
pub fn document() -> Result<Response, ApiError> {
    let response = ResponseBuilder::new()
        .with_header("content-type", "application/json")
        .and_then(|response| response.with_header("cache-control", PUBLIC))
        .and_then(safe)
        .map_err(broken)?;
    Ok(response.fixed(DOCUMENT.as_bytes().to_vec()))
}
