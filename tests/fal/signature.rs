//! Ed25519 with a known answer, verified by a library that the Worker does not have.

use crate::{ID, fal};
use ed25519_compact::{KeyPair, PublicKey, Seed, Signature};
use futures_util::FutureExt;
use sha2::{Digest, Sha256};
use taskwire::signature::{Keys, Raw, SIGNATURE_BYTES, Scheme, SignatureError};

/// The JWK's `x` of the key whose seed is 00 01 … 1f.
const X: &str = "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg";
const TIME: &str = "1750861210";
const NOW: i64 = 1_750_861_210;
const BODY: &str = r#"{"request_id":"024ca5b1-45d3-4afd-883e-ad3abe2a1c4d","gateway_request_id":"024ca5b1-45d3-4afd-883e-ad3abe2a1c4d","status":"OK","payload":{"images":[{"url":"https://v3.fal.media/files/x/image.png","content_type":"image/png","file_name":"image.png","file_size":1824075,"width":1024,"height":1024}],"seed":196619188014358660}}"#;
const SHA256: &str = "b75a03c7d7d58c675b66bfa70d4782bef0b41ca62f1bad0c4db76932061b0653";
const SIGNATURE: &str = "5fd3d6c39614c419a63f5e9981a16a170299b0329a05dd031cee053d8e3f7ce1b1267876baa73151e686dc4d5ad47c067c32e9410e383d4513a49209fff38603";

type Headers = [(&'static str, String); 4];

struct Published(Vec<PublicKey>);

impl Keys for Published {
    async fn verifies(&self, text: &[u8], signature: &[u8; SIGNATURE_BYTES]) -> bool {
        let signature = Signature::new(*signature);
        self.0.iter().any(|key| key.verify(text, &signature).is_ok())
    }
}

fn pair(first: u8) -> KeyPair {
    let seed: [u8; 32] = std::array::from_fn(|i| first + i as u8);
    KeyPair::from_seed(Seed::new(seed))
}

fn headers(id: &str, signature: &str) -> Headers {
    [
        ("x-fal-webhook-request-id", id.to_owned()),
        ("x-fal-webhook-user-id", "user_123".to_owned()),
        ("x-fal-webhook-timestamp", TIME.to_owned()),
        ("x-fal-webhook-signature", signature.to_owned()),
    ]
}

fn good() -> Headers {
    headers(ID, SIGNATURE)
}

/// The delivery of a webhook that is verified.
fn verify(
    body: &[u8],
    headers: &[(&'static str, String)],
    keys: &Published,
    now: i64,
) -> Result<String, SignatureError> {
    let claimed = fal().claim(Raw::new(body, headers))?;
    let verified = claimed.verify(keys, now).now_or_never().expect("done at once")?;
    assert_eq!(verified.scheme(), Scheme::PublishedKey);
    Ok(verified.delivery())
}

fn published() -> Published {
    Published(vec![pair(0).pk])
}

#[test]
fn the_known_answer_is_verified() {
    assert_eq!(BODY.len(), 323);
    assert_eq!(hex::encode(Sha256::digest(BODY)), SHA256);
    use base64::Engine;
    let x = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(*pair(0).pk);
    assert_eq!(x, X);
    assert_eq!(verify(BODY.as_bytes(), &good(), &published(), NOW), Ok(ID.to_owned()));
}

#[test]
fn every_key_of_the_set_is_tried_and_without_the_right_one_nothing_matches() {
    let rotated = Published(vec![pair(50).pk, pair(0).pk, pair(100).pk]);
    assert!(verify(BODY.as_bytes(), &good(), &rotated, NOW).is_ok());
    for wrong in [Published(vec![]), Published(vec![pair(50).pk, pair(100).pk])] {
        let refused = verify(BODY.as_bytes(), &good(), &wrong, NOW);
        assert_eq!(refused, Err(SignatureError::Mismatch));
    }
}

#[test]
fn a_time_is_checked_after_the_signature_and_may_be_three_hundred_seconds_off() {
    let at = |now| verify(BODY.as_bytes(), &good(), &published(), now).err();
    assert_eq!((at(NOW + 300), at(NOW - 300)), (None, None));
    assert_eq!(at(NOW + 301), Some(SignatureError::Stale));
    assert_eq!(at(NOW - 301), Some(SignatureError::Future));
    let stranger = Published(vec![pair(50).pk]);
    let refused = verify(BODY.as_bytes(), &good(), &stranger, NOW + 301);
    assert_eq!(refused, Err(SignatureError::Mismatch));
}

#[test]
fn a_header_that_is_missing_or_spelt_otherwise_is_refused() {
    for (at, (name, _)) in good().into_iter().enumerate() {
        let mut some = good().to_vec();
        some.remove(at);
        let refused = verify(BODY.as_bytes(), &some, &published(), NOW);
        assert_eq!(refused, Err(SignatureError::Missing { header: name }));
    }
    for spelling in
        [SIGNATURE.to_uppercase(), format!("{SIGNATURE}00"), SIGNATURE[2..].to_owned(), "x".into()]
    {
        let refused = verify(BODY.as_bytes(), &headers(ID, &spelling), &published(), NOW);
        assert_eq!(refused, Err(SignatureError::Malformed), "{spelling}");
    }
}

/// The headers for a body, signed independently of the code under test.
fn signed(id: &str, body: &[u8]) -> Headers {
    let text = [id, "user_123", TIME, &hex::encode(Sha256::digest(body))].join("\n");
    headers(id, &hex::encode(*pair(0).sk.sign(text, None)))
}

#[test]
fn ten_thousand_one_bit_changes_of_a_body_are_refused() {
    let body = BODY.repeat(4).into_bytes();
    let (good, keys) = (signed(ID, &body), published());
    assert!(verify(&body, &good, &keys, NOW).is_ok());
    for bit in 0..10_000 {
        let mut changed = body.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let refused = verify(&changed, &good, &keys, NOW);
        assert_eq!(refused, Err(SignatureError::Mismatch), "{bit}");
    }
}

#[test]
fn ten_thousand_one_bit_changes_of_a_header_are_refused() {
    let keys = published();
    let mut tried = 0;
    for number in 0.. {
        let good = signed(&format!("{ID}-{number}"), BODY.as_bytes());
        assert!(verify(BODY.as_bytes(), &good, &keys, NOW).is_ok());
        for (at, (_, value)) in good.iter().enumerate() {
            for bit in 0..value.len() * 8 {
                let mut bytes = value.clone().into_bytes();
                bytes[bit / 8] ^= 1 << (bit % 8);
                let Ok(text) = String::from_utf8(bytes) else { continue };
                let mut changed = good.clone();
                changed[at].1 = text;
                assert!(verify(BODY.as_bytes(), &changed, &keys, NOW).is_err(), "{changed:?}");
                tried += 1;
            }
        }
        if tried >= 10_000 {
            return;
        }
    }
}
