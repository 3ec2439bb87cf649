//! Messages to a Durable Object by its name, retried where the runtime marks an error as retryable.
//!
//! A message is a call of the object's own method: that takes half of what a request takes.

use super::name::ObjectName;
use super::socket::{PROTOCOL, PROTOCOL_HEADER};
use crate::error::ApiError;
use crate::http::{Outgoing, response, text as text_of};
use crate::platform::{fault, outage, with_deadline};
use js_sys::{Promise, Reflect, TypeError};
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use worker::worker_sys::DurableObject;
use worker::{Env, Error, ObjectNamespace, Response};

#[wasm_bindgen]
extern "C" {
    /// What an object's class has besides the runtime's events: see `src/js/entry.js`.
    type Messages;
    #[wasm_bindgen(method, structural, catch)]
    fn message(this: &Messages, target: &str, text: &str) -> Result<Promise, JsValue>;
}

/// Most attempts of one message. Every message is idempotent.
const TRIES: usize = 3;

/// How long a caller waits for an object. A room itself waits for D1 and the feeds, for 3 s.
const ANSWER_DEADLINE: Duration = Duration::from_secs(15);

/// Path of a message. Sockets have [`super::watcher::LIVE_PATH`].
pub const ASK_PATH: &str = "/ask";

pub struct Address {
    namespace: ObjectNamespace,
    name: String,
}

impl Address {
    /// Sending to an object creates it, so its name must come from something verified.
    ///
    /// # Errors
    ///
    /// `not_configured`, naming the binding of its class.
    pub fn of(env: &Env, name: &ObjectName) -> Result<Self, ApiError> {
        let binding = name.binding();
        let namespace =
            env.durable_object(binding).map_err(|_| ApiError::not_configured(binding))?;
        Ok(Self { namespace, name: name.to_string() })
    }

    /// Sends a message as JSON and reads the object's answer.
    ///
    /// # Errors
    ///
    /// `unavailable` if the object cannot be reached, `internal_error` if its answer cannot be read.
    pub async fn ask<A: DeserializeOwned>(&self, message: &impl Serialize) -> Result<A, ApiError> {
        let text = serde_json::to_string(message).map_err(|error| fault("object", error))?;
        let answer = self.tell(ASK_PATH, &text).await?;
        serde_json::from_str(&answer).map_err(|error| fault("object", error))
    }

    /// Sends a message and returns the object's answer. `target` is a path that says what it is about, with a query.
    ///
    /// # Errors
    ///
    /// `unavailable` if the object cannot be reached, or fails.
    pub async fn tell(&self, target: &str, text: &str) -> Result<String, ApiError> {
        self.tried(async |object| told(&object, target, text).await).await
    }

    /// Forwards a watcher's upgrade and returns the object's answer: a 101 or an error. `offers` says
    /// whether the watcher offers our sub-protocol.
    ///
    /// # Errors
    ///
    /// `unavailable` if the object cannot be reached.
    pub async fn upgrade(&self, path: &str, offers: bool) -> Result<Response, ApiError> {
        let url = internal(path);
        let headers = [("upgrade", "websocket"), (PROTOCOL_HEADER, PROTOCOL)];
        let headers = if offers { &headers[..] } else { &headers[..1] };
        let upgrade = Outgoing { method: "GET", url: &url, headers, body: None };
        Ok(self.tried(async |object| sent(&object, &upgrade).await).await?.into())
    }

    async fn tried<T>(
        &self,
        attempt: impl AsyncFn(JsValue) -> Result<T, Error>,
    ) -> Result<T, ApiError> {
        let trying = async {
            let mut tries = 1;
            loop {
                // A stub that has failed once keeps failing, so each attempt has its own.
                let tried = match self.namespace.get_by_name(&self.name) {
                    Ok(stub) => attempt(stub.into_rpc()).await,
                    Err(error) => Err(error),
                };
                match tried {
                    Ok(answer) => return Ok(answer),
                    Err(error) if tries < TRIES && may_retry(&error) => tries += 1,
                    Err(error) => return Err(outage("object", error)),
                }
            }
        };
        with_deadline(ANSWER_DEADLINE, trying).await
    }
}

/// Whether the runtime marks the error as retryable. Not retried while the object is overloaded.
fn may_retry(error: &Error) -> bool {
    let Error::UnknownJsError { original, .. } = error else { return false };
    let flag = |name: &str| {
        Reflect::get(original, &JsValue::from_str(name)).is_ok_and(|value| value.is_truthy())
    };
    flag("retryable") && !flag("overloaded")
}

/// What the object answers to a message.
async fn told(object: &JsValue, target: &str, text: &str) -> Result<String, Error> {
    let answer = match object.unchecked_ref::<Messages>().message(target, text) {
        Ok(answer) => JsFuture::from(answer).await,
        Err(error) => Err(error),
    };
    match answer {
        Ok(answer) => Ok(answer.as_string().unwrap_or_default()),
        // While a deployment is under way, an object may still be of a version without the method.
        Err(error) if error.is_instance_of::<TypeError>() => posted(object, target, text).await,
        Err(error) => Err(error.into()),
    }
}

/// The same as a request.
async fn posted(object: &JsValue, target: &str, text: &str) -> Result<String, Error> {
    let url = internal(target);
    let request = Outgoing { method: "POST", url: &url, headers: &[], body: Some(text) };
    let answer = sent(object, &request).await?;
    match answer.status() {
        200..300 => text_of(&answer).await,
        status => Err(Error::RustError(format!("status {status}"))),
    }
}

/// Not by the SDK's own method, whose response asks for all there is of it.
async fn sent(object: &JsValue, request: &Outgoing<'_>) -> Result<web_sys::Response, Error> {
    let object = object.unchecked_ref::<DurableObject>();
    response(object.fetch_with_request(&request.request()?)?).await
}

const INTERNAL: &str = "https://object.internal";

fn internal(path: &str) -> String {
    format!("{INTERNAL}{path}")
}

/// The target of a message that came as a request.
pub fn target(url: &str) -> &str {
    url.strip_prefix(INTERNAL).unwrap_or(url)
}
