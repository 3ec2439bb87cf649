//! Liveness, readiness, and the web app's sign-in configuration.

use super::answer::{Response, json};
use super::remembered::remembered;
use super::response::site::{ALIVE, READY, WebConfig};
use crate::auth::known;
use crate::auth::settings::page_token;
use crate::cache::Cache;
use crate::config::AUTH_ISSUER;
use crate::domain::time::SECOND;
use crate::error::{ApiError, Issue};
use crate::limits::policy;
use crate::object::name::BINDINGS;
use crate::outbox::send::ready as events_ready;
use crate::platform::config;
use crate::provider::registry::PROVIDERS;
use crate::store::Store;
use std::cell::RefCell;
use worker::Env;

pub fn alive() -> Result<Response, ApiError> {
    json(200, &ALIVE)
}

/// The web app's client id at the issuer. It defaults to the audience.
const AUTH_CLIENT_ID: &str = "AUTH_CLIENT_ID";

thread_local! {
    /// Caches a successful probe of D1, since anybody may ask and each probe costs a query. A failure is
    /// not cached.
    static WELL: RefCell<Cache<()>> = const { RefCell::new(Cache::new(5 * SECOND)) };
}

/// Names what is missing or wrong, never a value.
pub async fn ready(env: &Env) -> Result<Response, ApiError> {
    let config = config(env);
    // A new version may need another one than its configuration has.
    let unbound = BINDINGS.into_iter().filter(|name| env.durable_object(name).is_err()).collect();
    let missing = [PROVIDERS.missing(&config), config.missing(), unbound].concat();
    let short = config.token_secrets().err();
    if let Some(first) = missing.first() {
        let issue = |name: &&str| Issue::new(*name, "is not set");
        let all = missing.join(", ");
        let mut error = ApiError::not_configured(first);
        if missing.len() > 1 {
            error.message = format!("{all} are not set.");
        }
        let short = short.into_iter().flat_map(|short| short.issues);
        return Err(ApiError { issues: missing.iter().map(issue).chain(short).collect(), ..error });
    }
    if let Some(short) = short {
        return Err(short);
    }
    config.retention()?;
    config.check_delivery_log()?;
    policy(&config)?;
    known::issuers(env)?;
    known::server_keys(env)?;
    known::admins(env)?;
    page_token(&config)?;
    PROVIDERS.check(&config)?;
    events_ready(env)?;
    remembered(&WELL, "D1", async { Store::new(env)?.ping().await }).await?;
    json(200, &READY)
}

pub fn web_config(env: &Env) -> Result<Response, ApiError> {
    let issuers = known::issuers(env)?;
    let Some(first) = issuers.first() else {
        return Err(ApiError::not_configured(AUTH_ISSUER));
    };
    let config = config(env);
    // A provider that names no audience names the app as the party.
    let audience = first.audiences.iter().chain(&first.parties).next();
    let audience = audience.cloned().unwrap_or_default();
    let client_id = config.get(AUTH_CLIENT_ID).unwrap_or_else(|| audience.clone());
    let page_token = page_token(&config)?;
    json(200, &WebConfig { issuer: first.issuer.clone(), client_id, audience, page_token })
}
