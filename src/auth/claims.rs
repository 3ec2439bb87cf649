//! Reading a token and checking its claims. Pure: the signature is checked elsewhere, between
//! [`Token::parse`] and `Token::identity`.

use crate::auth::algorithm::Algorithm;
use crate::auth::issuer::Issuer;
use crate::auth::refused::Refused;
use crate::auth::unique::Unique;
use crate::domain::time::{Millis, SECOND};
use crate::json;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Longest token that is read, in bytes: four times the largest in common use.
const TOKEN_LIMIT: usize = 16 * 1024;
/// How far the issuer's clock may differ from ours, in seconds.
const LEEWAY: f64 = 5.0;
/// The longest that a token is taken for, in seconds: a year. Its `exp` may be any number.
const LONGEST: f64 = 365.0 * 24.0 * 3600.0;
/// The caller. Only a verified token or a server's key makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    user_id: String,
    until: Millis,
    /// Of the token. A server's key has none.
    claims: Option<Map<String, Value>>,
}

impl Identity {
    pub(super) fn new(user_id: String, until: Millis) -> Self {
        Self { user_id, until, claims: None }
    }

    /// The claim of this name, where it is a text. `None`: a server asks, which has no claims.
    pub fn claim(&self, name: &str) -> Option<&str> {
        let claim = self.claims.as_ref()?.get(name).and_then(Value::as_str);
        Some(claim.unwrap_or_default())
    }

    /// The user, as rows and tickets name it.
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// When the caller has to prove it again.
    pub fn until(&self) -> Millis {
        self.until
    }
}

/// A parsed token, not verified yet.
#[derive(Debug)]
pub struct Token<'a> {
    pub algorithm: Algorithm,
    pub key_id: Option<String>,
    /// The signed text.
    pub signed: &'a str,
    pub signature: Vec<u8>,
    payload: &'a str,
}

/// What is read of a token before it is verified: whose keys to try.
#[derive(Deserialize)]
struct Peek {
    iss: Option<Value>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// Extensions that must be understood. None are supported.
    crit: Option<Value>,
}

impl<'a> Token<'a> {
    /// Parses a token without verifying it.
    ///
    /// # Errors
    ///
    /// [`Refused::Malformed`], or [`Refused::Algorithm`] for one that is not accepted.
    pub fn parse(token: &'a str) -> Result<Self, Refused> {
        if token.len() > TOKEN_LIMIT {
            return Err(Refused::Malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(Refused::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(Refused::Malformed)?;
        let header: Header = part(header)?;
        if header.crit.is_some() {
            return Err(Refused::Malformed);
        }
        let algorithm = Algorithm::named(&header.alg).ok_or(Refused::Algorithm)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Refused::Malformed)?;
        Ok(Self { algorithm, key_id: header.kid, signed, signature, payload })
    }

    /// The issuer whose keys are to be tried. Where there are several, the token says which: that is not
    /// verified yet.
    ///
    /// # Errors
    ///
    /// It is from none of them, or [`Refused::Malformed`].
    pub fn issuer<'i>(&self, issuers: &'i [Issuer]) -> Result<&'i Issuer, Refused> {
        if let [only] = issuers {
            return Ok(only);
        }
        let Peek { iss } = part(self.payload)?;
        let is_its = |one: &&Issuer| iss.as_ref().is_some_and(|iss| *iss == *one.issuer);
        issuers.iter().find(is_its).ok_or_else(|| {
            let wanted: Vec<String> = issuers.iter().map(|one| one.issuer.clone()).collect();
            Refused::wrong("iss", iss.as_ref(), &wanted)
        })
    }

    /// Checks the claims of a token whose signature has been verified. `now` is in Unix seconds.
    ///
    /// # Errors
    ///
    /// The first claim that is missing or wrong.
    #[cfg_attr(
        not(any(target_arch = "wasm32", test)),
        allow(dead_code, reason = "only the Worker calls it")
    )]
    pub(super) fn identity(&self, issuer: &Issuer, now: f64) -> Result<Identity, Refused> {
        let Unique(claims) = part(self.payload)?;
        let came = claims.get("iss");
        if came.and_then(Value::as_str) != Some(issuer.issuer.as_str()) {
            return Err(Refused::wrong("iss", came, std::slice::from_ref(&issuer.issuer)));
        }
        issuer.check_audience(&claims)?;
        let number = |name| claims.get(name).and_then(Value::as_f64);
        let end = number("exp").map(|expiry| expiry + LEEWAY);
        let end = end.filter(|end| now < *end).ok_or(Refused::Expired)?;
        if claims.contains_key("nbf") && number("nbf").is_none_or(|start| now < start - LEEWAY) {
            return Err(Refused::NotYet);
        }
        let user_id = issuer.user(&claims)?;
        issuer.check_required(&claims)?;
        let until = (end.min(now + LONGEST) * SECOND as f64) as Millis;
        Ok(Identity { claims: Some(claims), ..Identity::new(user_id, until) })
    }
}

fn part<T: for<'de> Deserialize<'de>>(part: &str) -> Result<T, Refused> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| Refused::Malformed)?;
    json::read(&bytes).map_err(|_| Refused::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::issuer::KeySource;
    use serde_json::json;

    const NOW: f64 = 1_795_168_800.0;

    fn identity(claims: Value) -> Result<Identity, Refused> {
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let token = format!("{}.{}.c2ln", part(json!({"alg": "RS256"})), part(claims));
        let issuers = [Issuer {
            issuer: "https://id.example".into(),
            audiences: vec!["taskwire".into()],
            parties: Vec::new(),
            keys: KeySource::Discovery,
            header: None,
            subject_claim: "sub".into(),
            required: Vec::new(),
            prefix: String::new(),
            others: Vec::new(),
        }];
        let token = Token::parse(&token).unwrap();
        token.identity(token.issuer(&issuers)?, NOW)
    }

    fn claims(change: impl FnOnce(&mut Value)) -> Value {
        let mut claims = json!({
            "iss": "https://id.example", "sub": "ada", "aud": "taskwire", "exp": NOW + 60.0,
        });
        change(&mut claims);
        claims
    }

    #[test]
    fn a_token_for_us_from_our_issuer_is_its_subject() {
        let with =
            |change: fn(&mut Value)| identity(claims(change)).map(|who| who.user_id().to_owned());
        assert_eq!(with(|_| {}), Ok("ada".into()));
        assert_eq!(with(|c| c["aud"] = json!(["other", "taskwire"])), Ok("ada".into()));
        assert_eq!(with(|c| c["nbf"] = json!(NOW + 5.0)), Ok("ada".into()));
        assert_eq!(with(|c| c["exp"] = json!(NOW - 4.9)), Ok("ada".into()));
    }

    #[test]
    fn a_token_is_taken_until_its_end_and_the_leeway_and_for_a_year_at_most() {
        let until = |exp: f64| identity(claims(|c| c["exp"] = json!(exp))).unwrap().until();
        let now = NOW as Millis * SECOND;
        assert_eq!(until(NOW + 60.25), now + 65_250);
        assert_eq!(until(NOW - 4.0), now + SECOND);
        assert_eq!(until(1e300), now + LONGEST as Millis * SECOND);
    }

    #[test]
    fn each_claim_that_is_wrong_or_missing_refuses_the_token_and_is_named() {
        type Case = (fn(&mut Value), &'static str);
        let cases: &[Case] = &[
            (|c| c["iss"] = json!("https://id.example/"), "iss is \"https://id.example/\""),
            (|c| c["iss"] = json!(null), "iss is null. It must be \"https://id.example\"."),
            (|c| c["aud"] = json!("other"), "aud is \"other\". It must be \"taskwire\"."),
            (|c| c["aud"] = json!(["other"]), "aud is [\"other\"]"),
            (|c| c["aud"] = json!({"taskwire": true}), "aud is {\"taskwire\":true}"),
            (|c| c["aud"] = json!("x".repeat(200)), "xxx…. It must"),
            (|c| c["exp"] = json!(NOW - 5.0), "expired"),
            (|c| c["exp"] = json!(null), "exp is over, or missing"),
            (|c| c["exp"] = json!("soon"), "exp is over, or missing"),
            (|c| c["nbf"] = json!(NOW + 6.0), "nbf"),
            (|c| c["nbf"] = json!("now"), "nbf"),
            (|c| c["sub"] = json!(""), "sub names no user"),
            (|c| c["sub"] = json!("x".repeat(256)), "sub names no user"),
            (|c| c["sub"] = json!(7), "sub names no user"),
        ];
        for (change, message) in cases {
            let claims = claims(change);
            let said = identity(claims.clone()).unwrap_err().message();
            assert!(said.contains(message), "{claims}: {said}");
        }
    }
}
