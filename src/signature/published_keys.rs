//! Ed25519 signatures that are verified with keys which the signer publishes.
//!
//! Fetching keys takes time, and so does the runtime's Web Crypto. So a scheme only reads what is signed: a
//! [`Claimed`] webhook becomes a [`Verified`] one with the [`Keys`] of somebody else.

use crate::signature::SignatureError;
use crate::signature::timestamp::Timestamp;
use crate::signature::verified::{Delivery, Raw, Scheme, Verified};

/// Bytes of a signature.
pub const SIGNATURE_BYTES: usize = 64;

/// The keys that a signer publishes.
#[expect(async_fn_in_trait, reason = "a Worker has one thread: nothing needs these to be Send")]
pub trait Keys {
    /// Whether one of the keys has signed `text`.
    async fn verifies(&self, text: &[u8], signature: &[u8; SIGNATURE_BYTES]) -> bool;
}

/// A webhook with the signature that it claims to have.
#[derive(Debug, Clone)]
pub struct Claimed<'a> {
    webhook: Raw<'a>,
    /// The text that is signed.
    text: Vec<u8>,
    signature: [u8; SIGNATURE_BYTES],
    time: Timestamp<'a>,
    delivery: &'a str,
}

impl<'a> Claimed<'a> {
    /// `signature` is lower-case hex: one signature has one spelling. `time` is in Unix seconds, and part of
    /// `text`; `delivery` is what a retry repeats.
    ///
    /// # Errors
    ///
    /// `Malformed`.
    pub fn new(
        webhook: Raw<'a>,
        text: Vec<u8>,
        signature: &str,
        time: &'a str,
        delivery: &'a str,
    ) -> Result<Self, SignatureError> {
        let time = Timestamp::parse(time)?;
        let mut bytes = [0; SIGNATURE_BYTES];
        let is_read = hex::decode_to_slice(signature, &mut bytes).is_ok();
        if !is_read || signature.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(SignatureError::Malformed);
        }
        if !super::is_delivery_id(delivery) {
            return Err(SignatureError::Malformed);
        }
        Ok(Self { webhook, text, signature: bytes, time, delivery })
    }

    /// Verifies the claim at `now`, in Unix seconds.
    ///
    /// # Errors
    ///
    /// As for any scheme, the signature is checked first and the time second.
    pub async fn verify(self, keys: &impl Keys, now: i64) -> Result<Verified<'a>, SignatureError> {
        if !keys.verifies(&self.text, &self.signature).await {
            return Err(SignatureError::Mismatch);
        }
        self.time.check(now)?;
        let delivery = Delivery::Id(self.delivery.to_owned());
        Ok(Verified::new(self.webhook, Scheme::PublishedKey, delivery))
    }
}
