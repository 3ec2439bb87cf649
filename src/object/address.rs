//! Requests to a Durable Object by its name, retried where the runtime marks an error as retryable.

use super::name::ObjectName;
use super::socket::{PROTOCOL, PROTOCOL_HEADER};
use crate::error::ApiError;
use crate::http::{Outgoing, response, text};
use crate::platform::{fault, outage, with_deadline};
use js_sys::Reflect;
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;
use wasm_bindgen::JsValue;
use worker::worker_sys::DurableObject;
use worker::{Env, Error, ObjectNamespace, Response, Stub};

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
        let body = serde_json::to_string(message).map_err(|error| fault("object", error))?;
        let answer = self.post(ASK_PATH, &body).await?;
        serde_json::from_str(&answer).map_err(|error| fault("object", error))
    }

    /// Sends a message and returns the text of the object's answer.
    ///
    /// # Errors
    ///
    /// `unavailable` if the object cannot be reached, or fails.
    pub async fn post(&self, path: &str, body: &str) -> Result<String, ApiError> {
        let url = internal(path);
        let request = Outgoing { method: "POST", url: &url, headers: &[], body: Some(body) };
        let response = self.send(&request).await?;
        match response.status() {
            200..300 => text(&response).await.map_err(|error| outage("object", error)),
            status => Err(outage("object", format_args!("status {status}"))),
        }
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
        Ok(self.send(&Outgoing { method: "GET", url: &url, headers, body: None }).await?.into())
    }

    async fn send(&self, request: &Outgoing<'_>) -> Result<web_sys::Response, ApiError> {
        with_deadline(ANSWER_DEADLINE, self.try_send(request)).await
    }

    async fn try_send(&self, request: &Outgoing<'_>) -> Result<web_sys::Response, ApiError> {
        let mut tries = 1;
        loop {
            // A stub that has failed once keeps failing, so each attempt has its own.
            let sent = match (self.namespace.get_by_name(&self.name), request.request()) {
                (Ok(stub), Ok(request)) => sent_to(stub, &request).await,
                (Err(error), _) | (_, Err(error)) => Err(error),
            };
            match sent {
                Ok(response) => return Ok(response),
                Err(error) if tries < TRIES && may_retry(&error) => tries += 1,
                Err(error) => return Err(outage("object", error)),
            }
        }
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

/// Not by the SDK's own method, whose response asks for all there is of it.
async fn sent_to(stub: Stub, request: &web_sys::Request) -> Result<web_sys::Response, Error> {
    response(stub.into_rpc::<DurableObject>().fetch_with_request(request)?).await
}

fn internal(path: &str) -> String {
    format!("https://object.internal{path}")
}
