//! Settings that every issuer has.

use crate::auth::issuer::KeySource;
use crate::auth::keys::keys_of;
use crate::auth::unique::Unique;
use crate::error::ApiError;
use crate::url::trusted::is_trustworthy;
use serde_json::{Map, Value};

/// Parses a setting that is JSON.
pub fn json(name: &str, text: &str) -> Result<Value, ApiError> {
    let wrong = |error| ApiError::wrong_setting(name, &format!("cannot be read: {error}"));
    let value: Value = crate::json::read(text.as_bytes()).map_err(wrong)?;
    // The first of two entries with the same name would be lost.
    match value.is_object() && crate::json::read::<Unique>(text.as_bytes()).is_err() {
        true => Err(ApiError::wrong_setting(name, "has a name that comes twice")),
        false => Ok(value),
    }
}

/// Names in one text, with spaces or commas between them.
pub fn words(text: &str) -> Vec<String> {
    text.split([' ', ',']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Where the keys are: a URL or the keys themselves, each with the name of its setting.
pub fn keys(
    (url_name, url): (&str, Option<String>),
    (set_name, set): (&str, Option<Value>),
) -> Result<KeySource, ApiError> {
    if let Some(set) = set {
        if !set.get("keys").is_some_and(Value::is_array) {
            return Err(ApiError::wrong_setting(set_name, "must be a key set: {\"keys\":[…]}"));
        }
        if keys_of::<()>(set.clone()).is_empty() {
            return Err(ApiError::wrong_setting(set_name, "has no key that can verify a token"));
        }
        return Ok(KeySource::Set(set));
    }
    match url {
        Some(url) if is_trustworthy(&url) => Ok(KeySource::Url(url)),
        Some(_) => {
            Err(ApiError::wrong_setting(url_name, "must be https, or http on a loopback address"))
        }
        None => Ok(KeySource::Discovery),
    }
}

/// The name of a header, in lower case.
pub fn header(name: &str, value: &str) -> Result<String, ApiError> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    match !value.is_empty() && value.bytes().all(is_token) {
        true => Ok(value.to_ascii_lowercase()),
        false => Err(ApiError::wrong_setting(name, "must be the name of a header")),
    }
}

/// Claims with their allowed values: one, or a list.
pub fn required(name: &str, claims: Value) -> Result<Vec<(String, Vec<Value>)>, ApiError> {
    let Value::Object(claims) = claims else {
        return Err(ApiError::wrong_setting(name, "must be a JSON object: {\"claim\": value}"));
    };
    let claims: Vec<(String, Vec<Value>)> = Map::into_iter(claims)
        .map(|(claim, value)| match value {
            Value::Array(many) => (claim, many),
            one => (claim, vec![one]),
        })
        .collect();
    match claims.iter().any(|(_, allowed)| allowed.is_empty()) {
        true => Err(ApiError::wrong_setting(name, "has a claim without any allowed value")),
        false => Ok(claims),
    }
}
