//! Reads the signature of fal's webhooks: Ed25519, of three headers and the hash of the body.

use crate::signature::{Claimed, Raw, SignatureError};
use sha2::{Digest, Sha256};

pub const REQUEST_ID: &str = "x-fal-webhook-request-id";
const USER_ID: &str = "x-fal-webhook-user-id";
const TIMESTAMP: &str = "x-fal-webhook-timestamp";
const SIGNATURE: &str = "x-fal-webhook-signature";

/// The headers that [`claim`] reads.
pub const HEADERS: [&str; 4] = [REQUEST_ID, USER_ID, TIMESTAMP, SIGNATURE];

/// The webhook with what its signature claims. A retry has the same request id.
///
/// # Errors
///
/// A header is missing or cannot be read.
pub fn claim(webhook: Raw<'_>) -> Result<Claimed<'_>, SignatureError> {
    let header = |header| webhook.header(header).ok_or(SignatureError::Missing { header });
    let signature = header(SIGNATURE)?;
    let [id, user, time] = [header(REQUEST_ID)?, header(USER_ID)?, header(TIMESTAMP)?];
    let hash = hex::encode(Sha256::digest(webhook.body()));
    let text = [id, user, time, &hash].join("\n").into_bytes();
    Claimed::new(webhook, text, signature, time, id)
}
