//! Calls to a provider over HTTP, with its key. What the answers mean is decided elsewhere.

use super::refusal::{no_answer, refusal, unreachable, unreadable};
use crate::error::ApiError;
use crate::http::{Answer, Failed, Outgoing};
use crate::json;
use crate::platform::report;
use crate::signature::Secret;
use serde_json::Value;
use std::time::Duration;

/// How long a provider has to answer. It queues the work and answers at once; a caller waits for this.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Connection {
    /// The provider's name, for the log.
    pub name: &'static str,
    /// Its base URL, without a slash at its end.
    pub base: String,
    pub key: Secret,
}

impl Connection {
    pub async fn get(&self, path: &str) -> Result<Value, ApiError> {
        let answer = self.call("GET", path, None).await?;
        json::read(&answer).map_err(|_| unreadable())
    }

    pub async fn post(&self, path: &str, body: &Value) -> Result<Vec<u8>, ApiError> {
        self.call("POST", path, Some(&body.to_string())).await
    }

    async fn call(
        &self,
        method: &'static str,
        path: &str,
        body: Option<&str>,
    ) -> Result<Vec<u8>, ApiError> {
        let Answer { status, retry_after, body } = self.send(method, path, body).await?;
        if (200..300).contains(&status) {
            return Ok(body);
        }
        report(self.name, format_args!("status {status} at {path}"));
        Err(ApiError { retry_after, ..refusal(status, &body) })
    }

    async fn send(
        &self,
        method: &'static str,
        path: &str,
        body: Option<&str>,
    ) -> Result<Answer, ApiError> {
        let url = format!("{}{path}", self.base);
        let bearer = format!("Bearer {}", self.key.expose());
        let headers = [
            ("authorization", bearer.as_str()),
            ("accept", "application/json"),
            ("content-type", "application/json"),
        ];
        let headers = if body.is_some() { &headers[..] } else { &headers[..2] };
        let request = Outgoing { method, url: &url, headers, body };
        request.send(PATIENCE).await.map_err(|failed| match failed {
            Failed::Late => no_answer(),
            Failed::Broken(error) => {
                report(self.name, error);
                unreachable()
            }
        })
    }
}
