//! The issuer's keys, fetched by OIDC discovery and kept for the life of the isolate.

use crate::auth::algorithm::Algorithm;
use crate::auth::cache::{KeyCache, PATIENCE};
use crate::auth::issuer::{Issuer, KeySource};
use crate::auth::keys::{Key, candidates};
use crate::auth::refused::Refused;
use crate::domain::time::Millis;
use crate::error::{ApiError, Code};
use crate::http::{Failed, Outgoing};
use crate::json;
use crate::platform::{log_error, now};
use crate::url::trusted::is_trustworthy;
use js_sys::Object;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;
use web_sys::CryptoKey;
use worker::{Delay, Error};

/// Interval for checking whether another request has fetched the keys. Requests cannot await each
/// other's I/O.
const STEP: Duration = Duration::from_millis(20);

/// The largest configuration or key set that is read, in bytes: enough for a hundred keys with certificates.
const LARGEST: usize = 512 * 1024;

/// A key imported into Web Crypto, and the parameters for verifying. Neither is bound to a request.
pub struct Imported {
    pub key: CryptoKey,
    pub algorithm: Object,
}

pub type IssuersKey = Rc<Key<Imported>>;

thread_local! {
    /// By issuer. Nothing in it is bound to a request.
    static CACHES: RefCell<BTreeMap<String, KeyCache<Imported>>> =
        const { RefCell::new(BTreeMap::new()) };

    /// Issuers whose keys are renewed after the answer is sent.
    static STALE: RefCell<Vec<Issuer>> = const { RefCell::new(Vec::new()) };
}

/// The renewal of stale keys, if there are any. It runs after the answer is sent.
pub fn renewal() -> Option<impl Future<Output = ()> + 'static> {
    let stale = STALE.take();
    if stale.is_empty() {
        return None;
    }
    Some(async move {
        for issuer in &stale {
            // Another request may have done it meanwhile.
            if with_cache(issuer, |cache| cache.is_stale(now())) {
                refresh(issuer).await;
            }
        }
    })
}

/// The keys that may have signed a token with this algorithm and key id.
///
/// # Errors
///
/// [`Denied`]: the key is unknown, or there are no keys.
pub async fn keys_for(
    issuer: &Issuer,
    algorithm: Algorithm,
    key_id: Option<&str>,
) -> Result<Vec<IssuersKey>, Denied> {
    wait_for_another(issuer).await?;
    if with_cache(issuer, |cache| cache.is_empty(now())) {
        refresh(issuer).await;
    } else if with_cache(issuer, |cache| cache.is_stale(now())) {
        STALE.with_borrow_mut(|stale| stale.push(issuer.clone()));
    }
    let find =
        || with_cache(issuer, |cache| Some(candidates(cache.keys(now())?, algorithm, key_id)));
    let found = find().ok_or(Denied::NoKeys)?;
    if !found.is_empty() {
        return Ok(found);
    }
    let unknown = || Denied::Refused(Refused::key(key_id, algorithm, &issuer.issuer));
    let Some(id) = key_id.filter(|id| with_cache(issuer, |cache| cache.may_look_for(id, now())))
    else {
        return Err(unknown());
    };
    let fetched = refresh(issuer).await;
    let found = find().ok_or(Denied::NoKeys)?;
    if found.is_empty() {
        if fetched {
            with_cache(issuer, |cache| cache.not_found(id, now()));
        }
        return Err(unknown());
    }
    Ok(found)
}

/// Waits while another request fetches the first keys, up to the deadline of a fetch.
async fn wait_for_another(issuer: &Issuer) -> Result<(), Denied> {
    let began = now();
    while with_cache(issuer, |cache| cache.is_awaited(now())) {
        Delay::from(STEP).await;
        let is_in_vain = |cache: &mut KeyCache<Imported>| {
            let is_late = now() - began >= PATIENCE && cache.is_awaited(now());
            is_late || cache.has_failed_since(began)
        };
        if with_cache(issuer, is_in_vain) {
            return Err(Denied::NoKeys);
        }
    }
    Ok(())
}

/// Why there is no key.
pub enum Denied {
    Refused(Refused),
    /// No usable keys are cached, and they cannot be fetched.
    NoKeys,
}

impl From<Denied> for ApiError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Refused(refused) => refused.into(),
            Denied::NoKeys => {
                Self::new(Code::Unavailable, "The identity provider cannot be reached right now.")
            }
        }
    }
}

fn with_cache<T>(issuer: &Issuer, run: impl FnOnce(&mut KeyCache<Imported>) -> T) -> T {
    CACHES.with_borrow_mut(|caches| match caches.get_mut(&issuer.issuer) {
        Some(cache) => run(cache),
        None => run(caches.entry(issuer.issuer.clone()).or_default()),
    })
}

/// Fetches the keys and returns whether that succeeded. If not, the cached ones stay.
async fn refresh(issuer: &Issuer) -> bool {
    with_cache(issuer, |cache| cache.fetching(now()));
    match fetch_keys(issuer).await {
        Ok(keys) => {
            with_cache(issuer, |cache| cache.fetched(keys, now()));
            true
        }
        Err(error) => {
            log_error("issuer", error);
            with_cache(issuer, |cache| cache.failed(now()));
            false
        }
    }
}

async fn fetch_keys(issuer: &Issuer) -> worker::Result<Value> {
    let until = now() + PATIENCE;
    let url = match &issuer.keys {
        KeySource::Set(keys) => return Ok(keys.clone()),
        KeySource::Url(url) => url.clone(),
        KeySource::Discovery => {
            let base = issuer.issuer.trim_end_matches('/');
            let known = get(&format!("{base}/.well-known/openid-configuration"), until).await?;
            // OIDC Discovery requires the same issuer in its configuration.
            if known.get("issuer").and_then(Value::as_str) != Some(issuer.issuer.as_str()) {
                return Err("its configuration names another issuer".into());
            }
            let url = known.get("jwks_uri").and_then(Value::as_str);
            let url = url.filter(|url| is_trustworthy(url));
            url.ok_or_else(|| Error::from("its jwks_uri is missing or not https"))?.to_owned()
        }
    };
    let keys = get(&url, until).await?;
    if !keys.get("keys").is_some_and(Value::is_array) {
        return Err("its key set has no keys".into());
    }
    Ok(keys)
}

/// Fetches JSON of limited size before `until`. Redirects are not followed.
async fn get(url: &str, until: Millis) -> worker::Result<Value> {
    let headers = [("accept", "application/json")];
    let request = Outgoing { method: "GET", url, headers: &headers, body: None };
    let patience = Duration::from_millis((until - now()).max(0) as u64);
    let answer = request.send_up_to(LARGEST, patience).await.map_err(|failed| match failed {
        Failed::Late => Error::from("no answer in time"),
        Failed::Broken(error) => error,
    })?;
    match answer.status {
        200 => Ok(json::read(&answer.body)?),
        // The address may come from the issuer's configuration. `Debug` keeps it in one line of the log.
        status => Err(format!("status {status} from {url:?}").into()),
    }
}
