//! Calls to a provider over HTTP, with its API key. The provider decides what the answers mean.

use super::call::Call;
use super::calls::Calls;
use super::contract::Provider;
use super::refusal::{no_answer, refusal, unreachable};
use crate::error::ApiError;
use crate::http::{Answer, Failed, Outgoing};
use crate::platform::{config, log_error};
use std::time::Duration;
use worker::Env;

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
    async fn send(&self, provider: &'static dyn Provider, call: Call) -> Result<Vec<u8>, ApiError> {
        let (config, settings) = (config(self.env), provider.settings());
        let url = format!("{}{}", config.base_url(settings.api_url)?, call.path);
        let bearer = format!("Bearer {}", config.secret(settings.api_key)?.expose());
        let headers = [
            ("authorization", bearer.as_str()),
            ("accept", "application/json"),
            ("content-type", "application/json"),
        ];
        let headers = if call.body.is_some() { &headers[..] } else { &headers[..2] };
        let body = call.body.as_deref();
        let request = Outgoing { method: call.method, url: &url, headers, body };
        let sent = request.send(PATIENCE).await.map_err(|failed| match failed {
            Failed::Late => no_answer(),
            Failed::Broken(error) => {
                log_error(provider.name(), error);
                unreachable()
            }
        });
        let Answer { status, retry_after, body } = sent?;
        if (200..300).contains(&status) {
            return Ok(body);
        }
        log_error(provider.name(), format_args!("status {status} at {}", call.path));
        Err(ApiError { retry_after, ..refusal(status, &body) })
    }
}
