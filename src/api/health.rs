//! Liveness, readiness, and the web app's sign-in configuration.

use super::answer::json;
use super::response::site::{ALIVE, READY, WebConfig};
use crate::config::{Config, Issuer};
use crate::error::{ApiError, Issue};
use crate::platform::config;
use crate::provider::registry::PROVIDERS;
use crate::store::Store;
use worker::{Env, Response};

pub fn alive() -> Result<Response, ApiError> {
    json(200, &ALIVE)
}

/// `GET /readyz`. Names missing settings, never their values.
pub async fn ready(env: &Env) -> Result<Response, ApiError> {
    let config = config(env);
    let missing = [PROVIDERS.missing(&config), config.missing()].concat();
    if let Some(first) = missing.first() {
        let issue = |name: &&str| Issue::new(*name, "is not set");
        let all = missing.join(", ");
        let mut error = ApiError::not_configured(first);
        if missing.len() > 1 {
            error.message = format!("{all} are not set.");
        }
        return Err(ApiError { issues: missing.iter().map(issue).collect(), ..error });
    }
    Store::new(env)?.ping().await.map_err(|error| ApiError {
        message: "D1 cannot be reached, or its migrations have not been applied.".to_owned(),
        issues: vec![Issue::new("DB", "cannot be read")],
        ..error
    })?;
    json(200, &READY)
}

pub fn web_config<F: Fn(&str) -> Option<String>>(config: &Config<F>) -> Result<Response, ApiError> {
    let Issuer { issuer, audience, .. } = config.issuer()?;
    json(200, &WebConfig { issuer, client_id: config.client_id()?, audience })
}
