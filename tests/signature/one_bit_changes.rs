//! Whatever single bit is changed on the way, the webhook or ticket is refused.

use taskwire::signature::SignatureError::Mismatch;
use taskwire::signature::TicketError;

use crate::support::{
    HEX_SECRET, ID, NOW, T, TICKET, WHSEC, hex, hex_mac, one_bit_flips, one_bit_flips_of_text,
    realistic_body, secrets, standard, standard_mac, ticket_key,
};

#[test]
fn every_one_bit_change_of_a_hex_webhook_is_refused() {
    let (body, set) = (realistic_body(), secrets(HEX_SECRET));
    let header = format!("t={T},v1={}", hex_mac(HEX_SECRET, T, &body));
    assert!(hex(&header, &body, &set, NOW).is_ok());
    let mut refused = 0;
    for changed in one_bit_flips(&body) {
        assert_eq!(hex(&header, &changed, &set, NOW), Err(Mismatch));
        refused += 1;
    }
    for changed in one_bit_flips_of_text(&header) {
        assert!(hex(&changed, &body, &set, NOW).is_err(), "{changed:?}");
        refused += 1;
    }
    assert_eq!(refused, 8 * (674 + 12 + 1 + 3 + 64));
}

#[test]
fn every_one_bit_change_of_a_standard_webhook_is_refused() {
    let (body, set) = (realistic_body(), secrets(WHSEC));
    let signature = standard_mac(WHSEC, ID, T, &body);
    assert!(standard([ID, T, &signature], &body, &set, NOW).is_ok());
    let mut refused = 0;
    for changed in one_bit_flips(&body) {
        assert_eq!(standard([ID, T, &signature], &changed, &set, NOW), Err(Mismatch));
        refused += 1;
    }
    let good = [ID, T, &signature];
    for part in 0..good.len() {
        for changed in one_bit_flips_of_text(good[part]) {
            let mut headers = good;
            headers[part] = &changed;
            assert!(standard(headers, &body, &set, NOW).is_err(), "{changed:?}");
            refused += 1;
        }
    }
    assert_eq!(refused, 8 * (674 + 28 + 10 + 47));
}

#[test]
fn every_one_bit_change_of_a_ticket_is_refused() {
    let key = ticket_key("token secret");
    let mut refused = 0;
    for changed in one_bit_flips_of_text(TICKET) {
        let verdict = key.verify(&changed, 0);
        assert!(
            matches!(verdict, Err(TicketError::Malformed | TicketError::Mismatch)),
            "{changed:?}"
        );
        refused += 1;
    }
    assert_eq!(refused, 8 * TICKET.len());
}
