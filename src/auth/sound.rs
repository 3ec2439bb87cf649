//! Weak keys, with which anybody could forge a signature. An issuer may publish one by mistake. Whether a point is on
//! its curve is checked by Web Crypto when it imports the key.

use crate::auth::algorithm::Algorithm;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

/// The shortest RSA key that is used, in bits (RFC 7518, 3.3). Shorter ones have been factored.
const RSA_BITS: usize = 2048;

/// The points of small order of edwards25519, without the sign bit. With such a key, one signature is valid for
/// every message.
const SMALL_ORDER: [[u8; 32]; 7] = [
    [0; 32],
    point(1, 0, 0),
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
    point(0xec, 0xff, 0x7f),
    point(0xed, 0xff, 0x7f),
    point(0xee, 0xff, 0x7f),
];

const fn point(first: u8, middle: u8, last: u8) -> [u8; 32] {
    let mut bytes = [middle; 32];
    bytes[0] = first;
    bytes[31] = last;
    bytes
}

/// Whether a signature by this key proves anything.
pub fn is_sound(jwk: &Value, algorithm: Algorithm) -> bool {
    let number = |name| {
        let bytes = URL_SAFE_NO_PAD.decode(jwk.get(name)?.as_str()?).ok()?;
        Some(bytes)
    };
    match algorithm {
        Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Rs512 | Algorithm::Ps256 => {
            let is_long = number("n").is_some_and(|n| bits(&n) >= RSA_BITS);
            // With the exponent 1, the signature is the padded message itself.
            is_long && number("e").is_some_and(|e| bits(&e) > 1)
        }
        Algorithm::Ed25519 => number("x").is_some_and(|x| !is_of_small_order(&x)),
        Algorithm::Es256 | Algorithm::Es384 | Algorithm::Es512 => true,
    }
}

/// The length of a number in bits, without leading zeros.
fn bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let first = number.get(zeros).map_or(0, |byte| byte.leading_zeros() as usize);
    (number.len() - zeros) * 8 - first
}

fn is_of_small_order(x: &[u8]) -> bool {
    let Ok(mut x) = <[u8; 32]>::try_from(x) else { return false };
    x[31] &= 0x7f;
    SMALL_ORDER.contains(&x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rsa(n: &[u8], e: &[u8]) -> Value {
        json!({"kty": "RSA", "n": URL_SAFE_NO_PAD.encode(n), "e": URL_SAFE_NO_PAD.encode(e)})
    }

    const F4: &[u8] = &[1, 0, 1];

    #[test]
    fn an_rsa_key_has_2048_bits_whatever_zeros_it_begins_with() {
        let long = [vec![0x80], vec![7; 255]].concat();
        let padded = [vec![0; 9], long.clone()].concat();
        let short = [vec![0x7f], vec![0xff; 255]].concat();
        for algorithm in [Algorithm::Rs256, Algorithm::Rs384, Algorithm::Rs512, Algorithm::Ps256] {
            assert!(is_sound(&rsa(&long, F4), algorithm));
            assert!(is_sound(&rsa(&padded, &[3]), algorithm));
            for weak in [&short[..], &[0xff; 128], &[0xff; 64], &[0; 300], &[]] {
                assert!(!is_sound(&rsa(weak, F4), algorithm), "{} bytes", weak.len());
            }
            for exponent in [&[1][..], &[0, 1], &[0], &[]] {
                assert!(!is_sound(&rsa(&long, exponent), algorithm), "{exponent:?}");
            }
        }
        assert!(!is_sound(&json!({"kty": "RSA"}), Algorithm::Rs256));
        assert!(!is_sound(&json!({"kty": "RSA", "n": 7, "e": "AQAB"}), Algorithm::Rs256));
        let text = "!".repeat(400);
        assert!(!is_sound(&json!({"kty": "RSA", "n": text, "e": "AQAB"}), Algorithm::Rs256));
    }

    #[test]
    fn no_point_of_small_order_is_a_key_whatever_its_sign() {
        let key = |x: &[u8]| json!({"kty": "OKP", "x": URL_SAFE_NO_PAD.encode(x)});
        for mut point in SMALL_ORDER {
            assert!(!is_sound(&key(&point), Algorithm::Ed25519), "{point:?}");
            point[31] |= 0x80;
            assert!(!is_sound(&key(&point), Algorithm::Ed25519), "{point:?}");
            point[7] ^= 1;
            assert!(is_sound(&key(&point), Algorithm::Ed25519), "{point:?}");
        }
        assert!(!is_sound(&json!({"kty": "OKP"}), Algorithm::Ed25519));
    }
}
