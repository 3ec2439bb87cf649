//! Both schemes: known answers, which one is chosen, what identifies the delivery.

use taskwire::signature::Scheme;
use taskwire::signature::SignatureError::{Malformed, Mismatch, Missing};

use crate::support::{
    HEX_BODY, HEX_MAC, HEX_SECRET, ID, MynthHeaders, NOW, STANDARD_BODY, STANDARD_SIGNATURE, T,
    WHSEC, hex, hex_mac, secrets, standard, standard_mac,
};

#[test]
fn the_known_answer_of_standard_webhooks_verifies() {
    let verified = standard([ID, T, STANDARD_SIGNATURE], STANDARD_BODY, &secrets(WHSEC), NOW)
        .expect("a good signature");
    assert_eq!(verified.scheme, Scheme::StandardWebhooks);
    assert_eq!(verified.delivery, ID);
}

#[test]
fn the_known_answer_of_the_hex_scheme_verifies() {
    let header = format!("t={T},v1={HEX_MAC}");
    let verified = hex(&header, HEX_BODY, &secrets(HEX_SECRET), NOW).expect("a good signature");
    assert_eq!(verified.scheme, Scheme::TimestampedHex);
    assert_eq!(
        verified.delivery,
        "sha256:244b36d2d9a370790ece8503b2ffb3c8fdacd4b318b6cfda8041402c411ceaf8"
    );
}

#[test]
fn a_whsec_secret_is_a_raw_string_in_the_hex_scheme() {
    let mac = "a774501ab01502c9929a663addb2c15048fa3f142f2078cfcffc8ad5e98e5a6d";
    let header = format!("t={T},v1={mac}");
    assert!(hex(&header, HEX_BODY, &secrets(WHSEC), NOW).is_ok());
}

#[test]
fn the_headers_choose_the_scheme_and_not_the_prefix_of_the_secret() {
    let hex_header = format!("t={T},v1={}", hex_mac(WHSEC, T, STANDARD_BODY));
    let both = MynthHeaders {
        webhook_id: Some(ID),
        webhook_timestamp: Some(T),
        webhook_signature: Some(STANDARD_SIGNATURE),
        x_mynth_signature: Some(&hex_header),
        x_mynth_delivery: Some("dlv_1"),
    };
    let set = secrets(WHSEC);
    let verified = both.verify(STANDARD_BODY, &set, NOW).expect("a good signature");
    assert_eq!(verified.scheme, Scheme::StandardWebhooks);
    assert_eq!(verified.delivery, ID);

    // A bad signature of the chosen scheme is not rescued by the other.
    let bad = MynthHeaders { webhook_signature: Some(""), ..both };
    assert_eq!(bad.verify(STANDARD_BODY, &set, NOW), Err(Mismatch));

    let hex_only = MynthHeaders { webhook_signature: None, ..both };
    let verified = hex_only.verify(STANDARD_BODY, &set, NOW).expect("a good signature");
    assert_eq!(verified.scheme, Scheme::TimestampedHex);
    assert_eq!(verified.delivery, "dlv_1");
}

#[test]
fn a_missing_header_is_named() {
    let set = secrets(WHSEC);
    let refusal = |headers: MynthHeaders| headers.verify(STANDARD_BODY, &set, NOW).err();
    let full = MynthHeaders {
        webhook_id: Some(ID),
        webhook_timestamp: Some(T),
        webhook_signature: Some(STANDARD_SIGNATURE),
        ..MynthHeaders::default()
    };
    assert_eq!(
        refusal(MynthHeaders { webhook_id: None, ..full }),
        Some(Missing { header: "webhook-id" })
    );
    assert_eq!(
        refusal(MynthHeaders { webhook_timestamp: None, ..full }),
        Some(Missing { header: "webhook-timestamp" })
    );
    let none = refusal(MynthHeaders { webhook_signature: None, ..full }).expect("a refusal");
    assert_eq!(none.to_string(), "missing header: webhook-signature or x-mynth-signature");
}

#[test]
fn a_delivery_header_that_is_no_id_is_ignored() {
    let header = format!("t={T},v1={HEX_MAC}");
    for bad in ["", "a b", "é", &"d".repeat(257)] {
        let headers = MynthHeaders {
            x_mynth_signature: Some(&header),
            x_mynth_delivery: Some(bad),
            ..MynthHeaders::default()
        };
        let verified = headers.verify(HEX_BODY, &secrets(HEX_SECRET), NOW).expect("good");
        assert!(verified.delivery.starts_with("sha256:244b36"), "{bad:?}");
    }
}

#[test]
fn an_id_or_a_header_out_of_bounds_is_malformed_even_when_signed() {
    for id in ["", "a b", "é", &"i".repeat(257)] {
        let signature = standard_mac(WHSEC, id, T, STANDARD_BODY);
        let verified = standard([id, T, &signature], STANDARD_BODY, &secrets(WHSEC), NOW);
        assert_eq!(verified, Err(Malformed), "{id:?}");
    }
    let pad = |text: &str, len: usize| format!("{text}{}", "x".repeat(len - text.len()));
    for (len, refusal) in [(4096, None), (4097, Some(Malformed))] {
        let header = pad(&format!("t={T},v1={HEX_MAC},"), len);
        assert_eq!(hex(&header, HEX_BODY, &secrets(HEX_SECRET), NOW).err(), refusal);
        let header = pad(&format!("{STANDARD_SIGNATURE} "), len);
        let verified = standard([ID, T, &header], STANDARD_BODY, &secrets(WHSEC), NOW);
        assert_eq!(verified.err(), refusal);
    }
}
