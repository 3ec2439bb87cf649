//! The signature algorithms that are accepted. `none` and the symmetric ones are not among them.

use serde_json::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Es256,
    Es384,
    Es512,
    Ed25519,
}

impl Algorithm {
    pub const ALL: [Self; 8] = [
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Es256,
        Self::Es384,
        Self::Es512,
        Self::Ed25519,
    ];

    /// The name in tokens and keys (RFC 7518, RFC 8037).
    pub fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::Ed25519 => "EdDSA",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// The algorithm of a JSON Web Key. The key determines it, never the token. An RSA key without `alg` is for
    /// RS256; for all other keys the curve decides.
    pub fn of_key(jwk: &Value) -> Option<Self> {
        let text = |name| jwk.get(name).and_then(Value::as_str);
        let by_kind = match (text("kty")?, text("crv")) {
            ("EC", Some("P-256")) => Self::Es256,
            ("EC", Some("P-384")) => Self::Es384,
            ("EC", Some("P-521")) => Self::Es512,
            ("OKP", Some("Ed25519")) => Self::Ed25519,
            ("RSA", _) => match text("alg") {
                None => Self::Rs256,
                Some(name) => Self::named(name)
                    .filter(|one| matches!(one.name().get(..2), Some("RS" | "PS")))?,
            },
            _ => return None,
        };
        // RFC 9864 calls EdDSA by its curve.
        let is_its =
            |name| name == by_kind.name() || (by_kind == Self::Ed25519 && name == "Ed25519");
        text("alg").is_none_or(is_its).then_some(by_kind)
    }

    /// The parameters for Web Crypto, the same for import and verification.
    pub fn parameters(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Rs256 => &[("name", "RSASSA-PKCS1-v1_5"), ("hash", "SHA-256")],
            Self::Rs384 => &[("name", "RSASSA-PKCS1-v1_5"), ("hash", "SHA-384")],
            Self::Rs512 => &[("name", "RSASSA-PKCS1-v1_5"), ("hash", "SHA-512")],
            Self::Ps256 => &[("name", "RSA-PSS"), ("hash", "SHA-256")],
            Self::Es256 => &[("name", "ECDSA"), ("namedCurve", "P-256"), ("hash", "SHA-256")],
            Self::Es384 => &[("name", "ECDSA"), ("namedCurve", "P-384"), ("hash", "SHA-384")],
            Self::Es512 => &[("name", "ECDSA"), ("namedCurve", "P-521"), ("hash", "SHA-512")],
            Self::Ed25519 => &[("name", "Ed25519")],
        }
    }

    /// The length of the salt in bytes, for algorithms that have one.
    pub fn salt(self) -> Option<u32> {
        (self == Self::Ps256).then_some(32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_algorithm_is_the_keys_and_not_the_tokens() {
        for (key, expected) in [
            (json!({"kty": "RSA"}), Some(Algorithm::Rs256)),
            (json!({"kty": "RSA", "alg": "RS384"}), Some(Algorithm::Rs384)),
            (json!({"kty": "RSA", "alg": "RS512"}), Some(Algorithm::Rs512)),
            (json!({"kty": "RSA", "alg": "PS256"}), Some(Algorithm::Ps256)),
            (json!({"kty": "EC", "crv": "P-256"}), Some(Algorithm::Es256)),
            (json!({"kty": "EC", "crv": "P-384", "alg": "ES384"}), Some(Algorithm::Es384)),
            (json!({"kty": "EC", "crv": "P-521"}), Some(Algorithm::Es512)),
            (json!({"kty": "OKP", "crv": "Ed25519"}), Some(Algorithm::Ed25519)),
            (json!({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA"}), Some(Algorithm::Ed25519)),
            (json!({"kty": "OKP", "crv": "Ed25519", "alg": "Ed25519"}), Some(Algorithm::Ed25519)),
            (json!({"kty": "RSA", "alg": "RSA-OAEP"}), None),
            (json!({"kty": "RSA", "alg": "ES256"}), None),
            (json!({"kty": "EC", "crv": "P-256", "alg": "ES384"}), None),
            (json!({"kty": "EC", "crv": "secp256k1"}), None),
            (json!({"kty": "OKP", "crv": "X25519"}), None),
            (json!({"kty": "oct", "k": "c2VjcmV0", "alg": "HS256"}), None),
            (json!({"kty": "RSA", "alg": 7}), Some(Algorithm::Rs256)),
            (json!({}), None),
        ] {
            assert_eq!(Algorithm::of_key(&key), expected, "{key}");
        }
    }

    #[test]
    fn what_anyone_could_sign_with_has_no_name_here() {
        for name in ["none", "None", "", "HS256", "HS384", "HS512", "rs256", "RS256 ", "ES256K"] {
            assert_eq!(Algorithm::named(name), None, "{name}");
        }
        for one in Algorithm::ALL {
            assert_eq!(Algorithm::named(one.name()), Some(one));
        }
    }
}
