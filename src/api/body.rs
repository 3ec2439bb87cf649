//! Reading bodies up to a limit.

use super::incoming::Request;
use crate::error::{ApiError, Code};
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableStreamDefaultReader};

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
    match announced.and_then(|length| length.parse::<usize>().ok()) {
        Some(length) if length > limit => Err(too_large(limit)),
        // The runtime takes no more than was announced. Whether it did is for us to say.
        Some(_) => {
            let whole = request.inner().array_buffer().map_err(broken_off)?;
            let whole = JsFuture::from(whole).await.map_err(broken_off)?;
            let mut body = Vec::new();
            append(&mut body, &Uint8Array::new(&whole), limit)?;
            Ok(body)
        }
        // A request without a body has no stream.
        None => match request.inner().body() {
            Some(stream) => in_chunks(&stream, limit).await,
            None => Ok(Vec::new()),
        },
    }
}

async fn in_chunks(stream: &ReadableStream, limit: usize) -> Result<Vec<u8>, ApiError> {
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut body = Vec::new();
    loop {
        let read = JsFuture::from(reader.read()).await.map_err(broken_off)?;
        let part = |name: &str| Reflect::get(&read, &name.into()).map_err(broken_off);
        if part("done")?.is_truthy() {
            return Ok(body);
        }
        if let Err(refused) = append(&mut body, &part("value")?.unchecked_into(), limit) {
            // Nobody waits for the end of it.
            let _ = reader.cancel();
            return Err(refused);
        }
    }
}

/// Nothing of a chunk is copied that does not fit.
fn append(body: &mut Vec<u8>, chunk: &Uint8Array, limit: usize) -> Result<(), ApiError> {
    let (start, length) = (body.len(), chunk.length() as usize);
    if start + length > limit {
        return Err(too_large(limit));
    }
    body.resize(start + length, 0);
    chunk.copy_to(&mut body[start..]);
    Ok(())
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
