//! Tickets, and the tokens in the URLs of unsigned webhooks. A case is one of them; or `ticket`, `token`
//! or another purpose with the time in milliseconds, a line break, and a payload that our key seals.

use super::meter::metered;
use super::{latin, place_in};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use taskwire::signature::{
    Intent, MAX_SEAL_BYTES, Secret, Ticket, TicketError, TicketKey, WebhookTokenKey,
};

const SECRET: &str = "token secret";
const TICKET: &[u8] = b"taskwire ticket v1\n";
const TOKEN: &[u8] = b"taskwire webhook v1\n";

fn mac(purpose: &[u8], payload: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key");
    mac.update(purpose);
    mac.update(payload.as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

fn seal(purpose: &[u8], payload: &[u8]) -> String {
    let payload = URL_SAFE_NO_PAD.encode(payload);
    format!("v1.{payload}.{}", mac(purpose, &payload))
}

/// Whether our key has sealed `text` for this.
fn is_sealed(purpose: &[u8], text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    matches!(parts[..], ["v1", payload, found] if found == mac(purpose, payload))
}

struct Keys {
    tickets: TicketKey,
    tokens: WebhookTokenKey,
}

impl Keys {
    fn new(secret: &str) -> Self {
        let secret = Secret::new(secret.to_owned()).expect("a secret").into();
        Self { tickets: TicketKey::new(&secret), tokens: WebhookTokenKey::new(&secret) }
    }

    fn open(&self, text: &str, now: i64) -> (Result<Ticket, TicketError>, Option<Intent>) {
        metered(|| (self.tickets.verify(text, now), self.tokens.verify(text, now)))
    }
}

/// Only what our key has sealed verifies, for its own purpose, unchanged and before it expires.
pub fn tickets(data: &[u8]) {
    let (text, now) = read(data);
    let keys = Keys::new(SECRET);
    let (ticket, intent) = keys.open(&text, now);
    assert_eq!(keys.open(&text, now), (ticket.clone(), intent.clone()), "two verdicts on one text");
    if let Ok(ticket) = &ticket {
        assert!(is_sealed(TICKET, &text), "a ticket that nobody has signed");
        assert!(now < ticket.expires_at, "a ticket that is over");
        let over = keys.tickets.verify(&text, ticket.expires_at);
        assert_eq!(over, Err(TicketError::Expired));
        assert_eq!(keys.tickets.verify(&keys.tickets.sign(ticket), now).as_ref(), Ok(ticket));
    }
    if let Some(intent) = &intent {
        assert!(is_sealed(TOKEN, &text), "a token that nobody has signed");
        assert_eq!(keys.tokens.verify(&keys.tokens.sign(intent), now).as_ref(), Some(intent));
    }
    assert!(ticket.is_err() || intent.is_none(), "a ticket that is a token");
    if ticket == Err(TicketError::Expired) || ticket.is_ok() || intent.is_some() {
        assert!(text.len() <= MAX_SEAL_BYTES, "longer than is read");
        assert_eq!(
            Keys::new("another secret").open(&text, now),
            (Err(TicketError::Mismatch), None)
        );
        refuses_changes(&keys, &text, now, data);
    }
}

fn read(data: &[u8]) -> (String, i64) {
    if let Some(end) = data.iter().position(|byte| *byte == b'\n') {
        let line = latin(&data[..end]);
        let (purpose, now) = line.split_once(' ').unwrap_or((&line, ""));
        let now = now.parse().unwrap_or(0);
        match purpose {
            "ticket" => return (seal(TICKET, &data[end + 1..]), now),
            "token" => return (seal(TOKEN, &data[end + 1..]), now),
            "other" => return (seal(b"", &data[end + 1..]), now),
            _ => {}
        }
    }
    (latin(data), 0)
}

/// One bit, anywhere.
fn refuses_changes(keys: &Keys, text: &str, now: i64, data: &[u8]) {
    let mut changed = text.as_bytes().to_vec();
    let place = place_in(changed.len() * 8, data);
    changed[place / 8] ^= 1 << (place % 8);
    let (ticket, intent) = keys.open(&latin(&changed), now);
    let refused = matches!(ticket, Err(TicketError::Malformed | TicketError::Mismatch));
    assert!(refused && intent.is_none(), "changed at bit {place}, and still good: {text}");
}
