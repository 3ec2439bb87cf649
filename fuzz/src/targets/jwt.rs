//! The issuer's tokens and keys. A case is a token; or a header, claims, a signature and a key set, one
//! per line, from which the token is made.

use super::latin;
use super::meter::metered;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use taskwire::auth;
use taskwire::auth::algorithm::Algorithm;
use taskwire::auth::issuer::{Issuer, KeySource};
use taskwire::auth::keys::{candidates, keys_of};

/// The library does not expose claims before their signature is verified. There is no issuer here to
/// sign any, so the source file itself is included.
#[allow(dead_code, reason = "the tests include this file and use a part of it")]
#[path = "../../../src/auth/claims.rs"]
mod claims;

const NOW: f64 = 1_795_168_800.0;
const ISSUER: &str = "https://id.example";
const AUDIENCE: &str = "taskwire";

pub fn jwt(data: &[u8]) {
    let lines: Vec<&[u8]> = data.splitn(4, |byte| *byte == b'\n').collect();
    let [header, claims, signature, keys] = lines[..] else {
        read(&latin(data), &Value::Null);
        return;
    };
    let [header, claims, signature] =
        [header, claims, signature].map(|part| URL_SAFE_NO_PAD.encode(part));
    let keys = serde_json::from_slice(keys).unwrap_or(Value::Null);
    read(&format!("{header}.{claims}.{signature}"), &keys);
}

/// Only the listed algorithms come through, with the very bytes that were signed.
fn read(text: &str, keys: &Value) {
    let parsed = metered(|| claims::Token::parse(text));
    assert_eq!(
        auth::claims::Token::parse(text).is_ok(),
        parsed.is_ok(),
        "two readings of one token"
    );
    let token = match parsed {
        Ok(token) => token,
        Err(refused) => return plain(&refused),
    };
    let (signed, signature) = text.rsplit_once('.').expect("a token has parts");
    let (header, payload) = signed.split_once('.').expect("a token has parts");
    let header: Header = json(header);
    assert!(Algorithm::ALL.iter().any(|one| header.alg == one.name()));
    assert_eq!(header.crit, Value::Null);
    assert_eq!(token.signed, signed);
    assert_eq!(URL_SAFE_NO_PAD.encode(&token.signature), signature, "a signature in two spellings");
    fitting_keys(text, keys);
    identity(&token, payload);
}

/// Only keys of the token's algorithm and key id are candidates.
fn fitting_keys(text: &str, keys: &Value) {
    let token = auth::claims::Token::parse(text).expect("it was read before");
    let key_id = token.key_id.as_deref();
    let keys = keys_of::<()>(keys.clone());
    for key in metered(|| candidates(&keys, token.algorithm, key_id)) {
        assert_eq!(key.algorithm, token.algorithm);
        assert!(key_id.is_none() || key.jwk["kid"].as_str() == key_id);
    }
}

/// What a refusal says of a token is one line, and short.
fn plain(refused: &auth::refused::Refused) {
    let said = refused.message();
    assert!(
        !said.contains(|sign: char| sign.is_control() || matches!(sign, '\u{2028}'..='\u{202e}'))
    );
    assert!(said.chars().count() < 400, "{said}");
}

/// An accepted token has a subject, our issuer, our audience and a valid time.
fn identity(token: &claims::Token<'_>, payload: &str) {
    let issuers = [Issuer {
        issuer: ISSUER.to_owned(),
        audiences: vec![AUDIENCE.to_owned()],
        parties: Vec::new(),
        keys: KeySource::Discovery,
        header: None,
        subject_claim: "sub".to_owned(),
        required: Vec::new(),
        prefix: String::new(),
        others: Vec::new(),
    }];
    let identity = match metered(|| token.identity(token.issuer(&issuers)?, NOW)) {
        Ok(identity) => identity,
        Err(refused) => return plain(&refused),
    };
    let claims: Claims = json(payload);
    assert_eq!(claims.sub, identity.user_id());
    assert!((1..=255).contains(&identity.user_id().len()));
    assert!(!identity.user_id().contains(char::is_control));
    assert_eq!(claims.iss, ISSUER);
    let list = claims.aud.as_array().cloned().unwrap_or_else(|| vec![claims.aud.clone()]);
    assert!(list.contains(&AUDIENCE.into()), "a token for somebody else");
    assert!(claims.exp.as_f64().is_some_and(|expiry| NOW < expiry + 5.0), "a token that is over");
    assert!(claims.nbf.as_f64().is_none_or(|start| NOW >= start - 5.0), "a token of tomorrow");
}

/// What the checks look at, of any type.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Header {
    alg: Value,
    crit: Value,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Claims {
    iss: Value,
    sub: Value,
    aud: Value,
    exp: Value,
    nbf: Value,
}

fn json<T: DeserializeOwned>(part: &str) -> T {
    let bytes = URL_SAFE_NO_PAD.decode(part).expect("a part that was read");
    serde_json::from_slice(&bytes).expect("a part that was read")
}
