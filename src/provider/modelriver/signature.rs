//! Verifies ModelRiver's webhooks.
//!
//! Its documentation describes two schemes, so both are accepted. The headers present decide which.

use super::data_field::bytes_of_data;
use crate::signature::hex_scheme::{verify_body, verify_part};
use crate::signature::{Raw, SecretSet, SignatureError, Verified};

/// The signature of the raw body.
const MR_SIGNATURE: &str = "mr-signature";
/// The signature of a time and the body's `data`.
const X_SIGNATURE: &str = "x-modelriver-signature";
/// Unix seconds.
const X_TIMESTAMP: &str = "x-modelriver-timestamp";

/// The headers that [`verify`] reads.
pub const HEADERS: [&str; 3] = [MR_SIGNATURE, X_SIGNATURE, X_TIMESTAMP];

/// Verifies a webhook at `now`, in Unix seconds. If both schemes' headers are present, one valid
/// signature is enough.
///
/// # Errors
///
/// Any [`SignatureError`]. A signature that does not match is always a `Mismatch`, whatever its time.
/// The work is bounded: three HMACs of the body per secret.
pub fn verify<'a>(
    webhook: Raw<'a>,
    secrets: &SecretSet,
    now: i64,
) -> Result<Verified<'a>, SignatureError> {
    let (of_body, of_data) = (webhook.header(MR_SIGNATURE), webhook.header(X_SIGNATURE));
    if let Some(signature) = of_body {
        match verify_body(webhook, signature, secrets) {
            Err(error) if of_data.is_none() => return Err(error),
            Err(_) => {}
            verified => return verified,
        }
    }
    let header = "mr-signature or x-modelriver-signature";
    let signature = of_data.ok_or(SignatureError::Missing { header })?;
    let header = X_TIMESTAMP;
    let timestamp = webhook.header(header).ok_or(SignatureError::Missing { header })?;
    over_data(webhook, (signature, timestamp), secrets, now)
}

/// The signed text is `{timestamp}.{data}` with the exact bytes of the body's `data`, or
/// `{timestamp}.{body}`. The latter is for bodies without `data`, but some senders use it for any body.
/// With the former, the fields beside `data` are not signed.
fn over_data<'a>(
    webhook: Raw<'a>,
    signed: (&str, &str),
    secrets: &SecretSet,
    now: i64,
) -> Result<Verified<'a>, SignatureError> {
    let body = webhook.body();
    match bytes_of_data(body) {
        Some(Some(data)) => verify_part(webhook, signed, &[data, body], secrets, now),
        Some(None) => verify_part(webhook, signed, &[body], secrets, now),
        None => verify_part(webhook, signed, &[], secrets, now),
    }
}
