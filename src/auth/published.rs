//! The keys that a provider signs its webhooks with, and publishes: they are cached as an issuer's are.

use crate::auth::algorithm::Algorithm;
use crate::auth::issuer::{Issuer, KeySource};
use crate::auth::jwks::{Denied, IssuersKey, keys_for};
use crate::auth::verify::verifies;
use crate::error::ApiError;
use crate::signature::{Keys, SIGNATURE_BYTES};

/// The Ed25519 keys of a set.
pub struct PublishedKeys(Vec<IssuersKey>);

impl PublishedKeys {
    /// The keys at `url`, fetched once and kept for a day at most.
    ///
    /// # Errors
    ///
    /// `unavailable`: there are none, and they cannot be fetched.
    pub async fn at(url: String) -> Result<Self, ApiError> {
        let keys = KeySource::Url(url.clone());
        // The address is its name in the cache: no issuer is called so.
        let issuer = Issuer { issuer: url, keys, ..Issuer::default() };
        match keys_for(&issuer, Algorithm::Ed25519, None).await {
            Ok(keys) => Ok(Self(keys)),
            Err(Denied::NoKeys | Denied::Refused(_)) => Err(ApiError::unavailable()),
        }
    }
}

impl Keys for PublishedKeys {
    async fn verifies(&self, text: &[u8], signature: &[u8; SIGNATURE_BYTES]) -> bool {
        for key in &self.0 {
            if verifies(key, Algorithm::Ed25519, signature, text).await.unwrap_or(false) {
                return true;
            }
        }
        false
    }
}
