//! The variables and secrets of a deployment, read where they are needed.
//!
//! A missing one fails the request that needs it, by its name, and no other request.

mod address;

pub use address::is_trustworthy;

use crate::error::{ApiError, Code};
use crate::provider::modelriver::callback::CallbackHosts;
use crate::request::query;
use crate::signature::{Secret, SecretSet};
use address::trusted;

pub const MYNTH_API_KEY: &str = "MYNTH_API_KEY";
pub const MYNTH_WEBHOOK_SECRET: &str = "MYNTH_WEBHOOK_SECRET";
pub const TOKEN_SECRET: &str = "TASKWIRE_TOKEN_SECRET";
pub const AUTH_ISSUER: &str = "AUTH_ISSUER";
pub const AUTH_AUDIENCE: &str = "AUTH_AUDIENCE";
const AUTH_JWKS_URL: &str = "AUTH_JWKS_URL";
pub const MODELRIVER_API_KEY: &str = "MODELRIVER_API_KEY";
pub const MODELRIVER_WEBHOOK_SECRET: &str = "MODELRIVER_WEBHOOK_SECRET";
const MODELRIVER_API_URL: &str = "MODELRIVER_API_URL";
const MODELRIVER_CALLBACK_HOSTS: &str = "MODELRIVER_CALLBACK_HOSTS";
const MYNTH_WEBHOOK_MODE: &str = "MYNTH_WEBHOOK_MODE";
const PUBLIC_URL: &str = "PUBLIC_URL";
const MYNTH_API_URL: &str = "MYNTH_API_URL";

/// What has to be set before the Worker can do its work.
const REQUIRED: [&str; 5] =
    [MYNTH_API_KEY, MYNTH_WEBHOOK_SECRET, TOKEN_SECRET, AUTH_ISSUER, AUTH_AUDIENCE];

const MYNTH_API: &str = "https://api.mynth.io";
const MODELRIVER_API: &str = "https://api.modelriver.com";
const MODELRIVER_HOST: &str = "api.modelriver.com";

/// Names to values, wherever they come from.
pub struct Config<F> {
    lookup: F,
}

/// Where identities come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// As the tokens' `iss` says it, to the letter.
    pub issuer: String,
    pub audience: String,
    /// Where the keys are, if that is not to be discovered.
    pub jwks_url: Option<String>,
}

impl<F: Fn(&str) -> Option<String>> Config<F> {
    pub fn from_lookup(lookup: F) -> Self {
        Self { lookup }
    }

    /// A variable that is set to more than blanks.
    fn get(&self, name: &str) -> Option<String> {
        let value = (self.lookup)(name)?;
        let value = value.trim();
        (!value.is_empty()).then(|| value.to_owned())
    }

    fn need(&self, name: &str) -> Result<String, ApiError> {
        self.get(name).ok_or_else(|| ApiError::not_configured(name))
    }

    fn need_secret(&self, name: &str) -> Result<Secret, ApiError> {
        self.get(name).and_then(Secret::new).ok_or_else(|| ApiError::not_configured(name))
    }

    /// Names of what is missing, for `/readyz`.
    pub fn missing(&self) -> Vec<&'static str> {
        // Without a registered webhook there is no secret, but an address that Mynth can reach.
        let is_request = self.get(MYNTH_WEBHOOK_MODE).as_deref() == Some("request");
        // A deployment may do without ModelRiver, but not with half of it.
        let river = [MODELRIVER_API_KEY, MODELRIVER_WEBHOOK_SECRET];
        let has_river = river.iter().any(|name| self.get(name).is_some());
        let needed = |name: &str| match name {
            MYNTH_WEBHOOK_SECRET => !is_request,
            PUBLIC_URL => is_request,
            MODELRIVER_API_KEY | MODELRIVER_WEBHOOK_SECRET => has_river,
            _ => true,
        };
        let is_missing = |name: &&str| needed(name) && self.get(name).is_none();
        REQUIRED.into_iter().chain([PUBLIC_URL]).chain(river).filter(is_missing).collect()
    }

    pub fn mynth_api_key(&self) -> Result<Secret, ApiError> {
        self.need_secret(MYNTH_API_KEY)
    }

    /// Where Mynth sends the webhooks of a task that carries its own address: under this URL, in a
    /// deployment that has no registered webhook (`MYNTH_WEBHOOK_MODE=request`).
    pub fn request_webhooks_at(&self) -> Result<Option<String>, ApiError> {
        match self.get(MYNTH_WEBHOOK_MODE).as_deref() {
            None | Some("registered") => Ok(None),
            Some("request") => {
                let url = trusted(PUBLIC_URL, self.need(PUBLIC_URL)?)?;
                Ok(Some(format!("{}/webhooks/mynth", url.trim_end_matches('/'))))
            }
            Some(_) => {
                let message = format!("{MYNTH_WEBHOOK_MODE} must be registered or request.");
                Err(ApiError::new(Code::NotConfigured, message))
            }
        }
    }

    /// Mynth's base URL, without a slash at its end.
    pub fn mynth_api_url(&self) -> Result<String, ApiError> {
        self.base_url(MYNTH_API_URL, MYNTH_API)
    }

    pub fn mynth_webhook_secrets(&self) -> Result<SecretSet, ApiError> {
        self.need_secrets(MYNTH_WEBHOOK_SECRET)
    }

    pub fn modelriver_api_key(&self) -> Result<Secret, ApiError> {
        self.need_secret(MODELRIVER_API_KEY)
    }

    /// ModelRiver's base URL, without a slash at its end.
    pub fn modelriver_api_url(&self) -> Result<String, ApiError> {
        self.base_url(MODELRIVER_API_URL, MODELRIVER_API)
    }

    pub fn modelriver_webhook_secrets(&self) -> Result<SecretSet, ApiError> {
        self.need_secrets(MODELRIVER_WEBHOOK_SECRET)
    }

    /// The hosts that ModelRiver's key may be sent to with a callback.
    pub fn callback_hosts(&self) -> CallbackHosts {
        let listed = self.get(MODELRIVER_CALLBACK_HOSTS);
        CallbackHosts::parse(listed.as_deref().unwrap_or(MODELRIVER_HOST))
    }

    fn base_url(&self, name: &str, default: &str) -> Result<String, ApiError> {
        let url = trusted(name, self.get(name).unwrap_or_else(|| default.to_owned()))?;
        Ok(url.trim_end_matches('/').to_owned())
    }

    fn need_secrets(&self, name: &str) -> Result<SecretSet, ApiError> {
        let set = self.get(name).and_then(|list| SecretSet::parse(&list));
        set.ok_or_else(|| ApiError::not_configured(name))
    }

    pub fn token_secret(&self) -> Result<Secret, ApiError> {
        self.need_secret(TOKEN_SECRET)
    }

    pub fn issuer(&self) -> Result<Issuer, ApiError> {
        let jwks_url = self.get(AUTH_JWKS_URL).map(|url| trusted(AUTH_JWKS_URL, url));
        Ok(Issuer {
            issuer: trusted(AUTH_ISSUER, self.need(AUTH_ISSUER)?)?,
            audience: self.need(AUTH_AUDIENCE)?,
            jwks_url: jwks_url.transpose()?,
        })
    }

    /// The web app's client id at the issuer; the audience where it has none of its own.
    pub fn client_id(&self) -> Result<String, ApiError> {
        self.get("AUTH_CLIENT_ID").map_or_else(|| self.need(AUTH_AUDIENCE), Ok)
    }

    /// Whether a page of `origin` may use this deployment, which was asked at `own` origin.
    /// Origins are compared whole: no wildcards, no sub-domains.
    pub fn allows_origin(&self, origin: &str, own: &str) -> bool {
        let listed = self.get("ALLOWED_ORIGINS").unwrap_or_default();
        let public = self.get(PUBLIC_URL).unwrap_or_default();
        origin == own
            || query::origin(&public).is_some_and(|public| public == origin)
            || listed.split([' ', ',']).any(|one| !one.is_empty() && one == origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(
        pairs: &'static [(&'static str, &'static str)],
    ) -> Config<impl Fn(&str) -> Option<String>> {
        Config::from_lookup(|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_string())
        })
    }

    #[test]
    fn a_missing_or_blank_secret_is_a_503_that_names_it() {
        for pairs in [&[][..], &[(MYNTH_API_KEY, "")], &[(MYNTH_API_KEY, "  ")]] {
            let error = config(pairs).mynth_api_key().unwrap_err();
            assert_eq!(error.status(), 503);
            assert_eq!(error.message, "MYNTH_API_KEY is not set.");
        }
        let error = config(&[(MYNTH_WEBHOOK_SECRET, " , ")]).mynth_webhook_secrets().unwrap_err();
        assert_eq!(error.message, "MYNTH_WEBHOOK_SECRET is not set.");
    }

    #[test]
    fn readiness_names_all_that_is_missing_and_only_that() {
        let some = config(&[(MYNTH_API_KEY, "k"), (TOKEN_SECRET, "t"), (AUTH_AUDIENCE, " ")]);
        assert_eq!(some.missing(), [MYNTH_WEBHOOK_SECRET, AUTH_ISSUER, AUTH_AUDIENCE]);
    }

    #[test]
    fn a_deployment_may_do_without_modelriver_but_not_with_half_of_it() {
        assert!(!config(&[]).missing().contains(&MODELRIVER_API_KEY));
        let half = config(&[(MODELRIVER_API_KEY, "k")]);
        assert!(half.missing().contains(&MODELRIVER_WEBHOOK_SECRET));
        let half = config(&[(MODELRIVER_WEBHOOK_SECRET, "s")]);
        assert!(half.missing().contains(&MODELRIVER_API_KEY));
        let error = half.modelriver_api_key().unwrap_err();
        assert_eq!(error.message, "MODELRIVER_API_KEY is not set.");
    }

    #[test]
    fn webhooks_of_single_requests_need_an_address_and_no_secret() {
        let mode = (MYNTH_WEBHOOK_MODE, "request");
        let at = |pairs| config(pairs).request_webhooks_at();
        assert_eq!(at(&[]), Ok(None));
        assert_eq!(at(&[(MYNTH_WEBHOOK_MODE, "registered")]), Ok(None));
        assert_eq!(
            config(&[(MYNTH_WEBHOOK_MODE, "request"), (PUBLIC_URL, "https://a.example/")])
                .request_webhooks_at(),
            Ok(Some("https://a.example/webhooks/mynth".to_owned()))
        );
        for wrong in [&[(MYNTH_WEBHOOK_MODE, "request")][..], &[(MYNTH_WEBHOOK_MODE, "both")]] {
            assert_eq!(at(wrong).unwrap_err().status(), 503);
        }
        let missing =
            Config::from_lookup(|name| (name == mode.0).then(|| mode.1.to_owned())).missing();
        assert!(missing.contains(&PUBLIC_URL) && !missing.contains(&MYNTH_WEBHOOK_SECRET));
    }

    #[test]
    fn an_address_that_could_be_read_on_its_way_is_a_503_that_names_its_variable() {
        let config = config(&[(MYNTH_API_URL, "http://mynth.example"), (AUTH_AUDIENCE, "a")]);
        let error = config.mynth_api_url().unwrap_err();
        assert_eq!(error.status(), 503);
        assert_eq!(error.message, "MYNTH_API_URL must be https, or http on a loopback address.");
    }

    #[test]
    fn an_origin_is_ours_the_public_one_or_a_listed_one_to_the_letter() {
        let config = config(&[
            ("ALLOWED_ORIGINS", "https://a.example, https://b.example"),
            ("PUBLIC_URL", "https://public.example/app"),
        ]);
        let own = "http://127.0.0.1:8787";
        for good in [own, "https://a.example", "https://b.example", "https://public.example"] {
            assert!(config.allows_origin(good, own), "{good}");
        }
        for bad in [
            "",
            "null",
            "https://a.example.evil",
            "http://a.example",
            "https://x.a.example",
            "https://public.example/app",
        ] {
            assert!(!config.allows_origin(bad, own), "{bad}");
        }
    }
}
