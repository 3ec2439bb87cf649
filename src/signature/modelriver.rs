//! Whether a webhook is ModelRiver's: its two schemes, and which of them a request is signed in.
//!
//! Both are in its own material, so both must verify; the headers that are there decide. It must
//! not know what the body means.

use crate::signature::data_field::bytes_of_data;
use crate::signature::error::SignatureError;
use crate::signature::hex_scheme::decode;
use crate::signature::mac::Key;
use crate::signature::secret::SecretSet;
use crate::signature::timestamp::Timestamp;
use crate::signature::verified::{Scheme, Verified};
use crate::signature::{body_delivery, required};

/// The headers that say who sent a webhook, as they came; `None` where there is none.
#[derive(Clone, Copy, Default)]
pub struct ModelRiverHeaders<'a> {
    /// `mr-signature`: of the raw body.
    pub mr_signature: Option<&'a str>,
    /// `X-ModelRiver-Signature`: of a time and the body's `data`.
    pub x_signature: Option<&'a str>,
    /// `X-ModelRiver-Timestamp`: Unix seconds.
    pub x_timestamp: Option<&'a str>,
}

/// Verifies `body`, the raw bytes as received, at `now` in Unix seconds.
///
/// With the headers of both schemes either good signature is enough. A signature that does not match
/// is always [`SignatureError::Mismatch`], whatever its time. The work is bounded: three HMACs of the
/// body per secret.
pub fn verify_modelriver(
    headers: &ModelRiverHeaders<'_>,
    body: &[u8],
    secrets: &SecretSet,
    now: i64,
) -> Result<Verified, SignatureError> {
    let scheme = match (headers.mr_signature, headers.x_signature) {
        (Some(signature), _) if over_body(signature, body, secrets).is_ok() => {
            Scheme::ModelRiverBody
        }
        (Some(_), None) => return Err(SignatureError::Mismatch),
        (_, signature) => {
            let signature = required(signature, "mr-signature or x-modelriver-signature")?;
            let timestamp = required(headers.x_timestamp, "x-modelriver-timestamp")?;
            over_data(timestamp, signature, body, secrets, now)?;
            Scheme::ModelRiverData
        }
    };
    Ok(Verified::new(scheme, body_delivery(body)))
}

/// The text is the raw body. No time is signed: a replay is found as a duplicate.
fn over_body(signature: &str, body: &[u8], secrets: &SecretSet) -> Result<(), SignatureError> {
    matches(signature, &[body], secrets)
}

/// The text is `{timestamp}.{data}`, with the body's `data` to the letter, or `{timestamp}.{body}`: so
/// where it has none, and some sign the body where it has. With the former what stands beside `data`
/// is not signed: see [`Scheme::ModelRiverData`].
///
/// Checks the signature first and the time second (see [`Timestamp::check`]).
fn over_data(
    timestamp: &str,
    signature: &str,
    body: &[u8],
    secrets: &SecretSet,
    now: i64,
) -> Result<(), SignatureError> {
    let timestamp = Timestamp::parse(timestamp)?;
    let data = bytes_of_data(body).ok_or(SignatureError::Mismatch)?;
    let over = |text| matches(signature, &[timestamp.as_bytes(), b".", text], secrets);
    over(data.unwrap_or(body)).or_else(|_| over(body))?;
    timestamp.check(now)
}

/// The key is the whole secret; the header is the signature and nothing else.
fn matches(signature: &str, text: &[&[u8]], secrets: &SecretSet) -> Result<(), SignatureError> {
    let candidate = decode(signature).ok_or(SignatureError::Mismatch)?;
    let signed = secrets.iter().map(Key::whole).any(|key| key.verifies(text, &[candidate]));
    if signed { Ok(()) } else { Err(SignatureError::Mismatch) }
}
