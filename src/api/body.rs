//! Bodies, read up to a limit and no further.

use super::broken;
use crate::error::{ApiError, Code};
use futures_util::StreamExt;
use worker::Request;

/// Of a caller's request: 20 times the longest prompt, with room for its inputs.
pub const REQUEST_LIMIT: usize = 256 * 1024;
/// Of a webhook: a task of 20 images with all it was asked for is some 50 KB. Whoever calls can have
/// this much hashed, twice for each secret, before they are refused.
pub const WEBHOOK_LIMIT: usize = 512 * 1024;

/// The body, if it is no larger than `limit` bytes. A larger one is refused by what its header
/// says of it, or as soon as that much has come; the rest is not read.
pub async fn read(request: &mut Request, limit: usize) -> Result<Vec<u8>, ApiError> {
    let too_large = || {
        let message = format!("The body is larger than {} KB.", limit / 1024);
        ApiError::new(Code::PayloadTooLarge, message)
    };
    let announced = request.headers().get("content-length").map_err(broken)?;
    let announced = announced.and_then(|length| length.parse::<usize>().ok()).unwrap_or(0);
    if announced > limit {
        return Err(too_large());
    }
    // A request without a body has no stream.
    let Ok(mut stream) = request.stream() else { return Ok(Vec::new()) };
    let mut body = Vec::with_capacity(announced);
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| {
            ApiError::new(Code::MalformedJson, "The body ended before its announced length.")
        })?;
        if body.len() + chunk.len() > limit {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The body of a caller's request, which has to be JSON by its content type.
pub async fn read_json(request: &mut Request) -> Result<Vec<u8>, ApiError> {
    let content_type = request.headers().get("content-type").map_err(broken)?.unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        let message = "The content type must be application/json.";
        return Err(ApiError::new(Code::UnsupportedMediaType, message));
    }
    read(request, REQUEST_LIMIT).await
}
