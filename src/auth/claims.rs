//! Reading a token and checking its claims. Pure: the signature is checked elsewhere, between
//! [`Token::parse`] and `Token::identity`.

use crate::config::Issuer;
use crate::domain::time::{Millis, SECOND};
use crate::json;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::Value;

/// Longest token that is read, in bytes: four times the largest in common use.
const TOKEN_LIMIT: usize = 16 * 1024;
/// Longest `sub`, in bytes: OIDC's own limit.
const SUBJECT_LIMIT: usize = 255;
/// How far the issuer's clock may differ from ours, in seconds.
const LEEWAY: f64 = 5.0;
/// The longest that a token is taken for, in seconds: a year. Its `exp` may be any number.
const LONGEST: f64 = 365.0 * 24.0 * 3600.0;

/// The accepted algorithms. `none` and the symmetric ones are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Rs256,
    Es256,
}

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    Malformed,
    Algorithm,
    UnknownKey,
    Signature,
    Issuer,
    Audience,
    Expired,
    NotYet,
    Subject,
}

impl Refused {
    pub fn message(self) -> &'static str {
        match self {
            Self::Malformed => "The token is malformed.",
            Self::Algorithm => "The token must be signed with RS256 or ES256.",
            Self::UnknownKey => "The token's key is not one of the issuer's.",
            Self::Signature => "The token's signature is wrong.",
            Self::Issuer => "The token is from another issuer.",
            Self::Audience => "The token is for another audience.",
            Self::Expired => "The token has expired.",
            Self::NotYet => "The token is not valid yet.",
            Self::Subject => "The token names no user.",
        }
    }
}

/// The caller. Only a verified token makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    user_id: String,
    until: Millis,
}

impl Identity {
    /// The token's `sub`.
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// When the token is not taken any more.
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

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// Extensions that must be understood. None are supported.
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct Claims {
    iss: Option<String>,
    sub: Option<String>,
    aud: Option<Value>,
    exp: Option<f64>,
    nbf: Option<f64>,
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
        let algorithm = match header.alg.as_str() {
            "RS256" => Algorithm::Rs256,
            "ES256" => Algorithm::Es256,
            _ => return Err(Refused::Algorithm),
        };
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Refused::Malformed)?;
        Ok(Self { algorithm, key_id: header.kid, signed, signature, payload })
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
        let claims: Claims = part(self.payload)?;
        if claims.iss.as_deref() != Some(issuer.issuer.as_str()) {
            return Err(Refused::Issuer);
        }
        if !claims.aud.is_some_and(|audience| names(&audience, &issuer.audience)) {
            return Err(Refused::Audience);
        }
        let end = claims.exp.map(|expiry| expiry + LEEWAY);
        let end = end.filter(|end| now < *end).ok_or(Refused::Expired)?;
        if claims.nbf.is_some_and(|start| now < start - LEEWAY) {
            return Err(Refused::NotYet);
        }
        let named = |user: &String| (1..=SUBJECT_LIMIT).contains(&user.len());
        let user_id = claims.sub.filter(named).ok_or(Refused::Subject)?;
        let until = (end.min(now + LONGEST) * SECOND as f64) as Millis;
        Ok(Identity { user_id, until })
    }
}

/// Whether `audience`, a string or a list of them, contains `wanted`.
fn names(audience: &Value, wanted: &str) -> bool {
    match audience {
        Value::String(one) => one == wanted,
        Value::Array(many) => many.iter().any(|one| one.as_str() == Some(wanted)),
        _ => false,
    }
}

fn part<T: for<'de> Deserialize<'de>>(part: &str) -> Result<T, Refused> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| Refused::Malformed)?;
    json::read(&bytes).map_err(|_| Refused::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: f64 = 1_795_168_800.0;

    fn identity(claims: Value) -> Result<Identity, Refused> {
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let token = format!("{}.{}.c2ln", part(json!({"alg": "RS256"})), part(claims));
        let issuer = Issuer {
            issuer: "https://id.example".into(),
            audience: "taskwire".into(),
            jwks_url: None,
        };
        Token::parse(&token).unwrap().identity(&issuer, NOW)
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
    fn each_claim_that_is_wrong_or_missing_refuses_the_token() {
        type Case = (fn(&mut Value), Refused);
        let cases: &[Case] = &[
            (|c| c["iss"] = json!("https://id.example/"), Refused::Issuer),
            (|c| c["iss"] = json!(null), Refused::Issuer),
            (|c| c["aud"] = json!("other"), Refused::Audience),
            (|c| c["aud"] = json!(["other"]), Refused::Audience),
            (|c| c["aud"] = json!({"taskwire": true}), Refused::Audience),
            (|c| c["aud"] = json!(null), Refused::Audience),
            (|c| c["exp"] = json!(NOW - 5.0), Refused::Expired),
            (|c| c["exp"] = json!(null), Refused::Expired),
            (|c| c["nbf"] = json!(NOW + 6.0), Refused::NotYet),
            (|c| c["sub"] = json!(""), Refused::Subject),
            (|c| c["sub"] = json!("x".repeat(256)), Refused::Subject),
            (|c| c["sub"] = json!(null), Refused::Subject),
            (|c| c["sub"] = json!(7), Refused::Malformed),
        ];
        for (change, refused) in cases {
            let claims = claims(change);
            assert_eq!(identity(claims.clone()), Err(*refused), "{claims}");
        }
    }
}
