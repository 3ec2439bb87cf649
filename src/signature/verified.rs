//! Proof that a webhook was signed by its provider.
//!
//! It must not know how that was found out: only the siblings that verify can make one.

/// The signature scheme that a webhook was verified with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// `X-Mynth-Signature: t=…,v1=<hex>`.
    MynthHex,
    /// `webhook-id`, `webhook-timestamp`, `webhook-signature`.
    StandardWebhooks,
    /// `mr-signature`: ModelRiver's, of the whole body.
    ModelRiverBody,
    /// `X-ModelRiver-Signature`: ModelRiver's, of a time and of the body's `data`. What stands beside
    /// `data` was not signed.
    ModelRiverData,
}

/// A webhook whose signature and time were found good. It cannot be made outside of this module's
/// verifiers, so to ask for one is to ask for a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    scheme: Scheme,
    delivery: String,
}

impl Verified {
    pub(super) fn new(scheme: Scheme, delivery: String) -> Self {
        Self { scheme, delivery }
    }

    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The key to deduplicate by, the same on every retry: at most 256 visible ASCII characters.
    pub fn delivery(&self) -> &str {
        &self.delivery
    }

    pub fn into_delivery(self) -> String {
        self.delivery
    }
}
