//! Standard Webhooks (<https://www.standardwebhooks.com>) with symmetric signatures.
//!
//! The key is the base64 that follows `whsec_` in the secret, decoded; the signed text is
//! `{id}.{timestamp}.{raw body}`. What comes is verified, and what goes out is signed. It must not know
//! other schemes, or how one is chosen.

use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};

use crate::signature::error::SignatureError;
use crate::signature::mac::{Key, MAC_BYTES};
use crate::signature::secret::{Secret, SecretSet, WHSEC_PREFIX};
use crate::signature::timestamp::Timestamp;
use crate::signature::verified::{Delivery, Raw, Scheme, Verified};
use crate::signature::{MAX_HEADER_BYTES, MAX_SIGNATURES, is_delivery_id, required};

/// Base64 for secrets: as lenient as the libraries that generate and read them, padded or not.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The header by which this scheme is recognized.
pub const SIGNATURE: &str = "webhook-signature";
const ID: &str = "webhook-id";
const TIMESTAMP: &str = "webhook-timestamp";
/// The headers of this scheme.
pub const HEADERS: [&str; 3] = [ID, TIMESTAMP, SIGNATURE];

/// Verifies a webhook at `now`, in Unix seconds. The delivery is its `webhook-id`.
///
/// An id may contain full stops, which also separate the signed parts. That is not ambiguous: moving
/// a border would need a body that begins with digits and a full stop, and a body is a JSON object.
///
/// # Errors
///
/// Any [`SignatureError`]. The signature is checked first and the time second: a stranger cannot tell a
/// stale request from a forged one, and learns nothing of our clock.
pub fn verify<'a>(
    webhook: Raw<'a>,
    secrets: &SecretSet,
    now: i64,
) -> Result<Verified<'a>, SignatureError> {
    let signatures = required(&webhook, SIGNATURE)?;
    let id = required(&webhook, ID)?;
    let timestamp = required(&webhook, TIMESTAMP)?;
    if !is_delivery_id(id) || signatures.len() > MAX_HEADER_BYTES {
        return Err(SignatureError::Malformed);
    }
    let timestamp = Timestamp::parse(timestamp)?;
    let candidates = candidates(signatures);
    let text = [id.as_bytes(), b".", timestamp.as_bytes(), b".", webhook.body()];
    let signed = secrets.iter().filter_map(key).any(|key| key.verifies(&text, &candidates));
    if !signed {
        return Err(SignatureError::Mismatch);
    }
    timestamp.check(now)?;
    Ok(Verified::new(webhook, Scheme::StandardWebhooks, Delivery::Id(id.to_owned())))
}

/// Bytes of a key that we sign with, at least and at most.
const OWN_KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// The headers of a webhook of ours at `now`, in Unix seconds. Each secret signs, so that one can be replaced.
pub fn sign(id: &str, body: &str, secrets: &SecretSet, now: i64) -> [(&'static str, String); 3] {
    let timestamp = now.to_string();
    let text = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body.as_bytes()];
    let signed = |key: Key| format!("v1,{}", STANDARD.encode(key.sign(&text)));
    let signatures: Vec<String> = secrets.iter().filter_map(key).map(signed).collect();
    [(ID, id.to_owned()), (TIMESTAMP, timestamp), (SIGNATURE, signatures.join(" "))]
}

/// The place in the list, from 1, of the first secret that is not fit to sign with: `whsec_`, and then the
/// base64 of 24 to 64 bytes.
pub fn first_unfit(secrets: &SecretSet) -> Option<usize> {
    let is_fit = |secret: &Secret| {
        let encoded = secret.expose().strip_prefix(WHSEC_PREFIX);
        let key = encoded.and_then(|encoded| LENIENT.decode(encoded).ok());
        key.is_some_and(|key| OWN_KEY_BYTES.contains(&key.len()))
    };
    secrets.iter().position(|secret| !is_fit(secret)).map(|index| index + 1)
}

/// `None` if the secret is not base64 or decodes to nothing: it is then not for this scheme.
fn key(secret: &Secret) -> Option<Key> {
    let secret = secret.expose();
    let encoded = secret.strip_prefix(WHSEC_PREFIX).unwrap_or(secret);
    Key::new(&LENIENT.decode(encoded).ok()?)
}

/// The well-formed `v1` signatures. Other versions (`v1a` is asymmetric) and malformed signatures are
/// skipped: beside a good one they do no harm.
fn candidates(header: &str) -> Vec<[u8; MAC_BYTES]> {
    header
        .split(' ')
        .filter_map(|signature| decode(signature.strip_prefix("v1,")?))
        .take(MAX_SIGNATURES)
        .collect()
}

/// Canonical base64 only: padded, and with the unused bits zero, so that one signature has one spelling.
fn decode(text: &str) -> Option<[u8; MAC_BYTES]> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::{candidates, decode, first_unfit, key, sign as sign_all, verify};
    use crate::signature::Raw;
    use crate::signature::secret::{Secret, SecretSet};

    fn has_key(secret: &str) -> bool {
        key(&Secret::new(secret.to_owned()).expect("a secret")).is_some()
    }

    fn sign(secret: &str) -> [u8; 32] {
        let secret = Secret::new(secret.to_owned()).expect("a secret");
        key(&secret).expect("a key").sign(&[b"text"])
    }

    const KNOWN: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const BODY: &str = r#"{"type":"task.completed","timestamp":"2026-11-26T04:13:00.000Z","data":{"taskId":"tsk_01","version":2}}"#;

    #[test]
    fn a_webhook_of_ours_has_the_known_signature() {
        let secrets = SecretSet::parse(KNOWN).expect("a secret");
        assert_eq!(
            sign_all("evt_01", BODY, &secrets, 1_795_666_380).map(|(_, value)| value),
            ["evt_01", "1795666380", "v1,i5It0SygaBIkfo6t6NW52UHwIIDTjZXiavc/nUKGzdU="]
        );
    }

    #[test]
    fn each_secret_signs_so_that_a_receiver_with_either_takes_it() {
        let new = "whsec_bmV3IHNlY3JldCBvZiAyNCBieXRlcyEh";
        let both = SecretSet::parse(&format!("{new} {KNOWN}")).expect("secrets");
        let headers = sign_all("evt_01", BODY, &both, 1_795_666_380);
        assert!(headers[2].1.ends_with(" v1,i5It0SygaBIkfo6t6NW52UHwIIDTjZXiavc/nUKGzdU="));
        for one in [new, KNOWN] {
            let raw = Raw::new(BODY.as_bytes(), &headers);
            let secrets = SecretSet::parse(one).expect("a secret");
            assert!(verify(raw, &secrets, 1_795_666_400).is_ok(), "{one}");
        }
    }

    #[test]
    fn a_secret_to_sign_with_is_named_by_its_place_if_it_is_weak_or_of_another_scheme() {
        let place = |list: &str| first_unfit(&SecretSet::parse(list).expect("secrets"));
        assert_eq!(place(KNOWN), None);
        for unfit in ["secret", "whsec_c2hvcnQ=", "whsec_a-b_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
        {
            assert_eq!(place(unfit), Some(1), "{unfit}");
            assert_eq!(place(&format!("{KNOWN},{unfit}")), Some(2), "{unfit}");
        }
    }

    #[test]
    fn the_prefix_and_the_padding_of_a_secret_are_optional() {
        let signed = sign("whsec_c2VjcmV0IQ==");
        for same in ["whsec_c2VjcmV0IQ", "whsec_c2VjcmV0IQ=", "c2VjcmV0IQ==", "c2VjcmV0IQ"] {
            assert_eq!(sign(same), signed, "{same}");
        }
        assert_ne!(sign("whsec_c2VjcmV0IR1="), signed);
    }

    #[test]
    fn a_secret_that_is_not_base64_or_decodes_to_nothing_has_no_key() {
        for none in ["wbs_abc", "whsec_abcde", "whsec_a-b_", "whsec_=", "whsec_====", "A", "é"] {
            assert!(!has_key(none), "{none}");
        }
    }

    #[test]
    fn a_signature_has_one_spelling() {
        let good = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        assert_eq!(decode(good), Some([0; 32]));
        for bad in [
            "",
            "AAAA",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAC=",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
            "-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        ] {
            assert_eq!(decode(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn other_versions_and_malformed_signatures_are_left_out() {
        let good = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        let header = format!("v1a,{good} v2,{good} v1 v1, {good} V1,{good}  v1,{good} v1,=");
        assert_eq!(candidates(&header), [[0; 32]]);
        assert!(candidates("").is_empty());
    }

    #[test]
    fn only_the_first_16_well_formed_signatures_are_kept() {
        let good = "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= v1,bad ";
        assert_eq!(candidates(&good.repeat(15)).len(), 15);
        assert_eq!(candidates(&good.repeat(40)).len(), 16);
    }
}
