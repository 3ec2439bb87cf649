//! What a key is known to have signed. Pure.
//!
//! A client sends the same token for an hour, and whether a key has signed it never changes: to ask Web Crypto each
//! time would be the dearest part of a read. What the token says is checked each time, its end above all.

use sha2::{Digest, Sha256};

/// Tokens that are known, of one key: 32 KB. Another that falls into the same slot takes its place.
const SLOTS: usize = 1024;

/// SHA-256 of a token. Its first bytes are the slot.
type Hash = [u8; 32];

/// The tokens that one key has signed, as far as they are remembered. They live as long as the key is in use.
#[derive(Debug, Default)]
pub struct Verified {
    /// Empty until there is one.
    slots: Vec<Option<Hash>>,
}

/// A token, by its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint(Hash);

impl Fingerprint {
    /// Of a signed text, which is base64url with one dot, and of its signature: no other pair has the same hash.
    pub fn new(signed: &str, signature: &[u8]) -> Self {
        let hash = Sha256::new().chain_update(signed).chain_update(b".").chain_update(signature);
        Self(hash.finalize().into())
    }

    fn slot(self) -> usize {
        usize::from(u16::from_le_bytes([self.0[0], self.0[1]])) % SLOTS
    }
}

impl Verified {
    /// Whether the key has signed this token.
    pub fn has(&self, token: Fingerprint) -> bool {
        self.slots.get(token.slot()) == Some(&Some(token.0))
    }

    /// Records that the key has signed this token.
    pub fn add(&mut self, token: Fingerprint) {
        self.slots.resize(SLOTS, None);
        self.slots[token.slot()] = Some(token.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_once_it_was_added() {
        let mut verified = Verified::default();
        let token = Fingerprint::new("e30.e30", b"sig");
        assert!(!verified.has(token));
        verified.add(token);
        assert!(verified.has(token));
    }

    #[test]
    fn a_token_with_one_other_bit_is_another() {
        let (text, signature) = (b"e30.eyJzdWIiOiJhZGEifQ".to_vec(), vec![7; 64]);
        let of = |text: &[u8], signature: &[u8]| {
            Fingerprint::new(std::str::from_utf8(text).unwrap_or("?"), signature)
        };
        let mut verified = Verified::default();
        verified.add(of(&text, &signature));
        for bit in 0..text.len() * 8 {
            let mut other = text.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            assert!(!verified.has(of(&other, &signature)));
        }
        for bit in 0..signature.len() * 8 {
            let mut other = signature.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            assert!(!verified.has(of(&text, &other)));
        }
        assert!(!verified.has(of(&text, b"")));
        assert!(!verified.has(Fingerprint::new("e30", b"eyJzdWIiOiJhZGEifQ.\x07")));
    }

    #[test]
    fn however_many_there_are_no_more_than_the_slots_are_kept() {
        let mut verified = Verified::default();
        let token = |i: usize| Fingerprint::new(&i.to_string(), b"");
        for i in 0..10 * SLOTS {
            verified.add(token(i));
            assert!(verified.has(token(i)));
        }
        assert_eq!(verified.slots.len(), SLOTS);
        assert!((0..10 * SLOTS).filter(|i| verified.has(token(*i))).count() <= SLOTS);
    }
}
