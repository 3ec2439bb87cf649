//! Whether a webhook is Mynth's: chooses the scheme and names the delivery.
//!
//! Mynth has signed in two ways and both must verify. The headers that are there decide, never
//! the secret's prefix and never configuration. It must not know what the body means.

use crate::signature::error::SignatureError;
use crate::signature::secret::SecretSet;
use crate::signature::verified::{Scheme, Verified};
use crate::signature::{body_delivery, hex_scheme, is_delivery_id, required, standard_webhooks};

/// The headers that say who sent a webhook, as they came; `None` where there is none.
#[derive(Clone, Copy, Default)]
pub struct SignedHeaders<'a> {
    /// `webhook-id`: covered by the signature.
    pub webhook_id: Option<&'a str>,
    /// `webhook-timestamp`: Unix seconds.
    pub webhook_timestamp: Option<&'a str>,
    /// `webhook-signature`: its presence chooses Standard Webhooks.
    pub webhook_signature: Option<&'a str>,
    /// `X-Mynth-Signature`: looked at when there is no `webhook-signature`.
    pub x_mynth_signature: Option<&'a str>,
    /// `X-Mynth-Delivery`: not covered by the signature, so it only ever serves to deduplicate.
    pub x_mynth_delivery: Option<&'a str>,
}

/// Verifies `body`, the raw bytes as received, at `now` in Unix seconds.
///
/// A signature that does not match is always [`SignatureError::Mismatch`], whatever its time: only who
/// can sign is told that a request is stale. The work is bounded: one HMAC of the body per secret.
pub fn verify_mynth(
    headers: &SignedHeaders<'_>,
    body: &[u8],
    secrets: &SecretSet,
    now: i64,
) -> Result<Verified, SignatureError> {
    if let Some(signatures) = headers.webhook_signature {
        let id = required(headers.webhook_id, "webhook-id")?;
        let timestamp = required(headers.webhook_timestamp, "webhook-timestamp")?;
        standard_webhooks::verify(id, timestamp, signatures, body, secrets, now)?;
        return Ok(Verified::new(Scheme::StandardWebhooks, id.to_owned()));
    }
    let signature = required(headers.x_mynth_signature, "webhook-signature or x-mynth-signature")?;
    hex_scheme::verify(signature, body, secrets, now)?;
    Ok(Verified::new(Scheme::MynthHex, hex_delivery(headers.x_mynth_delivery, body)))
}

/// The oldest webhooks name no delivery: their body, which a retry repeats, stands in.
fn hex_delivery(header: Option<&str>, body: &[u8]) -> String {
    match header.filter(|id| is_delivery_id(id)) {
        Some(id) => id.to_owned(),
        None => body_delivery(body),
    }
}
