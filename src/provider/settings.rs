//! The variables and secrets of a provider.

use crate::config::{Config, PUBLIC_URL};
use crate::error::{ApiError, Code, Issue};
use crate::signature::SecretSet;
use crate::url::hosts::HostList;

/// The names of a provider's settings, and some defaults.
pub struct Settings {
    /// The secret that its API is called with.
    pub api_key: &'static str,
    /// What comes before the key in the `Authorization` header.
    pub key_scheme: &'static str,
    /// What its webhooks are signed with.
    pub proof: Proof,
    /// The variable with the base URL of its API, and the default.
    pub api_url: (&'static str, &'static str),
    /// The variable with the hosts to which callbacks with its key may be sent, and the default. `None`:
    /// it wants no callbacks.
    pub callback_hosts: Option<(&'static str, &'static str)>,
    pub webhooks: Webhooks,
    /// The variable that says whether rows without an owner are everyone's: `true`, or `false` (the
    /// default). `None`: they never are.
    pub public_rows: Option<&'static str>,
    /// Whether every deployment needs it. Any other provider may be left out, but only as a whole.
    pub is_required: bool,
}

/// What webhooks are signed with.
#[derive(Clone, Copy)]
pub enum Proof {
    /// The secret of this name.
    Secret(&'static str),
    /// One of the keys that are published at an address: the variable with it, and the default.
    PublishedKeys((&'static str, &'static str)),
}

/// Where webhooks are sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Webhooks {
    /// To an address that is registered with the provider.
    Registered,
    /// The variable that says whether that is `registered` (the default) or each `request` carries its own
    /// URL. Webhooks of single requests are not signed: the token in the URL has to do.
    Chosen(&'static str),
    /// Each request carries its own URL, and its webhooks are signed besides. The token and the signature must
    /// both hold, but for a provider whose secret is not set.
    OfEachRequest,
}

/// What a deployment verifies a provider's webhooks with.
pub enum Verifier {
    Secrets(SecretSet),
    /// The keys that are published at this address.
    PublishedKeys(String),
    /// The token in the URL alone.
    Token,
}

const REGISTERED: &str = "registered";
const REQUEST: &str = "request";

impl Settings {
    /// What webhooks are verified with; `has_token`: those with a token of ours in their URL.
    ///
    /// # Errors
    ///
    /// `not_configured`, naming the secret or the variable.
    pub fn verifier<F: Fn(&str) -> Option<String>>(
        &self,
        config: &Config<F>,
        has_token: bool,
    ) -> Result<Verifier, ApiError> {
        match (self.webhooks, self.proof) {
            (Webhooks::Chosen(_), _) if has_token => Ok(Verifier::Token),
            (Webhooks::OfEachRequest, Proof::Secret(name))
                if has_token && config.get(name).is_none() =>
            {
                Ok(Verifier::Token)
            }
            (_, Proof::Secret(name)) => config.secrets(name).map(Verifier::Secrets),
            (_, Proof::PublishedKeys(address)) => {
                config.base_url(address).map(Verifier::PublishedKeys)
            }
        }
    }

    /// Whether its webhooks may have a token in their URL, and whether they may have none.
    pub fn takes_tokens(&self) -> (bool, bool) {
        match self.webhooks {
            Webhooks::Registered => (false, true),
            Webhooks::Chosen(_) => (true, true),
            Webhooks::OfEachRequest => (true, false),
        }
    }

    /// The hosts to which callbacks with the key may be sent. Empty if the provider wants none.
    pub fn callback_hosts<F: Fn(&str) -> Option<String>>(&self, config: &Config<F>) -> HostList {
        let listed = self.callback_hosts.map(|(name, default)| config.get_or(name, default));
        HostList::parse(listed.as_deref().unwrap_or_default())
    }

    /// How webhooks are sent, in a word.
    fn mode<F: Fn(&str) -> Option<String>>(&self, config: &Config<F>) -> Option<String> {
        match self.webhooks {
            Webhooks::Registered => None,
            Webhooks::Chosen(name) => config.get(name),
            Webhooks::OfEachRequest => Some(REQUEST.to_owned()),
        }
    }

    /// The base URL for webhooks of single tasks, where each carries its own. `name` is the provider's name.
    ///
    /// # Errors
    ///
    /// `not_configured`, naming the variable that is missing or invalid.
    pub fn webhook_address<F: Fn(&str) -> Option<String>>(
        &self,
        name: &str,
        config: &Config<F>,
    ) -> Result<Option<String>, ApiError> {
        match self.mode(config).as_deref() {
            None | Some(REGISTERED) => Ok(None),
            Some(REQUEST) => Ok(Some(format!("{}/webhooks/{name}", config.public_url()?))),
            Some(_) => {
                let Webhooks::Chosen(name) = self.webhooks else { return Ok(None) };
                let message = format!("{name} must be {REGISTERED} or {REQUEST}.");
                Err(ApiError::new(Code::NotConfigured, message))
            }
        }
    }

    /// Whether rows without an owner are everyone's.
    ///
    /// # Errors
    ///
    /// `not_configured`, naming the variable, if it is neither `true` nor `false`.
    pub fn is_public<F: Fn(&str) -> Option<String>>(
        &self,
        config: &Config<F>,
    ) -> Result<bool, ApiError> {
        let Some(name) = self.public_rows else { return Ok(false) };
        match config.get(name).as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => {
                let error =
                    ApiError::new(Code::NotConfigured, format!("{name} must be true or false."));
                Err(ApiError { issues: vec![Issue::new(name, "must be true or false")], ..error })
            }
        }
    }

    /// The names of missing settings.
    pub fn missing<F: Fn(&str) -> Option<String>>(&self, config: &Config<F>) -> Vec<&'static str> {
        let secret = match (self.webhooks, self.proof) {
            // Its webhooks need no secret, so its key alone decides whether it is there.
            (Webhooks::OfEachRequest, _) | (_, Proof::PublishedKeys(_)) => None,
            (_, Proof::Secret(name)) => Some(name),
        };
        let is_set = |name: &&str| config.get(name).is_some();
        if !self.is_required && ![Some(self.api_key), secret].iter().flatten().any(is_set) {
            return Vec::new();
        }
        // Without a registered webhook there is no webhook secret, but a public URL is needed.
        let is_request = self.mode(config).as_deref() == Some(REQUEST);
        let second = if is_request { Some(PUBLIC_URL) } else { secret };
        [Some(self.api_key), second].into_iter().flatten().filter(|name| !is_set(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::contract::Provider;
    use crate::provider::modelriver::ModelRiver;
    use crate::provider::mynth::Mynth;

    type Pairs = &'static [(&'static str, &'static str)];

    fn config(pairs: Pairs) -> Config<impl Fn(&str) -> Option<String>> {
        Config::from_lookup(|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_string())
        })
    }

    #[test]
    fn a_deployment_may_do_without_modelriver_but_not_with_half_of_it() {
        let river = |pairs| ModelRiver.settings().missing(&config(pairs));
        assert_eq!(river(&[]), [""; 0]);
        assert_eq!(river(&[("MODELRIVER_API_KEY", "k")]), ["MODELRIVER_WEBHOOK_SECRET"]);
        assert_eq!(river(&[("MODELRIVER_WEBHOOK_SECRET", "s")]), ["MODELRIVER_API_KEY"]);
        assert_eq!(
            Mynth.settings().missing(&config(&[])),
            ["MYNTH_API_KEY", "MYNTH_WEBHOOK_SECRET"]
        );
    }

    #[test]
    fn webhooks_of_single_requests_need_an_address_and_no_secret() {
        let at = |pairs| Mynth.settings().webhook_address("mynth", &config(pairs));
        assert_eq!(at(&[]), Ok(None));
        assert_eq!(at(&[("MYNTH_WEBHOOK_MODE", "registered")]), Ok(None));
        assert_eq!(
            at(&[("MYNTH_WEBHOOK_MODE", "request"), ("PUBLIC_URL", "https://a.example/")]),
            Ok(Some("https://a.example/webhooks/mynth".to_owned()))
        );
        for wrong in [&[("MYNTH_WEBHOOK_MODE", "request")][..], &[("MYNTH_WEBHOOK_MODE", "both")]] {
            assert_eq!(at(wrong).unwrap_err().status(), 503);
        }
        let of_request = Mynth.settings().missing(&config(&[("MYNTH_WEBHOOK_MODE", "request")]));
        assert_eq!(of_request, ["MYNTH_API_KEY", "PUBLIC_URL"]);
    }

    #[test]
    fn rows_without_an_owner_are_everyones_only_where_that_is_said_to_the_letter() {
        let is_public = |pairs| ModelRiver.settings().is_public(&config(pairs));
        assert_eq!(is_public(&[]), Ok(false));
        assert_eq!(is_public(&[("MODELRIVER_PUBLIC", "")]), Ok(false));
        assert_eq!(is_public(&[("MODELRIVER_PUBLIC", "false")]), Ok(false));
        assert_eq!(is_public(&[("MODELRIVER_PUBLIC", "true")]), Ok(true));
        for wrong in [
            &[("MODELRIVER_PUBLIC", "TRUE")][..],
            &[("MODELRIVER_PUBLIC", "1")],
            &[("MODELRIVER_PUBLIC", "yes")],
            &[("MODELRIVER_PUBLIC", "true false")],
        ] {
            let error = is_public(wrong).unwrap_err();
            assert_eq!(error.status(), 503);
            assert_eq!(error.message, "MODELRIVER_PUBLIC must be true or false.");
        }
        assert_eq!(
            Mynth.settings().is_public(&config(&[("MODELRIVER_PUBLIC", "true")])),
            Ok(false)
        );
    }

    #[test]
    fn a_provider_that_wants_no_callbacks_has_no_hosts_for_them() {
        assert!(Mynth.settings().callback_hosts(&config(&[])).allows("https://a.example").is_err());
        let hosts = ModelRiver.settings().callback_hosts(&config(&[]));
        assert_eq!(hosts.allows("https://api.modelriver.com/x"), Ok(()));
    }
}
