//! Calls to a provider over HTTP, with its API key. The provider decides what the answers mean.

use super::call::{Answer, Call};
use super::calls::{Calls, path_below};
use super::contract::Provider;
use super::refusal::{no_answer, refusal, unreachable};
use crate::error::ApiError;
use crate::http::{Failed, Outgoing};
use crate::platform::{config, log_error};
use crate::url::query::origin;
use std::time::Duration;
use worker::Env;

/// Most bytes of an answer. The longest that providers give are lists of a hundred tasks.
const ANSWER_BYTES: usize = 8 * 1024 * 1024;

/// Deadline of a call. A provider queues the work and answers at once, and a caller is waiting.
const PATIENCE: Duration = Duration::from_secs(10);

/// Calls providers with this deployment's settings.
pub struct Http<'a> {
    pub env: &'a Env,
}

impl Http<'_> {
    /// Checks that the provider is configured.
    ///
    /// # Errors
    ///
    /// `not_configured`, naming what is missing.
    pub fn check(&self, provider: &dyn Provider) -> Result<(), ApiError> {
        let (config, settings) = (config(self.env), provider.settings());
        config.base_url(settings.api_url)?;
        config.secret(settings.api_key).map(drop)
    }
}

impl Calls for Http<'_> {
    async fn send(&self, provider: &'static dyn Provider, call: Call) -> Result<Answer, ApiError> {
        let (config, settings) = (config(self.env), provider.settings());
        let url = format!("{}{}", config.base_url(settings.api_url)?, call.path);
        let key = config.secret(settings.api_key)?;
        let key = format!("{} {}", settings.key_scheme, key.expose());
        let headers = [
            ("authorization", key.as_str()),
            ("accept", "application/json"),
            ("content-type", "application/json"),
        ];
        let headers = if call.body.is_some() { &headers[..] } else { &headers[..2] };
        let body = call.body.as_deref();
        let request = Outgoing { method: call.method, url: &url, headers, body };
        let sent =
            request.send_up_to(ANSWER_BYTES, PATIENCE).await.map_err(|failed| match failed {
                Failed::Late => no_answer(),
                Failed::Broken(error) => {
                    log_error(provider.name(), error);
                    unreachable()
                }
            });
        let sent = sent?;
        let answer = Answer { status: sent.status, body: sent.body };
        if answer.is_ok() || call.reads_refusals {
            return Ok(answer);
        }
        let path = call.path.split('?').next().unwrap_or_default();
        log_error(provider.name(), format_args!("status {} at {path}", answer.status));
        Err(ApiError { retry_after: sent.retry_after, ..refusal(answer.status, &answer.body) })
    }

    fn path_of(&self, provider: &'static dyn Provider, address: &str) -> Option<String> {
        let base = config(self.env).base_url(provider.settings().api_url).ok()?;
        let path = path_below(&base, address);
        if path.is_none() {
            let origin = origin(address).unwrap_or("no address");
            log_error(provider.name(), format_args!("a foreign address: {origin:.100}"));
        }
        path
    }
}
