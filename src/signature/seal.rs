//! Signed JSON values that we issue and get back: `v1.<payload>.<mac>`, both base64url without
//! padding. That fits a URL, and is an RFC 7230 token, so it fits `Sec-WebSocket-Protocol` as well.
//!
//! A seal is a bearer token: never log one. Its purpose is part of the signed text, so that a seal for
//! one purpose is not valid for another.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Serialize, de::DeserializeOwned};

use crate::json;
use crate::signature::mac::{Key, MAC_BYTES};
use crate::signature::secret::SecretSet;

/// Longest seal that is read, in bytes. Ours are about 200.
pub const MAX_SEAL_BYTES: usize = 2048;

const VERSION: &str = "v1.";

/// Why a seal was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    Malformed,
    Mismatch,
}

/// The keys of a deployment: the first one seals, and any of them opens, so that a secret can be replaced
/// while what it has sealed is still good.
#[derive(Debug, Clone)]
pub(super) struct SealKeys(Vec<Key>);

impl SealKeys {
    pub(super) fn new(secrets: &SecretSet) -> Self {
        Self(secrets.iter().map(Key::whole).collect())
    }
}

/// `value` under the seal of the first key, for one purpose.
pub(super) fn seal(SealKeys(keys): &SealKeys, purpose: &[u8], value: &impl Serialize) -> String {
    let json = serde_json::to_vec(value).expect("strings and numbers are always JSON");
    let payload = URL_SAFE_NO_PAD.encode(json);
    let mac = keys[0].sign(&[purpose, payload.as_bytes()]);
    format!("{VERSION}{payload}.{}", URL_SAFE_NO_PAD.encode(mac))
}

/// Verifies a seal for this purpose and returns its value. The MAC is checked before anything is
/// decoded.
pub(super) fn unseal<T: DeserializeOwned>(
    SealKeys(keys): &SealKeys,
    purpose: &[u8],
    sealed: &str,
) -> Result<T, Broken> {
    if sealed.len() > MAX_SEAL_BYTES {
        return Err(Broken::Malformed);
    }
    let (payload, mac) = sealed
        .strip_prefix(VERSION)
        .and_then(|rest| rest.split_once('.'))
        .ok_or(Broken::Malformed)?;
    let mac = decode_mac(mac).ok_or(Broken::Malformed)?;
    if !keys.iter().any(|key| key.verifies(&[purpose, payload.as_bytes()], &[mac])) {
        return Err(Broken::Mismatch);
    }
    let json = URL_SAFE_NO_PAD.decode(payload).map_err(|_| Broken::Malformed)?;
    json::read(&json).map_err(|_| Broken::Malformed)
}

/// What a seal claims to hold. Nothing is verified.
pub(super) fn claimed<T: DeserializeOwned>(sealed: &str) -> Option<T> {
    let sealed = sealed.get(..MAX_SEAL_BYTES.min(sealed.len()))?;
    let (payload, _) = sealed.strip_prefix(VERSION)?.split_once('.')?;
    json::read(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

/// Canonical base64url only: one seal has one spelling.
fn decode_mac(text: &str) -> Option<[u8; MAC_BYTES]> {
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}
