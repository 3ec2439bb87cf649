//! Is it alive, is it ready, and what the web app has to know to sign people in.

use super::answer::json;
use super::response::site::{ALIVE, READY, WebConfig};
use crate::config::{Config, Issuer};
use crate::domain::time::{Millis, SECOND};
use crate::error::{ApiError, Issue};
use crate::platform::{config, now};
use crate::provider::registry::PROVIDERS;
use crate::store::Store;
use std::cell::Cell;
use worker::{Env, Response};

pub fn alive() -> Result<Response, ApiError> {
    json(200, &ALIVE)
}

/// How long an answer of `/readyz` about D1 is remembered: asking costs a query, and anybody may ask.
const REMEMBERED: Millis = 5 * SECOND;

thread_local! {
    /// When D1 was asked last, and whether it was well.
    static ASKED: Cell<Option<(Millis, bool)>> = const { Cell::new(None) };
}

/// Names what is missing, never a value.
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
    if has_tables(env).await? {
        return json(200, &READY);
    }
    Err(ApiError {
        message: "D1 cannot be reached, or its migrations have not been applied.".to_owned(),
        issues: vec![Issue::new("DB", "cannot be read")],
        ..ApiError::unavailable()
    })
}

/// Whether D1 answers and has been migrated.
async fn has_tables(env: &Env) -> Result<bool, ApiError> {
    let remembered = ASKED.get().filter(|(at, _)| now() - at < REMEMBERED);
    if let Some((_, is_well)) = remembered {
        return Ok(is_well);
    }
    let is_well = Store::new(env)?.ping().await.is_ok();
    ASKED.set(Some((now(), is_well)));
    Ok(is_well)
}

pub fn web_config<F: Fn(&str) -> Option<String>>(config: &Config<F>) -> Result<Response, ApiError> {
    let Issuer { issuer, audience, .. } = config.issuer()?;
    json(200, &WebConfig { issuer, client_id: config.client_id()?, audience })
}
