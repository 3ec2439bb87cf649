//! Why a signature was refused, in words that may be sent to whoever called.
//!
//! It must not know the secret, the expected signature or our clock: nothing here can leak them.

use std::error::Error;
use std::fmt;

/// A webhook that was not signed by the provider, or not recently. Every one of these is a 401.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureError {
    /// A header that carries the signature, or a part of what is signed, is not there.
    Missing { header: &'static str },
    /// A header cannot be read: too long, not a timestamp, or not an id.
    Malformed,
    /// No signature of the header matches. Some may not even be well-formed.
    Mismatch,
    /// Correctly signed, but longer ago than the tolerance.
    Stale,
    /// Correctly signed, but with a time further ahead than the tolerance.
    Future,
}

impl SignatureError {
    /// The stable, lower_snake name of the reason.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing { .. } => "signature_missing",
            Self::Malformed => "signature_malformed",
            Self::Mismatch => "signature_mismatch",
            Self::Stale => "signature_stale",
            Self::Future => "signature_in_future",
        }
    }
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { header } => write!(f, "missing header: {header}"),
            Self::Malformed => f.write_str("the signature headers cannot be read"),
            Self::Mismatch => f.write_str("no signature matches"),
            Self::Stale => f.write_str("the signature is too old"),
            Self::Future => f.write_str("the signature is dated in the future"),
        }
    }
}

impl Error for SignatureError {}

#[cfg(test)]
mod tests {
    use super::SignatureError::{Future, Malformed, Mismatch, Missing, Stale};

    #[test]
    fn each_reason_has_its_stable_name_and_a_sentence() {
        for (reason, code, said) in [
            (Missing { header: "x" }, "signature_missing", "missing header: x"),
            (Malformed, "signature_malformed", "the signature headers cannot be read"),
            (Mismatch, "signature_mismatch", "no signature matches"),
            (Stale, "signature_stale", "the signature is too old"),
            (Future, "signature_in_future", "the signature is dated in the future"),
        ] {
            assert_eq!((reason.code(), reason.to_string().as_str()), (code, said));
        }
    }
}
