//! Reading bodies up to a limit.

use super::broken;
use crate::error::{ApiError, Code};
use futures_util::StreamExt;
use worker::Request;

/// Largest body of a caller's request, in bytes: 20 times the longest prompt, and its inputs.
pub const REQUEST_LIMIT: usize = 256 * 1024;
/// Largest body of a webhook, in bytes. A task of 20 images has some 50 KB. Anyone can make us hash this
/// much, up to three times per secret, before the signature is refused.
pub const WEBHOOK_LIMIT: usize = 512 * 1024;

/// Reads the body, at most `limit` bytes. A larger one is refused by its `Content-Length`, or as soon
/// as the limit is exceeded; the rest is not read.
///
/// # Errors
///
/// `payload_too_large`, or `malformed_json` for a body that ends too early.
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

/// Reads the body of a caller's request, which must have the content type JSON.
///
/// # Errors
///
/// `unsupported_media_type` for another content type, and those of [`read`].
pub async fn read_json(request: &mut Request) -> Result<Vec<u8>, ApiError> {
    let content_type = request.headers().get("content-type").map_err(broken)?.unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        let message = "The content type must be application/json.";
        return Err(ApiError::new(Code::UnsupportedMediaType, message));
    }
    read(request, REQUEST_LIMIT).await
}
