//! HMAC-SHA256: the one place that computes it and the one place that compares it.
//!
//! It must not know a header, a scheme or an encoding.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::signature::secret::Secret;

/// Bytes of an HMAC-SHA256.
pub(super) const MAC_BYTES: usize = 32;

/// A key that is not empty. HMAC itself accepts an empty key, and then anyone could sign.
#[derive(Clone)]
pub(super) struct Key(Hmac<Sha256>);

impl Key {
    /// `None` for an empty key.
    pub(super) fn new(bytes: &[u8]) -> Option<Self> {
        (!bytes.is_empty()).then(|| Self::from_bytes(bytes))
    }

    /// The whole text of a secret, which is never empty.
    pub(super) fn whole(secret: &Secret) -> Self {
        Self::from_bytes(secret.expose().as_bytes())
    }

    fn from_bytes(bytes: &[u8]) -> Self {
        Self(Hmac::new_from_slice(bytes).expect("HMAC takes a key of any length"))
    }

    /// The MAC of the parts, one after the other.
    pub(super) fn sign(&self, parts: &[&[u8]]) -> [u8; MAC_BYTES] {
        self.absorb(parts).finalize().into_bytes().into()
    }

    /// Whether one of `candidates` is the MAC of the parts. The parts are hashed once, however many
    /// candidates there are, and not at all without any. Each is compared in constant time.
    pub(super) fn verifies(&self, parts: &[&[u8]], candidates: &[[u8; MAC_BYTES]]) -> bool {
        if candidates.is_empty() {
            return false;
        }
        let absorbed = self.absorb(parts);
        candidates.iter().any(|candidate| absorbed.clone().verify_slice(candidate).is_ok())
    }

    fn absorb(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(part);
        }
        mac
    }
}

impl Secret {
    /// Whether `given` is this secret. Compared in constant time, whatever their lengths.
    pub fn is(&self, given: &str) -> bool {
        let key = Key::from_bytes(b"taskwire secret v1");
        let expected = key.sign(&[self.expose().as_bytes()]);
        key.verifies(&[given.as_bytes()], &[expected])
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn an_empty_key_does_not_exist() {
        assert!(Key::new(b"").is_none());
    }

    #[test]
    fn a_key_is_never_printed() {
        let key = Key::new(b"Jefe").expect("a key");
        assert_eq!(format!("{key:?} {key:#?}"), "Key(redacted) Key(redacted)");
    }

    #[test]
    fn rfc_4231_case_2_gives_its_known_answer() {
        let key = Key::new(b"Jefe").expect("a key");
        let mac = key.sign(&[b"what do ya want ", b"for nothing?"]);
        assert_eq!(
            hex::encode(mac),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert!(key.verifies(&[b"what do ya want for nothing?"], &[[0; 32], mac]));
        assert!(!key.verifies(&[b"what do ya want for nothing?"], &[[0; 32]]));
        assert!(!key.verifies(&[b"what do ya want for nothing?"], &[]));
    }
}
