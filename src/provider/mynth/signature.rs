//! Verifies Mynth's webhooks.
//!
//! Mynth has used two schemes, and both are accepted. The headers present decide which, never the
//! secret's prefix or the configuration.

use crate::signature::standard_webhooks::{self, SIGNATURE};
use crate::signature::{Raw, SecretSet, SignatureError, Verified, hex_scheme};

/// The older scheme, used if there is no `webhook-signature`.
const X_SIGNATURE: &str = "x-mynth-signature";
const X_DELIVERY: &str = "x-mynth-delivery";

/// The headers that [`verify`] reads.
pub const HEADERS: [&str; 5] = [
    standard_webhooks::HEADERS[0],
    standard_webhooks::HEADERS[1],
    standard_webhooks::HEADERS[2],
    X_SIGNATURE,
    X_DELIVERY,
];

/// Verifies a webhook at `now`, in Unix seconds.
///
/// # Errors
///
/// Any [`SignatureError`]. A signature that does not match is always a `Mismatch`, whatever its time:
/// only a sender who can sign learns that a request is stale. The work is bounded: one HMAC of the
/// body per secret.
pub fn verify<'a>(
    webhook: Raw<'a>,
    secrets: &SecretSet,
    now: i64,
) -> Result<Verified<'a>, SignatureError> {
    if webhook.header(SIGNATURE).is_some() {
        return standard_webhooks::verify(webhook, secrets, now);
    }
    let header = "webhook-signature or x-mynth-signature";
    let signature = webhook.header(X_SIGNATURE).ok_or(SignatureError::Missing { header })?;
    let id = webhook.header(X_DELIVERY);
    hex_scheme::verify_timestamped(webhook, signature, id, secrets, now)
}
