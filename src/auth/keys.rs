//! The issuer's keys, and which of them a token may be signed with. Pure.

use crate::auth::algorithm::Algorithm;
use serde_json::Value;
use std::cell::OnceCell;
use std::rc::Rc;

/// A key of the issuer's, and what it was imported as once it was needed.
#[derive(Debug)]
pub struct Key<I> {
    pub jwk: Value,
    pub imported: OnceCell<I>,
}

/// The keys of `jwks`, a JSON Web Key Set.
pub fn keys_of<I>(mut jwks: Value) -> Vec<Rc<Key<I>>> {
    let Some(Value::Array(keys)) = jwks.get_mut("keys").map(Value::take) else { return Vec::new() };
    keys.into_iter().map(|jwk| Rc::new(Key { jwk, imported: OnceCell::new() })).collect()
}

/// The keys for a token with this algorithm and key id. A token without a key id may be signed with any key
/// of the right type. A key is for one algorithm at most.
pub fn candidates<I>(
    keys: &[Rc<Key<I>>],
    algorithm: Algorithm,
    key_id: Option<&str>,
) -> Vec<Rc<Key<I>>> {
    let fitting = keys.iter().filter(|key| fits(&key.jwk, algorithm) && is_named(&key.jwk, key_id));
    fitting.cloned().collect()
}

fn is_named(key: &Value, key_id: Option<&str>) -> bool {
    key_id.is_none_or(|id| text(key, "kid") == Some(id))
}

fn fits(key: &Value, algorithm: Algorithm) -> bool {
    Algorithm::of_key(key) == Some(algorithm) && text(key, "use").is_none_or(|usage| usage == "sig")
}

fn text<'a>(key: &'a Value, name: &str) -> Option<&'a str> {
    key.get(name).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn ids(jwks: &Value, algorithm: Algorithm, key_id: Option<&str>) -> Vec<String> {
        let found = candidates(&keys_of::<()>(jwks.clone()), algorithm, key_id);
        found.iter().map(|key| key.jwk["kid"].as_str().unwrap_or("-").to_owned()).collect()
    }

    #[test]
    fn a_token_gets_the_key_it_names_if_that_is_of_its_kind() {
        let jwks = json!({"keys": [
            {"kid": "r", "kty": "RSA", "use": "sig", "alg": "RS256"},
            {"kid": "e", "kty": "EC", "crv": "P-256"},
            {"kid": "e384", "kty": "EC", "crv": "P-384"},
            {"kid": "enc", "kty": "RSA", "use": "enc"},
            {"kid": "ps", "kty": "RSA", "alg": "PS256"},
            {"kid": "oct", "kty": "oct", "k": "c2VjcmV0"},
        ]});
        assert_eq!(ids(&jwks, Algorithm::Rs256, Some("r")), ["r"]);
        assert_eq!(ids(&jwks, Algorithm::Es256, Some("e")), ["e"]);
        assert_eq!(ids(&jwks, Algorithm::Rs256, None), ["r"]);
        for (algorithm, id) in [
            (Algorithm::Rs256, "e"),
            (Algorithm::Es256, "r"),
            (Algorithm::Es256, "e384"),
            (Algorithm::Rs256, "enc"),
            (Algorithm::Rs256, "ps"),
            (Algorithm::Rs256, "oct"),
            (Algorithm::Rs256, "gone"),
        ] {
            assert_eq!(ids(&jwks, algorithm, Some(id)), [""; 0], "{id}");
        }
    }

    #[test]
    fn what_is_no_key_set_has_no_keys() {
        for jwks in [json!(null), json!([]), json!({"keys": 1}), json!({"keys": [null, 1, {}]})] {
            assert_eq!(ids(&jwks, Algorithm::Rs256, None), [""; 0]);
        }
    }
}
