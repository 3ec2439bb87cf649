//! Live tickets authorize a WebSocket, on which a browser cannot set headers. A ticket is for one user
//! and one scope.
//!
//! This must not know a clock, or which scope a route needs.

use std::error::Error;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::signature::seal::{Broken, SealKeys, seal, unseal};
use crate::signature::secret::SecretSet;

/// How long a ticket is valid, in milliseconds: an hour. A page that lives longer gets a new one.
pub const TICKET_LIFETIME_MS: i64 = 3_600_000;

const PURPOSE: &[u8] = b"taskwire ticket v1\n";

/// What a ticket lets its user watch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Scope {
    /// One task, by its task id.
    Task(String),
    /// The same, for somebody else to look at: less of it is shown.
    Shared(String),
    /// The tasks of one batch, by its batch id.
    Batch(String),
    /// What arrives on one channel, by its channel id.
    Channel(String),
    /// All tasks of the user.
    Tasks,
    /// The content feed.
    Content,
}

/// The content of a ticket. Only [`TicketKey::verify`] proves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ticket {
    pub user: String,
    pub scope: Scope,
    /// Unix milliseconds. From then on the ticket is expired.
    pub expires_at: i64,
}

/// Why a ticket was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketError {
    /// Not the shape of a ticket, or too long.
    Malformed,
    /// The shape of a ticket, but changed or signed by someone else.
    Mismatch,
    /// Valid once, now expired.
    Expired,
}

impl fmt::Display for TicketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the ticket cannot be read",
            Self::Mismatch => "the ticket is not valid",
            Self::Expired => "the ticket has expired",
        })
    }
}

impl Error for TicketError {}

/// Signs tickets and verifies them.
#[derive(Debug, Clone)]
pub struct TicketKey(SealKeys);

impl TicketKey {
    /// The first of the secrets signs, and each of them verifies.
    pub fn new(secrets: &SecretSet) -> Self {
        Self(SealKeys::new(secrets))
    }

    /// The ticket as text.
    pub fn sign(&self, ticket: &Ticket) -> String {
        seal(&self.0, PURPOSE, ticket)
    }

    /// Verifies a ticket at `now_ms`, in Unix milliseconds. The caller has to check the scope.
    ///
    /// # Errors
    ///
    /// The text is not a ticket, is not signed by this key, or has expired.
    pub fn verify(&self, ticket: &str, now_ms: i64) -> Result<Ticket, TicketError> {
        let ticket: Ticket = unseal(&self.0, PURPOSE, ticket).map_err(|broken| match broken {
            Broken::Malformed => TicketError::Malformed,
            Broken::Mismatch => TicketError::Mismatch,
        })?;
        if now_ms >= ticket.expires_at {
            return Err(TicketError::Expired);
        }
        Ok(ticket)
    }
}

#[cfg(test)]
mod tests {
    use super::{PURPOSE, Scope, Ticket, TicketError, TicketKey};
    use crate::signature::mac::Key;
    use crate::signature::secret::{Secret, SecretSet};
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    fn key() -> TicketKey {
        TicketKey::new(&Secret::new("token secret".to_owned()).expect("a secret").into())
    }

    /// A ticket with any payload, rightly signed.
    fn signed(payload: &str) -> String {
        let key = Key::new(b"token secret").expect("a key");
        let mac = key.sign(&[PURPOSE, payload.as_bytes()]);
        format!("v1.{payload}.{}", URL_SAFE_NO_PAD.encode(mac))
    }

    #[test]
    fn the_payload_of_every_scope_is_this_json() {
        let pinned = [
            (
                Scope::Task("tsk_1".to_owned()),
                r#"{"user":"u","scope":{"kind":"task","id":"tsk_1"},"expiresAt":5}"#,
            ),
            (
                Scope::Shared("tsk_1".to_owned()),
                r#"{"user":"u","scope":{"kind":"shared","id":"tsk_1"},"expiresAt":5}"#,
            ),
            (
                Scope::Batch("b1".to_owned()),
                r#"{"user":"u","scope":{"kind":"batch","id":"b1"},"expiresAt":5}"#,
            ),
            (
                Scope::Channel("c1".to_owned()),
                r#"{"user":"u","scope":{"kind":"channel","id":"c1"},"expiresAt":5}"#,
            ),
            (Scope::Tasks, r#"{"user":"u","scope":{"kind":"tasks"},"expiresAt":5}"#),
            (Scope::Content, r#"{"user":"u","scope":{"kind":"content"},"expiresAt":5}"#),
        ];
        for (scope, json) in pinned {
            let ticket = Ticket { user: "u".to_owned(), scope, expires_at: 5 };
            assert_eq!(key().sign(&ticket), signed(&URL_SAFE_NO_PAD.encode(json)), "{json}");
            assert_eq!(key().verify(&key().sign(&ticket), 4), Ok(ticket));
        }
    }

    #[test]
    fn a_signed_payload_that_is_no_ticket_is_malformed() {
        for json in ["", "{}", "null", r#"{"user":"u","scope":{"kind":"all"},"expiresAt":5}"#] {
            let ticket = signed(&URL_SAFE_NO_PAD.encode(json));
            assert_eq!(key().verify(&ticket, 0), Err(TicketError::Malformed), "{json}");
        }
        assert_eq!(key().verify(&signed("!"), 0), Err(TicketError::Malformed));
    }

    #[test]
    fn the_first_secret_signs_and_each_verifies_until_it_is_gone() {
        let key = |list| TicketKey::new(&SecretSet::parse(list).expect("secrets"));
        let ticket = Ticket { user: "u".to_owned(), scope: Scope::Tasks, expires_at: 5 };
        let old = key("old").sign(&ticket);
        assert_eq!(key("new,old").sign(&ticket), key("new").sign(&ticket));
        assert_eq!(key("new,old").verify(&old, 4), Ok(ticket.clone()));
        assert_eq!(key("new,old").verify(&key("new").sign(&ticket), 4), Ok(ticket));
        assert_eq!(key("new").verify(&old, 4), Err(TicketError::Mismatch));
    }

    #[test]
    fn a_mac_over_the_payload_alone_is_not_a_ticket() {
        let payload =
            URL_SAFE_NO_PAD.encode(r#"{"user":"u","scope":{"kind":"tasks"},"expiresAt":5}"#);
        let mac = Key::new(b"token secret").expect("a key").sign(&[payload.as_bytes()]);
        let ticket = format!("v1.{payload}.{}", URL_SAFE_NO_PAD.encode(mac));
        assert_eq!(key().verify(&ticket, 0), Err(TicketError::Mismatch));
    }
}
