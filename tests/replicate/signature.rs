//! Standard Webhooks, with the vector of its specification.

use crate::replicate;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use taskwire::signature::{Raw, Scheme, SecretSet, SignatureError, Verified};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const TIME: &str = "1614265330";
const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const BODY: &[u8] = br#"{"test": 2432232314}"#;
const NOW: i64 = 1_614_265_330;

type Headers = [(&'static str, String); 3];

fn headers() -> Headers {
    [
        ("webhook-id", ID.to_owned()),
        ("webhook-timestamp", TIME.to_owned()),
        ("webhook-signature", SIGNATURE.to_owned()),
    ]
}

fn verify<'a>(
    body: &'a [u8],
    headers: &'a Headers,
    now: i64,
) -> Result<Verified<'a>, SignatureError> {
    let secrets = SecretSet::parse(SECRET).expect("a secret");
    replicate().verify(Raw::new(body, headers), &secrets, now)
}

#[test]
fn the_vector_of_the_specification_is_verified() {
    let good = headers();
    let verified = verify(BODY, &good, NOW).expect("a good signature");
    assert_eq!((verified.scheme(), verified.delivery().as_str()), (Scheme::StandardWebhooks, ID));
    assert_eq!(verify(BODY, &good, NOW + 300).err(), None);
    assert_eq!(verify(BODY, &good, NOW + 301).err(), Some(SignatureError::Stale));
    assert_eq!(verify(BODY, &good, NOW - 301).err(), Some(SignatureError::Future));
}

/// The headers of a webhook that was sent at `NOW`, signed independently of the code under test.
fn signed(id: &str, body: &[u8]) -> Headers {
    let key = STANDARD.decode(&SECRET["whsec_".len()..]).expect("base64");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key");
    mac.update(&[id.as_bytes(), b".", TIME.as_bytes(), b".", body].concat());
    let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    [
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", TIME.to_owned()),
        ("webhook-signature", signature),
    ]
}

#[test]
fn ten_thousand_one_bit_changes_of_a_body_are_refused() {
    let body = br#"{"id":"p","status":"processing","logs":"a line of the log"}"#.repeat(22);
    let good = signed("msg_1", &body);
    assert!(verify(&body, &good, NOW).is_ok());
    for bit in 0..10_000 {
        let mut changed = body.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(verify(&changed, &good, NOW).err(), Some(SignatureError::Mismatch), "{bit}");
    }
}

#[test]
fn ten_thousand_one_bit_changes_of_a_header_are_refused() {
    let mut tried = 0;
    for number in 0.. {
        let good = signed(&format!("msg_p5jXN8AQM9LWM0D4loKWxJek{number}"), BODY);
        assert!(verify(BODY, &good, NOW).is_ok());
        for (at, (_, value)) in good.iter().enumerate() {
            for bit in 0..value.len() * 8 {
                let mut bytes = value.clone().into_bytes();
                bytes[bit / 8] ^= 1 << (bit % 8);
                let Ok(text) = String::from_utf8(bytes) else { continue };
                let mut changed = good.clone();
                changed[at].1 = text;
                assert!(verify(BODY, &changed, NOW).is_err(), "{changed:?}");
                tried += 1;
            }
        }
        if tried >= 10_000 {
            return;
        }
    }
}

#[test]
fn without_a_header_it_is_missing() {
    for (at, (name, _)) in headers().into_iter().enumerate() {
        let mut some = headers().to_vec();
        some.remove(at);
        let secrets = SecretSet::parse(SECRET).expect("a secret");
        let refused = replicate().verify(Raw::new(BODY, &some), &secrets, NOW).err();
        assert_eq!(refused, Some(SignatureError::Missing { header: name }));
    }
}
