//! What a token says, and whether it says enough. Pure: the signature is checked elsewhere, between
//! [`Token::parse`] and [`Token::identity`].

use crate::config::Issuer;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::Value;

/// Longest token that is read, in bytes: four times the largest in common use.
const TOKEN_LIMIT: usize = 16 * 1024;
/// Longest `sub` that is taken, in bytes (OIDC's own limit is 255).
const SUBJECT_LIMIT: usize = 255;
/// How far the issuer's clock may be from ours, in seconds.
const LEEWAY: f64 = 5.0;

/// The algorithms that are taken. `none` and the symmetric ones are not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Rs256,
    Es256,
}

/// Why a token is refused, in words for its bearer.
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

/// Who is calling. Only a verified token makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    user_id: String,
}

impl Identity {
    /// The token's `sub`.
    pub fn user_id(&self) -> &str {
        &self.user_id
    }
}

/// A token in its three parts, none of them believed yet.
#[derive(Debug)]
pub struct Token<'a> {
    pub algorithm: Algorithm,
    pub key_id: Option<String>,
    /// What the signature is over.
    pub signed: &'a str,
    pub signature: Vec<u8>,
    payload: &'a str,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// Extensions that must be understood; none are.
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
    pub fn parse(token: &'a str) -> Result<Self, Refused> {
        if token.len() > TOKEN_LIMIT {
            return Err(Refused::Malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(Refused::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(Refused::Malformed)?;
        let header: Header = json(header)?;
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

    /// Reads the claims of a token whose signature has been verified. `now` is in unix seconds.
    pub(super) fn identity(&self, issuer: &Issuer, now: f64) -> Result<Identity, Refused> {
        let claims: Claims = json(self.payload)?;
        if claims.iss.as_deref() != Some(issuer.issuer.as_str()) {
            return Err(Refused::Issuer);
        }
        if !claims.aud.is_some_and(|audience| names(&audience, &issuer.audience)) {
            return Err(Refused::Audience);
        }
        if !claims.exp.is_some_and(|expiry| now < expiry + LEEWAY) {
            return Err(Refused::Expired);
        }
        if claims.nbf.is_some_and(|start| now < start - LEEWAY) {
            return Err(Refused::NotYet);
        }
        let named = |user: &String| (1..=SUBJECT_LIMIT).contains(&user.len());
        let user_id = claims.sub.filter(named).ok_or(Refused::Subject)?;
        Ok(Identity { user_id })
    }
}

/// An audience is a string or a list of them.
fn names(audience: &Value, wanted: &str) -> bool {
    match audience {
        Value::String(one) => one == wanted,
        Value::Array(many) => many.iter().any(|one| one.as_str() == Some(wanted)),
        _ => false,
    }
}

fn json<T: for<'de> Deserialize<'de>>(part: &str) -> Result<T, Refused> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| Refused::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| Refused::Malformed)
}
