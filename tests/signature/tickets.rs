//! Live tickets: their text, their expiry, and malformed ones.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use taskwire::signature::{TICKET_LIFETIME_MS, Ticket, TicketError, TicketKey};

use crate::support::{EXPIRES_AT, TICKET, secrets, ticket, ticket_key};

#[test]
fn a_ticket_is_this_text_and_reads_back() {
    assert_eq!(TICKET_LIFETIME_MS, 60 * 60 * 1000);
    let key = ticket_key("token secret");
    assert_eq!(key.sign(&ticket()), TICKET);
    assert_eq!(key.verify(TICKET, EXPIRES_AT - TICKET_LIFETIME_MS), Ok(ticket()));
}

/// The same file is read by the tests of `server/`, which mints tickets without asking a Worker.
#[test]
fn the_tickets_that_servers_mint_are_these_texts() {
    let text = include_str!("tickets.json");
    let vectors: Vec<serde_json::Value> = serde_json::from_str(text).expect("JSON");
    assert_eq!(vectors.len(), 6);
    for vector in vectors {
        let text = |name: &str| vector[name].as_str().expect("a text");
        let ticket: Ticket = serde_json::from_value(vector["claims"].clone()).expect("a ticket");
        let key = TicketKey::new(&secrets(text("secret")));
        assert_eq!(key.sign(&ticket), text("ticket"));
        assert_eq!(key.verify(text("ticket"), ticket.expires_at - 1), Ok(ticket));
    }
}

#[test]
fn a_ticket_expires_at_its_very_millisecond() {
    let key = ticket_key("token secret");
    assert_eq!(key.verify(TICKET, EXPIRES_AT - 1), Ok(ticket()));
    assert_eq!(key.verify(TICKET, EXPIRES_AT), Err(TicketError::Expired));
    assert_eq!(key.verify(TICKET, i64::MAX), Err(TicketError::Expired));
}

#[test]
fn a_ticket_of_another_key_is_refused_whether_expired_or_not() {
    let other = ticket_key("another secret");
    for now in [0, EXPIRES_AT] {
        assert_eq!(other.verify(TICKET, now), Err(TicketError::Mismatch));
    }
}

#[test]
fn what_has_not_the_shape_of_a_ticket_is_malformed() {
    let key = ticket_key("token secret");
    let padded = format!("{TICKET}=");
    let v2 = TICKET.replace("v1.", "v2.");
    let long = format!("v1.{}.{}", "A".repeat(2100), URL_SAFE_NO_PAD.encode([0; 32]));
    for bad in ["", "v1", "v1.", "v1..", "v1.a.b.c", "a.b", &padded, &v2, &TICKET[3..], &long] {
        assert_eq!(key.verify(bad, 0), Err(TicketError::Malformed), "{bad}");
    }
}

#[test]
fn why_a_ticket_is_refused_is_said_in_a_sentence() {
    for (error, said) in [
        (TicketError::Malformed, "the ticket cannot be read"),
        (TicketError::Mismatch, "the ticket is not valid"),
        (TicketError::Expired, "the ticket has expired"),
    ] {
        assert_eq!(error.to_string(), said);
    }
}

#[test]
fn two_kilobytes_are_compared_and_not_a_byte_more() {
    let key = ticket_key("token secret");
    let forged = |length: usize| {
        format!("v1.{}.{}", "A".repeat(length - 47), URL_SAFE_NO_PAD.encode([0; 32]))
    };
    assert_eq!(key.verify(&forged(2048), 0), Err(TicketError::Mismatch));
    assert_eq!(key.verify(&forged(2049), 0), Err(TicketError::Malformed));
}

#[test]
fn a_ticket_longer_than_two_kilobytes_never_verifies() {
    let key = ticket_key("token secret");
    let sign = |length| key.sign(&Ticket { user: "u".repeat(length), ..ticket() });
    assert!(sign(1400).len() <= 2048 && key.verify(&sign(1400), 0).is_ok());
    assert!(sign(1500).len() > 2048);
    assert_eq!(key.verify(&sign(1500), 0), Err(TicketError::Malformed));
}

#[test]
fn a_ticket_is_an_http_token_and_safe_in_a_url() {
    let ticket = ticket_key("token secret")
        .sign(&Ticket { user: "auth0|ÿþ~?/+ \"\n".to_owned(), ..ticket() });
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    assert!(ticket.bytes().all(allowed), "{ticket}");
}
