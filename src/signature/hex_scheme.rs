//! HMAC-SHA256 signatures in hex: with a time in the same header, over the whole body, or over a part
//! of it. The key is the whole secret as configured, also where it begins with `whsec_`.
//!
//! It must not know other schemes, or how one is chosen.

use crate::signature::error::SignatureError;
use crate::signature::mac::{Key, MAC_BYTES};
use crate::signature::secret::SecretSet;
use crate::signature::timestamp::Timestamp;
use crate::signature::verified::{Delivery, Raw, Scheme, Verified};
use crate::signature::{MAX_HEADER_BYTES, MAX_SIGNATURES, is_delivery_id};

/// A parsed timestamped header. Unknown parts and malformed signatures are skipped: beside a good
/// signature they do no harm.
struct Header<'a> {
    timestamp: Timestamp<'a>,
    candidates: Vec<[u8; MAC_BYTES]>,
}

/// Verifies a webhook by a header `t=<unix seconds>,v1=<hex>`; the signed text is `{t}.{raw body}`.
/// `id` is the provider's own id of the delivery. It is not signed, so it only serves to deduplicate.
///
/// # Errors
///
/// Any [`SignatureError`]. The signature is checked first and the time second: a stranger cannot tell a
/// stale request from a forged one, and learns nothing of our clock.
pub fn verify_timestamped<'a>(
    webhook: Raw<'a>,
    header: &str,
    id: Option<&str>,
    secrets: &SecretSet,
    now: i64,
) -> Result<Verified<'a>, SignatureError> {
    let Header { timestamp, candidates } = parse(header)?;
    let text = [timestamp.as_bytes(), b".", webhook.body()];
    let signed = secrets.iter().map(Key::whole).any(|key| key.verifies(&text, &candidates));
    if !signed {
        return Err(SignatureError::Mismatch);
    }
    timestamp.check(now)?;
    // The body stands in for an id, since a retry repeats it.
    let id = id.filter(|id| is_delivery_id(id)).map(str::to_owned);
    let delivery = id.map_or(Delivery::Body, Delivery::Id);
    Ok(Verified::new(webhook, Scheme::TimestampedHex, delivery))
}

/// Verifies a webhook by a bare hex signature of its whole body. No time is signed: a replay is
/// caught by deduplication.
///
/// # Errors
///
/// [`SignatureError::Mismatch`] for every other signature.
pub fn verify_body<'a>(
    webhook: Raw<'a>,
    signature: &str,
    secrets: &SecretSet,
) -> Result<Verified<'a>, SignatureError> {
    matches(signature, &[webhook.body()], secrets)?;
    Ok(Verified::new(webhook, Scheme::HexOfBody, Delivery::Body))
}

/// Verifies a webhook by a bare hex signature of `{timestamp}.{part}`, where `part` is one of `parts`.
///
/// # Errors
///
/// Any [`SignatureError`]. The signature is checked before the time, as in [`verify_timestamped`].
pub fn verify_part<'a>(
    webhook: Raw<'a>,
    (signature, timestamp): (&str, &str),
    parts: &[&[u8]],
    secrets: &SecretSet,
    now: i64,
) -> Result<Verified<'a>, SignatureError> {
    let timestamp = Timestamp::parse(timestamp)?;
    let over = |part: &&[u8]| matches(signature, &[timestamp.as_bytes(), b".", part], secrets);
    if !parts.iter().any(|part| over(part).is_ok()) {
        return Err(SignatureError::Mismatch);
    }
    timestamp.check(now)?;
    Ok(Verified::new(webhook, Scheme::HexOfPart, Delivery::Body))
}

/// Whether `signature` is that of `text` under one of the secrets, each taken whole as the key.
fn matches(signature: &str, text: &[&[u8]], secrets: &SecretSet) -> Result<(), SignatureError> {
    let candidate = decode(signature).ok_or(SignatureError::Mismatch)?;
    let signed = secrets.iter().map(Key::whole).any(|key| key.verifies(text, &[candidate]));
    if signed { Ok(()) } else { Err(SignatureError::Mismatch) }
}

/// Parses `t=…,v1=…`. A second `t` is refused, since it is unclear which of them was signed.
fn parse(header: &str) -> Result<Header<'_>, SignatureError> {
    if header.len() > MAX_HEADER_BYTES {
        return Err(SignatureError::Malformed);
    }
    let mut timestamp = None;
    let mut candidates = Vec::new();
    for part in header.split(',') {
        match part.trim_matches([' ', '\t']).split_once('=') {
            Some(("t", _)) if timestamp.is_some() => return Err(SignatureError::Malformed),
            Some(("t", value)) => timestamp = Some(Timestamp::parse(value)?),
            Some(("v1", value)) if candidates.len() < MAX_SIGNATURES => {
                candidates.extend(decode(value));
            }
            _ => {}
        }
    }
    Ok(Header { timestamp: timestamp.ok_or(SignatureError::Malformed)?, candidates })
}

/// 64 lower-case hex digits. One signature has one spelling, so upper case does not count.
fn decode(text: &str) -> Option<[u8; MAC_BYTES]> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let mut mac = [0; MAC_BYTES];
    hex::decode_to_slice(text, &mut mac).ok()?;
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::{decode, parse};
    use crate::signature::error::SignatureError::Malformed;

    #[test]
    fn a_signature_is_64_lower_case_hex_digits() {
        assert_eq!(decode(&"0f".repeat(32)), Some([0x0f; 32]));
        for bad in [
            String::new(),
            "0f".repeat(31),
            "0f".repeat(33),
            "0F".repeat(32),
            "0g".repeat(32),
            format!("{}0", "0f".repeat(31)),
            format!("{}é", "0f".repeat(31)),
            format!(" {}f", "0f".repeat(31)),
        ] {
            assert_eq!(decode(&bad), None, "{bad:?}");
        }
    }

    #[test]
    fn parts_are_read_in_any_order_with_white_space_between_them() {
        let mac = "0f".repeat(32);
        let header = format!(" v1={mac} ,\tt=12,  v1={mac},v0={mac},v1,=,,");
        let read = parse(&header).expect("a header");
        assert_eq!(read.timestamp.as_bytes(), b"12");
        assert_eq!(read.candidates, [[0x0f; 32]; 2]);
    }

    #[test]
    fn no_time_two_times_or_a_broken_time_cannot_be_read() {
        let mac = "0f".repeat(32);
        for bad in ["", "t", "t=", "t=1,t=1", "t=x", "t = 1", "T=1", "t=1=1"] {
            let header = format!("{bad},v1={mac}");
            assert_eq!(parse(&header).err(), Some(Malformed), "{header:?}");
        }
    }

    #[test]
    fn only_the_first_16_well_formed_signatures_are_kept() {
        let header = (0..40).fold("t=1,v1=bad".to_owned(), |header, n| {
            format!("{header},v1={}", format!("{n:02x}").repeat(32))
        });
        let read = parse(&header).expect("a header");
        assert_eq!(read.candidates.len(), 16);
        assert_eq!(read.candidates[15], [15; 32]);
    }

    #[test]
    fn a_header_of_4_kilobytes_is_read_and_a_longer_one_is_not() {
        let pad = |len: usize| format!("t=1,{}", "x".repeat(len - 4));
        assert!(parse(&pad(4096)).is_ok());
        assert_eq!(parse(&pad(4097)).err(), Some(Malformed));
    }
}
