//! The variables and secrets of a deployment.
//!
//! They are read where they are needed. A missing one fails only the requests that need it, and the
//! error names it.

use crate::domain::time::{DAY, Millis};
use crate::error::ApiError;
use crate::signature::{Secret, SecretSet};
use crate::url::query;
use crate::url::trusted::trusted;

pub const TOKEN_SECRET: &str = "TASKWIRE_TOKEN_SECRET";
pub const AUTH_ISSUER: &str = "AUTH_ISSUER";
pub const AUTH_AUDIENCE: &str = "AUTH_AUDIENCE";
pub const AUTH_PARTIES: &str = "AUTH_PARTIES";
pub const PUBLIC_URL: &str = "PUBLIC_URL";

const RETENTION_DAYS: &str = "RETENTION_DAYS";
const DELIVERY_LOG: &str = "DELIVERY_LOG";
/// The shortest token secret. One ticket is enough to try guesses of a short one, and never ask us.
const TOKEN_SECRET_BYTES: usize = 32;

/// Required in every deployment, with any providers.
const REQUIRED: [&str; 2] = [TOKEN_SECRET, AUTH_ISSUER];

/// Reads settings by name through a lookup function.
pub struct Config<F> {
    lookup: F,
}

impl<F: Fn(&str) -> Option<String>> Config<F> {
    pub fn from_lookup(lookup: F) -> Self {
        Self { lookup }
    }

    /// A variable, trimmed. `None` if it is not set or blank.
    pub fn get(&self, name: &str) -> Option<String> {
        let value = (self.lookup)(name)?;
        let value = value.trim();
        (!value.is_empty()).then(|| value.to_owned())
    }

    /// A variable, or `default` if it is not set.
    pub fn get_or(&self, name: &str, default: &str) -> String {
        self.get(name).unwrap_or_else(|| default.to_owned())
    }

    fn need(&self, name: &str) -> Result<String, ApiError> {
        self.get(name).ok_or_else(|| ApiError::not_configured(name))
    }

    /// The secret of this name.
    ///
    /// # Errors
    ///
    /// `not_configured`, naming the secret.
    pub fn secret(&self, name: &str) -> Result<Secret, ApiError> {
        self.get(name).and_then(Secret::new).ok_or_else(|| ApiError::not_configured(name))
    }

    /// The list of secrets of this name. Any of them may have signed.
    ///
    /// # Errors
    ///
    /// `not_configured`, naming the list.
    pub fn secrets(&self, name: &str) -> Result<SecretSet, ApiError> {
        let set = self.get(name).and_then(|list| SecretSet::parse(&list));
        set.ok_or_else(|| ApiError::not_configured(name))
    }

    /// The base URL in the variable of this name, without a trailing slash.
    ///
    /// # Errors
    ///
    /// `not_configured`, naming the variable, if the URL is neither https nor loopback.
    pub fn base_url(&self, (name, default): (&str, &str)) -> Result<String, ApiError> {
        let url = trusted(name, self.get_or(name, default))?;
        Ok(url.trim_end_matches('/').to_owned())
    }

    /// The public URL of this deployment, without a trailing slash.
    ///
    /// # Errors
    ///
    /// `not_configured` if it is not set, or is neither https nor loopback.
    pub fn public_url(&self) -> Result<String, ApiError> {
        let url = trusted(PUBLIC_URL, self.need(PUBLIC_URL)?)?;
        Ok(url.trim_end_matches('/').to_owned())
    }

    /// The names of missing settings, without those of the providers.
    pub fn missing(&self) -> Vec<&'static str> {
        let is_missing = |name: &&str| self.get(name).is_none();
        // Tokens without an audience name a party.
        let audience = (self.get(AUTH_PARTIES).is_none()).then_some(AUTH_AUDIENCE);
        REQUIRED.into_iter().chain(audience).filter(is_missing).collect()
    }

    /// The secrets that verify tickets and webhook tokens. The first one signs.
    ///
    /// # Errors
    ///
    /// `not_configured` if none is set, or one is too short: the issue says which.
    pub fn token_secrets(&self) -> Result<SecretSet, ApiError> {
        let secrets = self.secrets(TOKEN_SECRET)?;
        let Some(place) = secrets.place_shorter_than(TOKEN_SECRET_BYTES) else {
            return Ok(secrets);
        };
        let wrong = match secrets.count() {
            1 => format!("has less than {TOKEN_SECRET_BYTES} bytes"),
            count => {
                format!("has less than {TOKEN_SECRET_BYTES} bytes in its secret {place} of {count}")
            }
        };
        Err(ApiError::wrong_setting(TOKEN_SECRET, &wrong))
    }

    /// How long settled rows are kept. `None`: for ever.
    ///
    /// # Errors
    ///
    /// `not_configured` if `RETENTION_DAYS` is not a whole number from 1 to 3650.
    pub fn retention(&self) -> Result<Option<Millis>, ApiError> {
        let Some(text) = self.get(RETENTION_DAYS) else { return Ok(None) };
        let days = text.parse().ok().filter(|days| (1..=3650).contains(days));
        days.map(|days: Millis| Some(days * DAY)).ok_or_else(|| {
            ApiError::wrong_setting(RETENTION_DAYS, "must be a whole number from 1 to 3650")
        })
    }

    /// Whether webhooks are logged. A value that cannot be read does not turn that off.
    pub fn logs_deliveries(&self) -> bool {
        self.get(DELIVERY_LOG).as_deref() != Some("off")
    }

    /// Checks the setting of the log.
    ///
    /// # Errors
    ///
    /// `not_configured` if `DELIVERY_LOG` is neither `on` nor `off`.
    pub fn check_delivery_log(&self) -> Result<(), ApiError> {
        match self.get(DELIVERY_LOG).as_deref() {
            None | Some("on" | "off") => Ok(()),
            Some(_) => Err(ApiError::wrong_setting(DELIVERY_LOG, "must be on or off")),
        }
    }

    /// Whether a page of `origin` may use this deployment; `own` is the origin of the request's URL.
    /// Origins are compared as a whole, but for one `*` in one that is listed: it stands for a part of one
    /// label of the host's name.
    pub fn allows_origin(&self, origin: &str, own: &str) -> bool {
        let listed = self.get("ALLOWED_ORIGINS").unwrap_or_default();
        let public = self.get(PUBLIC_URL).unwrap_or_default();
        origin == own
            || query::origin(&public).is_some_and(|public| public == origin)
            || listed.split([' ', ',']).any(|one| !one.is_empty() && is_like(origin, one))
    }
}

/// Whether `origin` is `listed`, in which one `*` may stand for letters, digits and dashes: at least one of
/// them, and never a dot.
fn is_like(origin: &str, listed: &str) -> bool {
    let Some((before, after)) = listed.split_once('*') else { return origin == listed };
    let label = origin.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    let in_label = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    // `https://*.com` would be any site.
    let is_narrow = before.starts_with("https://") && after.matches('.').count() >= 2;
    is_narrow && label.is_some_and(|label| !label.is_empty() && label.bytes().all(in_label))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Issue;

    fn config(
        pairs: &'static [(&'static str, &'static str)],
    ) -> Config<impl Fn(&str) -> Option<String>> {
        Config::from_lookup(|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_string())
        })
    }

    #[test]
    fn a_missing_or_blank_secret_is_a_503_that_names_it() {
        for pairs in [&[][..], &[("API_KEY", "")], &[("API_KEY", "  ")]] {
            let error = config(pairs).secret("API_KEY").unwrap_err();
            assert_eq!(error.status(), 503);
            assert_eq!(error.message, "API_KEY is not set.");
        }
        let error = config(&[("SECRETS", " , ")]).secrets("SECRETS").unwrap_err();
        assert_eq!(error.message, "SECRETS is not set.");
    }

    const LONG: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn readiness_names_all_that_is_missing_and_only_that() {
        let some = config(&[(TOKEN_SECRET, LONG), (AUTH_AUDIENCE, " ")]);
        assert_eq!(some.missing(), [AUTH_ISSUER, AUTH_AUDIENCE]);
        let others = config(&[(TOKEN_SECRET, LONG), (AUTH_PARTIES, "app")]);
        assert_eq!(others.missing(), [AUTH_ISSUER]);
    }

    #[test]
    fn a_retention_that_is_no_number_of_days_is_a_503_that_names_it_and_never_for_ever() {
        assert_eq!(config(&[]).retention().unwrap(), None);
        assert_eq!(config(&[("RETENTION_DAYS", " ")]).retention().unwrap(), None);
        assert_eq!(config(&[("RETENTION_DAYS", "1")]).retention().unwrap(), Some(86_400_000));
        assert!(config(&[("RETENTION_DAYS", "3650")]).retention().is_ok());
        for bad in [
            &[("RETENTION_DAYS", "0")],
            &[("RETENTION_DAYS", "3651")],
            &[("RETENTION_DAYS", "-1")],
            &[("RETENTION_DAYS", "1.5")],
            &[("RETENTION_DAYS", "30 days")],
            &[("RETENTION_DAYS", "99999999999999999999")],
        ] {
            let error = config(bad).retention().unwrap_err();
            assert_eq!((error.status(), error.issues[0].path.as_str()), (503, "RETENTION_DAYS"));
            let said = "RETENTION_DAYS must be a whole number from 1 to 3650.";
            assert_eq!(error.message, said, "{bad:?}");
        }
    }

    #[test]
    fn a_token_secret_that_is_short_is_named_however_many_long_ones_there_are() {
        const SHORT: &str = LONG.split_at(1).1;
        const LATER: &str = "0123456789abcdef0123456789abcdef, t";
        const FIRST: &str = "t 0123456789abcdef0123456789abcdef";
        for (pairs, wrong) in [
            (&[(TOKEN_SECRET, "t")], "has less than 32 bytes"),
            (&[(TOKEN_SECRET, SHORT)], "has less than 32 bytes"),
            (&[(TOKEN_SECRET, LATER)], "has less than 32 bytes in its secret 2 of 2"),
            (&[(TOKEN_SECRET, FIRST)], "has less than 32 bytes in its secret 1 of 2"),
        ] {
            let error = config(pairs).token_secrets().unwrap_err();
            assert_eq!((error.status(), error.code.as_str()), (503, "not_configured"));
            assert_eq!(error.message, format!("TASKWIRE_TOKEN_SECRET {wrong}."));
            assert_eq!(error.issues, [Issue::new(TOKEN_SECRET, wrong)]);
        }
        assert!(config(&[(TOKEN_SECRET, LONG)]).token_secrets().is_ok());
    }

    #[test]
    fn an_address_that_could_be_read_on_its_way_is_a_503_that_names_its_variable() {
        let config = config(&[("API_URL", "http://api.example"), (AUTH_AUDIENCE, "a")]);
        let error = config.base_url(("API_URL", "https://api.example")).unwrap_err();
        assert_eq!(error.status(), 503);
        assert_eq!(error.message, "API_URL must be https, or http on a loopback address.");
    }

    #[test]
    fn a_star_in_a_listed_origin_is_a_part_of_one_label() {
        let config = config(&[(
            "ALLOWED_ORIGINS",
            "https://app-git-*.vercel.app https://*.pages.dev https://*.com https://* http://*.x.y * https://a*b*.z.q",
        )]);
        let own = "https://own.example";
        for good in ["https://app-git-main.vercel.app", "https://preview-1.pages.dev"] {
            assert!(config.allows_origin(good, own), "{good}");
        }
        for bad in [
            "https://app-git-.vercel.app",
            "https://app-git-a.b.vercel.app",
            "https://app-git-main.vercel.app.evil.example",
            "https://evil.example/app-git-x.vercel.app",
            "http://preview-1.pages.dev",
            "https://pages.dev",
            "https://.pages.dev",
            "https://evil.com",
            "https://evil",
            "http://a.x.y",
            "https://axb1.z.q",
        ] {
            assert!(!config.allows_origin(bad, own), "{bad}");
        }
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
