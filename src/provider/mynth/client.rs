//! Calls to Mynth over HTTP. What the answers mean is decided beside this file.

use super::create::{start_path, started_task_id};
use super::refusal::{no_answer, refusal, unreachable, unreadable};
use super::result::task_report;
use crate::config::Config;
use crate::domain::report::Report;
use crate::error::ApiError;
use crate::json;
use crate::platform::report;
use crate::signature::Secret;
use serde_json::Value;
use std::time::Duration;
use wasm_bindgen::JsValue;
use worker::{AbortSignal, Error, Fetch, Headers, Method, Request, RequestInit, RequestRedirect};

/// How long Mynth has to answer. It queues a task and answers at once; a caller waits for this.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Client {
    base: String,
    key: Secret,
}

struct Answer {
    status: u16,
    body: Vec<u8>,
}

impl Client {
    pub fn new<F: Fn(&str) -> Option<String>>(config: &Config<F>) -> Result<Self, ApiError> {
        Ok(Self { base: config.mynth_api_url(), key: config.mynth_api_key()? })
    }

    /// Starts a task of `kind`: the provider's id of it.
    pub async fn start(&self, kind: &str, body: &Value) -> Result<String, ApiError> {
        let answer = self.post(&start_path(kind), body).await?;
        started_task_id(&answer).ok_or_else(|| {
            report("mynth start", "an answer without a task id");
            unreadable()
        })
    }

    /// What an image task would cost, in the provider's words.
    pub async fn estimate(&self, body: &Value) -> Result<Value, ApiError> {
        let answer = self.post("/image/generate/estimate", body).await?;
        let answer: Value = json::read(&answer).map_err(|_| unreadable())?;
        Ok(answer.get("data").unwrap_or(&answer).clone())
    }

    /// What the provider says of a task now.
    pub async fn look(&self, task_id: &str) -> Result<Report, ApiError> {
        let answer = self.call(Method::Get, &format!("/tasks/{task_id}"), None).await?;
        if !(200..300).contains(&answer.status) {
            return Err(refusal(answer.status, &answer.body));
        }
        let body: Value = json::read(&answer.body).map_err(|_| unreadable())?;
        let told = task_report(body.get("data").unwrap_or(&body));
        told.filter(|told| told.task_id == task_id).ok_or_else(unreadable)
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Vec<u8>, ApiError> {
        let answer = self.call(Method::Post, path, Some(&body.to_string())).await?;
        if !(200..300).contains(&answer.status) {
            report("mynth", format_args!("status {} at {path}", answer.status));
            return Err(refusal(answer.status, &answer.body));
        }
        Ok(answer.body)
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&str>,
    ) -> Result<Answer, ApiError> {
        let request = self.request(method, path, body).map_err(failed)?;
        let signal =
            AbortSignal::from(web_sys::AbortSignal::timeout_with_u32(PATIENCE.as_millis() as u32));
        let mut response =
            Fetch::Request(request).send_with_signal(&signal).await.map_err(failed)?;
        let status = response.status_code();
        let body = response.bytes().await.map_err(failed)?;
        Ok(Answer { status, body })
    }

    fn request(&self, method: Method, path: &str, body: Option<&str>) -> worker::Result<Request> {
        let headers = Headers::new();
        headers.set("authorization", &format!("Bearer {}", self.key.expose()))?;
        headers.set("accept", "application/json")?;
        let mut init = RequestInit::new();
        if let Some(body) = body {
            headers.set("content-type", "application/json")?;
            init.with_body(Some(JsValue::from_str(body)));
        }
        // The key goes to the host it is for, and nowhere that host may point to.
        init.with_method(method).with_headers(headers).with_redirect(RequestRedirect::Manual);
        Request::new_with_init(&format!("{}{path}", self.base), &init)
    }
}

fn failed(error: Error) -> ApiError {
    match error {
        Error::UnknownJsError { name: Some(name), .. } if name == "TimeoutError" => no_answer(),
        Error::UnknownJsError { message, .. } => {
            report("mynth", message);
            unreachable()
        }
        other => {
            report("mynth", other);
            unreachable()
        }
    }
}
