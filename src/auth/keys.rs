//! The issuer's keys, and which of them can verify a token. Pure.

use crate::auth::algorithm::Algorithm;
use crate::auth::sound::is_sound;
use crate::auth::verified::Verified;
use serde_json::Value;
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

/// Most keys that are tried for one token. Usually only a token without a key id has several.
const TRIED: usize = 16;

/// One of the issuer's keys. It is imported when it is first needed.
#[derive(Debug)]
pub struct Key<I> {
    pub jwk: Value,
    /// The only algorithm that it verifies.
    pub algorithm: Algorithm,
    pub imported: OnceCell<I>,
    pub verified: RefCell<Verified>,
}

/// The keys in `jwks`, a JSON Web Key Set, that can verify tokens.
pub fn keys_of<I>(mut jwks: Value) -> Vec<Rc<Key<I>>> {
    let Some(Value::Array(keys)) = jwks.get_mut("keys").map(Value::take) else { return Vec::new() };
    let usable = keys.into_iter().filter_map(|jwk| Some((usable_for(&jwk)?, jwk)));
    usable
        .map(|(algorithm, jwk)| {
            let (imported, verified) = (OnceCell::new(), RefCell::default());
            Rc::new(Key { jwk, algorithm, imported, verified })
        })
        .collect()
}

/// The keys for a token with this algorithm and key id. A token without a key id may be signed with any key
/// of the right type.
pub fn candidates<I>(
    keys: &[Rc<Key<I>>],
    algorithm: Algorithm,
    key_id: Option<&str>,
) -> Vec<Rc<Key<I>>> {
    let is_named = |key: &Value| key_id.is_none_or(|id| text(key, "kid") == Some(id));
    let fitting = keys.iter().filter(|key| key.algorithm == algorithm && is_named(&key.jwk));
    fitting.take(TRIED).cloned().collect()
}

/// The algorithm that a key verifies, if it is meant for that and sound.
fn usable_for(key: &Value) -> Option<Algorithm> {
    let algorithm = Algorithm::of_key(key)?;
    let is_for_signatures = text(key, "use").is_none_or(|usage| usage == "sig");
    let verifies = match key.get("key_ops") {
        None => true,
        Some(operations) => {
            operations.as_array().is_some_and(|all| all.iter().any(|one| one == "verify"))
        }
    };
    (is_for_signatures && verifies && is_sound(key, algorithm)).then_some(algorithm)
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

    fn rsa(mut more: Value) -> Value {
        more["kty"] = "RSA".into();
        more["n"] = format!("gA{}", "A".repeat(340)).into();
        more["e"] = "AQAB".into();
        more
    }

    #[test]
    fn a_token_gets_the_key_it_names_if_that_is_of_its_kind() {
        let jwks = json!({"keys": [
            rsa(json!({"kid": "r", "use": "sig", "alg": "RS256"})),
            {"kid": "e", "kty": "EC", "crv": "P-256"},
            {"kid": "e384", "kty": "EC", "crv": "P-384"},
            rsa(json!({"kid": "enc", "use": "enc"})),
            rsa(json!({"kid": "signs", "key_ops": ["sign"]})),
            rsa(json!({"kid": "does nothing", "key_ops": []})),
            rsa(json!({"kid": "odd", "key_ops": "verify"})),
            rsa(json!({"kid": "ps", "alg": "PS256", "key_ops": ["sign", "verify"]})),
            {"kid": "weak", "kty": "RSA", "n": "gA", "e": "AQAB"},
            {"kid": "oct", "kty": "oct", "k": "c2VjcmV0"},
        ]});
        assert_eq!(ids(&jwks, Algorithm::Ps256, Some("ps")), ["ps"]);
        assert_eq!(ids(&jwks, Algorithm::Rs256, Some("r")), ["r"]);
        assert_eq!(ids(&jwks, Algorithm::Es256, Some("e")), ["e"]);
        assert_eq!(ids(&jwks, Algorithm::Rs256, None), ["r"]);
        for (algorithm, id) in [
            (Algorithm::Rs256, "e"),
            (Algorithm::Es256, "r"),
            (Algorithm::Es256, "e384"),
            (Algorithm::Rs256, "enc"),
            (Algorithm::Rs256, "signs"),
            (Algorithm::Rs256, "does nothing"),
            (Algorithm::Rs256, "odd"),
            (Algorithm::Rs256, "ps"),
            (Algorithm::Rs256, "weak"),
            (Algorithm::Rs256, "oct"),
            (Algorithm::Rs256, "gone"),
        ] {
            assert_eq!(ids(&jwks, algorithm, Some(id)), [""; 0], "{id}");
        }
    }

    #[test]
    fn a_token_without_a_key_id_is_tried_with_sixteen_keys_at_most() {
        let many: Vec<Value> = (0..2000).map(|i| rsa(json!({"kid": i.to_string()}))).collect();
        let found = ids(&json!({"keys": many}), Algorithm::Rs256, None);
        assert_eq!((found.len(), found.last().unwrap().as_str()), (16, "15"));
        assert_eq!(ids(&json!({"keys": many}), Algorithm::Rs256, Some("1999")), ["1999"]);
    }

    #[test]
    fn what_is_no_key_set_has_no_keys() {
        for jwks in [json!(null), json!([]), json!({"keys": 1}), json!({"keys": [null, 1, {}]})] {
            assert_eq!(ids(&jwks, Algorithm::Rs256, None), [""; 0]);
        }
    }
}
