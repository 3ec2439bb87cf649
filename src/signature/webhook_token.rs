//! Tokens in the URL of a webhook that is not signed. A token binds it to one start of ours.
//!
//! The token goes to the provider with the start and comes back in the path. Whoever has it can
//! report on that one task only.

use serde::{Deserialize, Serialize};

use crate::domain::id::TaskKey;
use crate::domain::time::{HOUR, Millis};
use crate::signature::seal::{SealKeys, claimed, seal, unseal};
use crate::signature::secret::SecretSet;
use crate::signature::verified::{Delivery, Raw, Scheme, Verified};

const PURPOSE: &[u8] = b"taskwire webhook v1\n";

/// How long a token is good: three hours for the longest task, and the 72 h in which a provider repeats
/// its webhook.
pub const TOKEN_LIFETIME: Millis = 75 * HOUR;

/// The start that a webhook belongs to: our own key of the task, and its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    pub user: String,
    pub key: TaskKey,
}

#[derive(Debug, Clone)]
pub struct WebhookTokenKey(SealKeys);

impl WebhookTokenKey {
    /// The first of the secrets signs, and each of them verifies.
    pub fn new(secrets: &SecretSet) -> Self {
        Self(SealKeys::new(secrets))
    }

    pub fn sign(&self, intent: &Intent) -> String {
        seal(&self.0, PURPOSE, intent)
    }

    /// The start that `token` was made for. `None` if this key did not sign it, or it is over.
    pub fn verify(&self, token: &str, now: Millis) -> Option<Intent> {
        let intent: Intent = unseal(&self.0, PURPOSE, token).ok()?;
        (now < intent.key.created_at()? + TOKEN_LIFETIME).then_some(intent)
    }

    /// Accepts an unsigned webhook by the token in its URL. The caller must check that it reports on the
    /// start that the token was made for.
    pub fn accept<'a>(
        &self,
        token: &str,
        webhook: Raw<'a>,
        now: Millis,
    ) -> Option<(Intent, Verified<'a>)> {
        let intent = self.verify(token, now)?;
        Some((intent, Verified::new(webhook, Scheme::PathToken, Delivery::TokenBody)))
    }
}

/// The key in the token at the end of a webhook's URL, for a provider that tells such a URL of each of its
/// tasks. It is not verified: whoever could make one up has our account at the provider.
pub fn claimed_key(url: &str) -> Option<TaskKey> {
    let token = url.rsplit('/').next()?;
    claimed::<Intent>(token).map(|intent| intent.key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::{Scope, Ticket, TicketKey};

    const NOW: Millis = 1_795_168_800_000;

    fn secret(text: &str) -> SecretSet {
        SecretSet::parse(text).unwrap()
    }

    fn intent() -> Intent {
        Intent { user: "ada".into(), key: TaskKey::new(NOW, [7; 12]) }
    }

    #[test]
    fn a_token_is_good_until_no_webhook_of_its_task_can_come_any_more() {
        let key = WebhookTokenKey::new(&secret("one"));
        let token = key.sign(&intent());
        assert_eq!(TOKEN_LIFETIME, 270_000_000);
        assert_eq!(key.verify(&token, NOW + TOKEN_LIFETIME - 1), Some(intent()));
        assert_eq!(key.verify(&token, NOW + TOKEN_LIFETIME), None);
        assert!(key.accept(&token, Raw::new(b"", &[]), NOW + TOKEN_LIFETIME).is_none());
    }

    #[test]
    fn a_token_of_the_former_secret_is_good_while_that_is_listed() {
        let token = WebhookTokenKey::new(&secret("old")).sign(&intent());
        let key = |list| WebhookTokenKey::new(&secret(list));
        assert_eq!(key("new old").verify(&token, NOW), Some(intent()));
        assert_eq!(key("new").verify(&token, NOW), None);
        assert_eq!(key("new old").sign(&intent()), key("new").sign(&intent()));
    }

    #[test]
    fn the_key_is_read_from_a_url_that_a_provider_repeats() {
        let token = WebhookTokenKey::new(&secret("one")).sign(&intent());
        let url = format!("https://a.example/webhooks/p/{token}");
        assert_eq!(claimed_key(&url), Some(intent().key));
        for none in ["", "https://a.example/hook", "https://a.example/v1.e30.AA", "v1.\u{e9}.x"] {
            assert_eq!(claimed_key(none), None, "{none}");
        }
    }

    #[test]
    fn a_token_names_its_start_and_is_good_under_its_own_key_alone() {
        let token = WebhookTokenKey::new(&secret("one")).sign(&intent());
        assert_eq!(WebhookTokenKey::new(&secret("one")).verify(&token, NOW), Some(intent()));
        assert_eq!(WebhookTokenKey::new(&secret("two")).verify(&token, NOW), None);
    }

    #[test]
    fn every_one_bit_change_of_a_token_is_refused() {
        let key = WebhookTokenKey::new(&secret("one"));
        let token = key.sign(&intent());
        for i in 0..token.len() * 8 {
            let mut bytes = token.clone().into_bytes();
            bytes[i / 8] ^= 1 << (i % 8);
            if let Ok(changed) = String::from_utf8(bytes) {
                assert_eq!(key.verify(&changed, NOW), None, "{changed}");
            }
        }
    }

    #[test]
    fn a_ticket_is_no_token_and_a_token_no_ticket() {
        let secret = secret("one");
        let ticket = Ticket { user: "ada".into(), scope: Scope::Tasks, expires_at: i64::MAX };
        let ticket = TicketKey::new(&secret).sign(&ticket);
        let token = WebhookTokenKey::new(&secret).sign(&intent());
        assert_eq!(WebhookTokenKey::new(&secret).verify(&ticket, NOW), None);
        assert!(TicketKey::new(&secret).verify(&token, 0).is_err());
    }
}
