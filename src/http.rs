//! Outgoing requests: to providers, to the issuer, to objects.
//!
//! They use `web_sys` directly. The SDK's `RequestInit` carries every option that Cloudflare has, and
//! would be a twentieth of the Worker's size. Its requests and responses ask the runtime for all there is of
//! one, and read a body in chunks, whatever its size.

use futures_util::future::{Either, select};
use js_sys::{Date, Promise, Reflect, Uint8Array};
use std::pin::pin;
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, AbortSignal, ReadableStream, ReadableStreamDefaultReader, Request, Response,
    WorkerGlobalScope,
};
use worker::{Delay, Error, Result};

/// One outgoing request.
pub struct Outgoing<'a> {
    pub method: &'static str,
    pub url: &'a str,
    pub headers: &'a [(&'a str, &'a str)],
    pub body: Option<&'a str>,
}

impl Outgoing<'_> {
    /// The request as the runtime takes it.
    ///
    /// # Errors
    ///
    /// The runtime refuses the URL or a header.
    pub fn request(&self) -> Result<Request> {
        self.request_until(None)
    }

    fn request_until(&self, signal: Option<&AbortSignal>) -> Result<Request> {
        let init = web_sys::RequestInit::new();
        init.set_method(self.method);
        if !self.headers.is_empty() {
            let headers = web_sys::Headers::new()?;
            for (name, value) in self.headers {
                headers.set(name, value)?;
            }
            init.set_headers(&headers);
        }
        // A redirect is not followed: the key must not be sent to another host.
        init.set_redirect(web_sys::RequestRedirect::Manual);
        if let Some(body) = self.body {
            init.set_body(&body.into());
        }
        if signal.is_some() {
            init.set_signal(signal);
        }
        Ok(Request::new_with_str_and_init(self.url, &init)?)
    }

    /// Sends the request and reads the whole answer, within `patience`. One with more than `limit` bytes is
    /// broken off.
    ///
    /// # Errors
    ///
    /// [`Failed::Late`] when the deadline has passed, [`Failed::Broken`] without a complete answer.
    pub async fn send_up_to(
        &self,
        limit: usize,
        patience: Duration,
    ) -> std::result::Result<Answer, Failed> {
        let controller = AbortController::new().map_err(|error| Failed::Broken(error.into()))?;
        let work = async {
            let request = self.request_until(Some(&controller.signal()))?;
            let response = response(fetch(&request)).await?;
            let retry_after = response.headers().get("retry-after")?;
            let retry_after = retry_after.and_then(|seconds| seconds.trim().parse().ok());
            // The length of a compressed answer says nothing of what it becomes.
            let is_plain = response.headers().get("content-encoding")?.is_none();
            let length = response.headers().get("content-length")?.filter(|_| is_plain);
            let length = length.and_then(|length| length.parse::<usize>().ok());
            let body = match response.body() {
                // One that says its length is read in one piece.
                Some(stream) if length.is_none_or(|length| length > limit) => {
                    let body = read_up_to(&stream, limit).await?;
                    body.ok_or_else(|| Error::from("the answer is too large"))?
                }
                _ => {
                    let body = JsFuture::from(response.array_buffer()?).await?;
                    Uint8Array::new(&body).to_vec()
                }
            };
            Ok(Answer { status: response.status(), retry_after, body })
        };
        within(patience, &controller, work).await
    }

    /// Sends the request on a way of the caller's and reads the verdict of the answer, within `patience`. At
    /// most so many bytes of a body are read.
    ///
    /// # Errors
    ///
    /// [`Failed::Late`] when the deadline has passed, [`Failed::Broken`] without an answer.
    pub async fn judge(
        &self,
        patience: Duration,
        most: usize,
        through: impl FnOnce(&Request) -> Result<Promise>,
    ) -> std::result::Result<Verdict, Failed> {
        let controller = AbortController::new().map_err(|error| Failed::Broken(error.into()))?;
        let work = async {
            let request = self.request_until(Some(&controller.signal()))?;
            let response = response(through(&request)?).await?;
            let header = |name| Ok::<_, Error>(response.headers().get(name)?);
            let retry_at = header("retry-after")?.and_then(|text| retry_at(text.trim()));
            let length = header("content-length")?.and_then(|length| length.parse::<usize>().ok());
            // A short one is read to its end, which keeps the connection.
            if length.is_some_and(|length| length <= most) {
                JsFuture::from(response.array_buffer()?).await?;
            } else if let Some(body) = response.body() {
                let _ = body.cancel();
            }
            Ok(Verdict { status: response.status(), retry_at })
        };
        within(patience, &controller, work).await
    }
}

/// The outcome of `work`, which is aborted when the deadline has passed.
async fn within<T>(
    patience: Duration,
    controller: &AbortController,
    work: impl Future<Output = Result<T>>,
) -> std::result::Result<T, Failed> {
    // Not `AbortSignal.timeout`: it stays pending after the answer and prevents hibernation.
    match select(pin!(work), pin!(Delay::from(patience))).await {
        Either::Left((outcome, _)) => outcome.map_err(Failed::Broken),
        Either::Right(_) => {
            controller.abort();
            Err(Failed::Late)
        }
    }
}

/// Reads a stream to its end. `None` as soon as it has more than `limit` bytes: then the rest is not read, and
/// nothing is copied that does not fit.
///
/// # Errors
///
/// The stream breaks off.
pub async fn read_up_to(
    stream: &ReadableStream,
    limit: usize,
) -> std::result::Result<Option<Vec<u8>>, JsValue> {
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut body = Vec::new();
    loop {
        let read = JsFuture::from(reader.read()).await?;
        if Reflect::get(&read, &"done".into())?.is_truthy() {
            return Ok(Some(body));
        }
        let chunk: Uint8Array = Reflect::get(&read, &"value".into())?.unchecked_into();
        let (start, length) = (body.len(), chunk.length() as usize);
        if start + length > limit {
            // Nobody waits for the end of it.
            let _ = reader.cancel();
            return Ok(None);
        }
        body.resize(start + length, 0);
        chunk.copy_to(&mut body[start..]);
    }
}

/// When a `Retry-After` says: so many seconds from now, or at a date.
fn retry_at(text: &str) -> Option<i64> {
    let after = text.parse::<u32>().ok().map(|seconds| Date::now() + f64::from(seconds) * 1000.0);
    let at = after.unwrap_or_else(|| Date::parse(text));
    (!at.is_nan()).then_some(at as i64)
}

/// A request on its way, through the runtime's own `fetch`.
pub fn fetch(request: &Request) -> Promise {
    let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
    scope.fetch_with_request(request)
}

/// The response that this will be.
///
/// # Errors
///
/// What the runtime says.
pub async fn response(promise: Promise) -> Result<Response> {
    Ok(JsFuture::from(promise).await?.unchecked_into())
}

/// The whole body of a response, as text.
///
/// # Errors
///
/// The body breaks off.
pub async fn text(response: &Response) -> Result<String> {
    let text = JsFuture::from(response.text()?).await?;
    Ok(text.as_string().unwrap_or_default())
}

/// What an answer says without its body.
pub struct Verdict {
    pub status: u16,
    /// When to try again, in Unix milliseconds.
    pub retry_at: Option<i64>,
}

pub struct Answer {
    pub status: u16,
    /// The `Retry-After` header, in seconds.
    pub retry_after: Option<u32>,
    pub body: Vec<u8>,
}

/// Why there is no answer.
pub enum Failed {
    /// The deadline has passed.
    Late,
    /// The connection failed.
    Broken(Error),
}
