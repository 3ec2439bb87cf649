//! Key sets, as an issuer serves them or a setting has them. A case is a key id on the first line, and the set.

use super::latin;
use super::meter::metered;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;
use taskwire::auth::algorithm::Algorithm;
use taskwire::auth::keys::{candidates, keys_of};

/// Most keys that are tried for one token.
const TRIED: usize = 16;

pub fn jwks(data: &[u8]) {
    let mut lines = data.splitn(2, |byte| *byte == b'\n');
    let (id, set) = (latin(lines.next().unwrap_or_default()), lines.next().unwrap_or_default());
    let Ok(set) = metered(|| taskwire::json::read::<Value>(set)) else { return };
    let keys = metered(|| keys_of::<()>(set.clone()));
    let listed = set.get("keys").and_then(Value::as_array).cloned().unwrap_or_default();
    assert!(keys.len() <= listed.len());
    for key in &keys {
        assert!(listed.contains(&key.jwk), "a key that is not in the set");
        verifies_and_proves(&key.jwk, key.algorithm);
    }
    for algorithm in Algorithm::ALL {
        for key_id in [None, Some(id.as_str())] {
            let found = metered(|| candidates(&keys, algorithm, key_id));
            assert!(found.len() <= TRIED);
            for key in found {
                assert_eq!(key.algorithm, algorithm, "a key for another algorithm");
                assert!(key_id.is_none() || key.jwk["kid"].as_str() == key_id);
            }
        }
    }
}

/// The key is for signatures of its algorithm, and not one that anybody could sign with.
fn verifies_and_proves(key: &Value, algorithm: Algorithm) {
    let kind = match algorithm.name().get(..2) {
        Some("ES") => "EC",
        Some("Ed") => "OKP",
        _ => "RSA",
    };
    assert_eq!(key["kty"], kind);
    assert!(matches!(key["use"].as_str(), None | Some("sig")));
    if let Some(operations) = key.get("key_ops") {
        assert!(operations.as_array().is_some_and(|all| all.contains(&"verify".into())));
    }
    let number = |name: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(key[name].as_str().expect("text")).expect("base64url");
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        bytes[zeros..].to_vec()
    };
    match kind {
        "RSA" => {
            let n = number("n");
            assert!(n.len() > 256 || (n.len() == 256 && n[0] >= 0x80), "a short key");
            assert_ne!(number("e"), [1], "an exponent of one");
        }
        "OKP" => {
            let mut x =
                URL_SAFE_NO_PAD.decode(key["x"].as_str().expect("text")).expect("base64url");
            if let Some(last) = x.get_mut(31) {
                *last &= 0x7f;
            }
            let rest = x.get(1..).unwrap_or_default();
            let is_small = x.len() == 32 && x[0] <= 1 && rest.iter().all(|byte| *byte == 0);
            assert!(!is_small, "a key of small order");
        }
        _ => {}
    }
}
