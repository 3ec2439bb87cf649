//! The settings of sign-in: `AUTH_…`. An error names the setting, never its value, and nobody can sign in until it
//! is mended.

mod admins;
mod page;
mod parts;
mod providers;

pub use admins::{ADMIN_CLAIMS, AdminClaims, admins};
pub use page::page_token;

use super::issuer::Issuer;
use crate::config::{AUTH_AUDIENCE, AUTH_ISSUER, AUTH_PARTIES, Config};
use crate::error::ApiError;
use crate::url::trusted::trusted;
use parts::{header, json, keys, required, words};
use providers::more;

const JWKS_URL: &str = "AUTH_JWKS_URL";
const JWKS: &str = "AUTH_JWKS";
const TOKEN_HEADER: &str = "AUTH_TOKEN_HEADER";
const SUBJECT_CLAIM: &str = "AUTH_SUBJECT_CLAIM";
const REQUIRED_CLAIMS: &str = "AUTH_REQUIRED_CLAIMS";
const PROVIDERS: &str = "AUTH_PROVIDERS";

/// The issuers of this deployment, the one in `AUTH_ISSUER` first.
///
/// # Errors
///
/// `not_configured`, naming the setting that is missing or wrong.
pub fn issuers<F: Fn(&str) -> Option<String>>(config: &Config<F>) -> Result<Vec<Issuer>, ApiError> {
    let mut all = vec![first(config)?];
    if let Some(text) = config.get(PROVIDERS) {
        more(PROVIDERS, &text, &mut all)?;
    }
    let prefixes: Vec<String> = all[1..].iter().map(|one| one.prefix.clone()).collect();
    for one in &mut all {
        one.others = prefixes.iter().filter(|other| **other != one.prefix).cloned().collect();
    }
    Ok(all)
}

/// The issuer in `AUTH_ISSUER`, with its variables.
fn first<F: Fn(&str) -> Option<String>>(config: &Config<F>) -> Result<Issuer, ApiError> {
    let get = |name| config.get(name);
    let issuer = get(AUTH_ISSUER).ok_or_else(|| ApiError::not_configured(AUTH_ISSUER))?;
    let set = get(JWKS).map(|text| json(JWKS, &text)).transpose()?;
    let first = Issuer {
        issuer: trusted(AUTH_ISSUER, issuer)?,
        audiences: words(&get(AUTH_AUDIENCE).unwrap_or_default()),
        parties: words(&get(AUTH_PARTIES).unwrap_or_default()),
        keys: keys((JWKS_URL, get(JWKS_URL)), (JWKS, set))?,
        header: get(TOKEN_HEADER).map(|name| header(TOKEN_HEADER, &name)).transpose()?,
        subject_claim: get(SUBJECT_CLAIM).unwrap_or_else(|| "sub".to_owned()),
        required: match get(REQUIRED_CLAIMS) {
            Some(text) => required(REQUIRED_CLAIMS, json(REQUIRED_CLAIMS, &text)?)?,
            None => Vec::new(),
        },
        prefix: String::new(),
        others: Vec::new(),
    };
    if first.audiences.is_empty() && first.parties.is_empty() {
        return Err(ApiError::not_configured(AUTH_AUDIENCE));
    }
    Ok(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::issuer::KeySource;
    use serde_json::json;

    fn read(pairs: &[(&str, &str)]) -> Result<Vec<Issuer>, ApiError> {
        issuers(&Config::from_lookup(|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        }))
    }

    /// Adds `AUTH_ISSUER`.
    fn with(pairs: &[(&str, &str)]) -> Result<Vec<Issuer>, ApiError> {
        read(&[&[(AUTH_ISSUER, "https://id.example")], pairs].concat())
    }

    #[test]
    fn one_issuer_with_an_audience_is_what_it_was() {
        let [issuer] =
            <[Issuer; 1]>::try_from(with(&[(AUTH_AUDIENCE, "taskwire")]).unwrap()).unwrap();
        assert_eq!(issuer.audiences, ["taskwire"]);
        assert_eq!((issuer.keys, issuer.subject_claim.as_str()), (KeySource::Discovery, "sub"));
        assert!(issuer.parties.is_empty() && issuer.required.is_empty() && issuer.header.is_none());
    }

    #[test]
    fn audiences_and_parties_are_lists_with_spaces_or_commas() {
        let all = with(&[(AUTH_AUDIENCE, "a, b c"), (AUTH_PARTIES, "p,q")]).unwrap();
        assert_eq!(all[0].audiences, ["a", "b", "c"]);
        assert_eq!(all[0].parties, ["p", "q"]);
        assert_eq!(with(&[(AUTH_PARTIES, "p")]).unwrap()[0].audiences, [""; 0]);
    }

    #[test]
    fn everything_can_be_said_of_the_first_issuer() {
        let set = r#"{"keys":[{"kty":"EC","crv":"P-256"}]}"#;
        let all = with(&[
            (AUTH_PARTIES, "app"),
            (JWKS, set),
            (TOKEN_HEADER, "Cf-Access-Jwt-Assertion"),
            (SUBJECT_CLAIM, "email"),
            (REQUIRED_CLAIMS, r#"{"is_anonymous":false,"role":["a","b"]}"#),
        ]);
        let issuer = &all.unwrap()[0];
        assert_eq!(issuer.keys, KeySource::Set(serde_json::from_str(set).unwrap()));
        assert_eq!(issuer.header.as_deref(), Some("cf-access-jwt-assertion"));
        assert_eq!(issuer.subject_claim, "email");
        let required = [
            ("is_anonymous".to_owned(), vec![json!(false)]),
            ("role".to_owned(), vec![json!("a"), json!("b")]),
        ];
        assert_eq!(issuer.required, required);
    }

    #[test]
    fn what_is_wrong_is_a_503_that_names_the_setting_and_no_value() {
        let cases: [(&[(&str, &str)], &str); 19] = [
            (&[], "AUTH_AUDIENCE"),
            (&[(AUTH_AUDIENCE, " , ")], "AUTH_AUDIENCE"),
            (&[(JWKS, "{")], JWKS),
            (&[(JWKS, "{}")], JWKS),
            (&[(JWKS, "[]")], JWKS),
            (&[(JWKS, "\"VALUE\"")], JWKS),
            (&[(JWKS, r#"{"keys":"VALUE"}"#)], JWKS),
            (&[(JWKS, r#"{"keys":[]}"#)], JWKS),
            (&[(JWKS, r#"{"keys":[{"kty":"oct","k":"VALUE"}]}"#)], JWKS),
            (&[(JWKS_URL, "http://VALUE.example")], JWKS_URL),
            (&[(TOKEN_HEADER, "a VALUE")], TOKEN_HEADER),
            (&[(REQUIRED_CLAIMS, "[]")], REQUIRED_CLAIMS),
            (&[(REQUIRED_CLAIMS, "\"VALUE\"")], REQUIRED_CLAIMS),
            (&[(REQUIRED_CLAIMS, "{VALUE")], REQUIRED_CLAIMS),
            (&[(REQUIRED_CLAIMS, r#"{"role":"a","role":"b"}"#)], REQUIRED_CLAIMS),
            (&[(REQUIRED_CLAIMS, r#"{"role":[]}"#)], REQUIRED_CLAIMS),
            (&[(PROVIDERS, "[{]")], PROVIDERS),
            (&[(PROVIDERS, "{}")], PROVIDERS),
            (&[(PROVIDERS, "\"VALUE\"")], PROVIDERS),
        ];
        let wrong = |error: ApiError, name: &str| {
            assert_eq!((error.status(), error.code.as_str()), (503, "not_configured"), "{name}");
            assert!(error.message.starts_with(&format!("{name} ")), "{name}: {}", error.message);
            assert!(!error.message.contains("VALUE"), "{name}: {}", error.message);
        };
        for (settings, name) in cases {
            let audience = (name != AUTH_AUDIENCE).then_some((AUTH_AUDIENCE, "a"));
            let settings: Vec<_> = settings.iter().copied().chain(audience).collect();
            wrong(with(&settings).expect_err(name), name);
        }
        wrong(read(&[(AUTH_AUDIENCE, "a")]).expect_err("no issuer"), AUTH_ISSUER);
        let error = read(&[(AUTH_ISSUER, "http://id.example"), (AUTH_AUDIENCE, "a")]);
        wrong(error.expect_err("an issuer that anybody could be"), AUTH_ISSUER);
    }
}
