//! Arbitrary input: nothing panics, nothing unsigned verifies, and everything signed does.

use hex::encode;
use proptest::option;
use proptest::prelude::{ProptestConfig, any, proptest};
use serde_json::json;
use taskwire::signature::SecretSet;

use crate::support::{
    ModelRiverHeaders, MynthHeaders, WHSEC, hex, hex_mac, hmac, secrets, standard, standard_mac,
    ticket_key,
};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_headers_hold_nothing_panics_and_nothing_verifies(
        values in any::<[Option<String>; 5]>(),
        lead in "(t=[0-9]{0,21},? ?)?(v1=[0-9a-fA-F]{0,70},?){0,3}",
        body in any::<Vec<u8>>(),
        now in any::<i64>(),
    ) {
        let [id, time, signature, mynth, delivery] = &values;
        let mynth = mynth.as_ref().map(|text| format!("{lead}{text}"));
        let headers = MynthHeaders {
            webhook_id: id.as_deref(),
            webhook_timestamp: time.as_deref(),
            webhook_signature: signature.as_deref(),
            x_mynth_signature: mynth.as_deref(),
            x_mynth_delivery: delivery.as_deref(),
        };
        assert!(headers.verify(&body, &secrets(WHSEC), now).is_err());
    }

    #[test]
    fn whatever_the_body_a_right_signature_verifies_in_both_schemes(
        body in any::<Vec<u8>>(),
        id in "[!-~]{1,256}",
        now in 300..i64::MAX - 300,
        off in -300_i64..=300,
    ) {
        let t = (now + off).to_string();
        let set = secrets(WHSEC);
        let header = format!("t={t}, v1={}", hex_mac(WHSEC, &t, &body));
        assert!(hex(&header, &body, &set, now).is_ok());
        let signature = standard_mac(WHSEC, &id, &t, &body);
        let verified = standard([&id, &t, &signature], &body, &set, now).expect("good");
        assert_eq!(verified.delivery, id);
    }

    #[test]
    fn whatever_modelrivers_headers_hold_nothing_panics_and_nothing_verifies(
        values in any::<[Option<String>; 2]>(),
        hex in option::of("[0-9a-f]{64}"),
        time in option::of("[0-9]{1,20}"),
        body in "\\{\"data\":[\\[\\]{}\",:0-9]{0,20}\\}|\\PC*",
        bytes in any::<Vec<u8>>(),
        now in any::<i64>(),
    ) {
        let [mr, x] = &values;
        let headers = ModelRiverHeaders {
            mr_signature: mr.as_deref().or(hex.as_deref()),
            x_signature: hex.as_deref().or(x.as_deref()),
            x_timestamp: time.as_deref().or(x.as_deref()),
        };
        for body in [body.as_bytes(), &bytes] {
            assert!(headers.verify(body, &secrets(WHSEC), now).is_err());
        }
    }

    #[test]
    fn whatever_the_data_a_right_signature_of_modelriver_verifies_in_both_schemes(
        data in any::<Vec<(String, f64)>>(),
        before in any::<String>(),
        now in 300..i64::MAX - 300,
        off in -300_i64..=300,
    ) {
        let t = (now + off).to_string();
        let data = json!(data).to_string();
        let body = format!(r#"{{"a":{},"data": {data} }}"#, json!(before)).into_bytes();
        let signatures = [encode(hmac(WHSEC.as_bytes(), &body)), hex_mac(WHSEC, &t, data.as_bytes())];
        let [a, b] = signatures.each_ref().map(String::as_str);
        for (mr_signature, x_signature) in [(Some(a), None), (None, Some(b)), (Some(b), Some(b))] {
            let headers = ModelRiverHeaders { mr_signature, x_signature, x_timestamp: Some(&t) };
            assert!(headers.verify(&body, &secrets(WHSEC), now).is_ok());
        }
    }

    #[test]
    fn whatever_a_ticket_holds_nothing_panics_and_nothing_verifies(
        text in "(v1\\.)?[A-Za-z0-9_.=-]{0,80}(\\.[A-Za-z0-9_-]{43})?|\\PC*",
        now in any::<i64>(),
    ) {
        assert!(ticket_key("token secret").verify(&text, now).is_err());
    }

    #[test]
    fn whatever_the_secrets_text_parsing_it_does_not_panic(text in any::<String>()) {
        if let Some(set) = SecretSet::parse(&text) {
            assert_eq!(format!("{set:?}"), "SecretSet(redacted)");
        }
    }
}
