//! Signatures: those of incoming webhooks, and those of the live tickets and tokens that we issue.
//!
//! Everything here is pure: bytes, secrets and the time go in, a result comes out. It must not know
//! the runtime, a clock, the environment, or what a webhook's body means.
//!
//! - [`standard_webhooks`] and [`hex_scheme`] are the schemes that providers share. They take a [`Raw`]
//!   webhook and answer with a [`Verified`], which nothing else can make. Which of them a provider uses
//!   is in the provider's folder.
//! - [`Claimed`] is for signatures that are verified with published keys, which are fetched elsewhere.
//! - [`TicketKey`] signs and verifies a [`Ticket`]: one user may watch one thing for an hour.
//! - [`WebhookTokenKey`] does the same for the address of a webhook that is not signed.
//! - [`Secret`] and [`SecretSet`] are never empty and never printed.
//! - `mac` holds the only HMAC and the only comparison; `timestamp` the only tolerance.

mod error;
pub mod hex_scheme;
mod mac;
mod published_keys;
mod seal;
mod secret;
pub mod standard_webhooks;
mod ticket;
mod timestamp;
mod verified;
mod webhook_token;

pub use error::SignatureError;
pub use published_keys::{Claimed, Keys, SIGNATURE_BYTES};
pub use seal::MAX_SEAL_BYTES;
pub use secret::{MAX_SECRETS, Secret, SecretSet};
pub use ticket::{Scope, TICKET_LIFETIME_MS, Ticket, TicketError, TicketKey};
pub use timestamp::TOLERANCE_SECONDS;
pub use verified::{Raw, Scheme, Verified};
pub use webhook_token::{Intent, WebhookTokenKey, claimed_key};

use sha2::{Digest, Sha256};

/// Longest signature header that is read, in bytes: room for more than [`MAX_SIGNATURES`].
const MAX_HEADER_BYTES: usize = 4096;

/// Most well-formed signatures of one header that are compared. A rotation needs two.
const MAX_SIGNATURES: usize = 16;

/// Longest delivery id that is taken, in bytes. The ids in use are about 30.
const MAX_ID_BYTES: usize = 256;

/// Whether `text` can serve as a delivery id: a few visible ASCII characters, no spaces.
fn is_delivery_id(text: &str) -> bool {
    (1..=MAX_ID_BYTES).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The key of a delivery without an id: a hash of its body, which a retry repeats.
fn body_delivery(prefix: &str, body: &[u8]) -> String {
    format!("{prefix}:{}", hex::encode(Sha256::digest(body)))
}

/// The value of a required header.
fn required<'a>(webhook: &Raw<'a>, header: &'static str) -> Result<&'a str, SignatureError> {
    webhook.header(header).ok_or(SignatureError::Missing { header })
}

#[cfg(test)]
mod tests {
    use super::is_delivery_id;

    #[test]
    fn a_delivery_id_is_one_to_256_visible_ascii_characters() {
        assert!(is_delivery_id("e"));
        assert!(is_delivery_id(&"e".repeat(256)));
        assert!(!is_delivery_id(""));
        assert!(!is_delivery_id(&"e".repeat(257)));
        for bad in ["a b", "a\tb", "a\nb", "a\u{7f}", "é", "\0"] {
            assert!(!is_delivery_id(bad), "{bad:?}");
        }
    }
}
