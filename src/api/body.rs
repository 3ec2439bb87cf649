//! Reading bodies up to a limit.

use super::incoming::Request;
use crate::error::{ApiError, Code};
use crate::http::read_up_to;
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// Largest body of a caller's request, in bytes: 20 times the longest prompt, and its inputs.
pub const REQUEST_LIMIT: usize = 256 * 1024;
/// Largest body of a start whose input goes to the provider as it is. The input has a limit of its own.
pub const INPUT_LIMIT: usize = 512 * 1024;
/// Largest body of a webhook, in bytes. A task of 20 images has some 50 KB. Anyone can make us hash this
/// much, up to three times per secret, before the signature is refused.
pub const WEBHOOK_LIMIT: usize = 512 * 1024;

/// Reads the body, at most `limit` bytes. A larger one is refused by its `Content-Length`, or as soon
/// as the limit is exceeded; the rest is not read.
///
/// # Errors
///
/// `payload_too_large`, or `malformed_json` for a body that ends too early.
pub async fn read(request: &Request, limit: usize) -> Result<Vec<u8>, ApiError> {
    let announced = request.header("content-length")?;
    let body = match announced.and_then(|length| length.parse::<usize>().ok()) {
        Some(length) if length > limit => None,
        // The runtime takes no more than was announced. Whether it did is for us to say.
        Some(_) => {
            let whole = request.inner().array_buffer().map_err(broken_off)?;
            let whole = Uint8Array::new(&JsFuture::from(whole).await.map_err(broken_off)?);
            (whole.length() as usize <= limit).then(|| whole.to_vec())
        }
        // A request without a body has no stream.
        None => match request.inner().body() {
            Some(stream) => read_up_to(&stream, limit).await.map_err(broken_off)?,
            None => Some(Vec::new()),
        },
    };
    body.ok_or_else(|| too_large(limit))
}

fn too_large(limit: usize) -> ApiError {
    let message = format!("The body is larger than {} KB.", limit / 1024);
    ApiError::new(Code::PayloadTooLarge, message)
}

fn broken_off(_error: JsValue) -> ApiError {
    ApiError::new(Code::MalformedJson, "The body ended before its announced length.")
}

/// Reads the body of a caller's request, which must have the content type JSON.
///
/// # Errors
///
/// `unsupported_media_type` for another content type, and those of [`read`].
pub async fn read_json(request: &Request, limit: usize) -> Result<Vec<u8>, ApiError> {
    let content_type = request.header("content-type")?.unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        let message = "The content type must be application/json.";
        return Err(ApiError::new(Code::UnsupportedMediaType, message));
    }
    read(request, limit).await
}
