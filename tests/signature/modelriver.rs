//! ModelRiver's two schemes: known answers, which one counts, what they cover and for how long.

use taskwire::signature::SignatureError::{Future, Malformed, Mismatch, Missing, Stale};
use taskwire::signature::{Scheme, SecretSet};

use crate::support::{
    HEX_SECRET, ModelRiverHeaders, NOW, T, Verdict, WHSEC, hex_mac, hmac, one_bit_flips, secrets,
};

const BODY: &[u8] = br#"{"type":"task.completed","channel_id":"ch_1", "data" : {"title":"Inception", "n":1.50} ,"timestamp":"2026-01-05T12:34:56.789Z"}"#;
const DATA: &[u8] = br#"{"title":"Inception", "n":1.50}"#;
const BODY_MAC: &str = "97a1051eaece131d2fb36b1787c99c53be33b8a2e7c2b47547d94a4b7063b304";
const DATA_MAC: &str = "249590de8e444733e9eacff65b7f80c0de67028eef03d4bfc3a23eb7f3181e1b";

/// Scheme A: of the raw body.
fn by_body(signature: &str, body: &[u8], set: &SecretSet) -> Verdict {
    let headers =
        ModelRiverHeaders { mr_signature: Some(signature), ..ModelRiverHeaders::default() };
    headers.verify(body, set, NOW)
}

/// Scheme B: of a time and the body's `data`.
fn by_data(t: &str, signature: &str, body: &[u8], now: i64) -> Verdict {
    let headers = ModelRiverHeaders {
        x_signature: Some(signature),
        x_timestamp: Some(t),
        ..ModelRiverHeaders::default()
    };
    headers.verify(body, &secrets(HEX_SECRET), now)
}

fn mac(body: &[u8]) -> String {
    hex::encode(hmac(HEX_SECRET.as_bytes(), body))
}

/// Body B signed as `text`.
fn signed_as(text: &[u8], body: &[u8]) -> Verdict {
    by_data(T, &hex_mac(HEX_SECRET, T, text), body, NOW)
}

#[test]
fn the_known_answers_of_both_schemes_verify() {
    let delivery = "sha256:abd2c1b002a219cc8ec5d796653e51b6b5189c5864d917075cf9acd298914ea3";
    let verified = by_body(BODY_MAC, BODY, &secrets(HEX_SECRET)).expect("a good signature");
    assert_eq!((verified.scheme, verified.delivery.as_str()), (Scheme::HexOfBody, delivery));
    let verified = by_data(T, DATA_MAC, BODY, NOW).expect("a good signature");
    assert_eq!((verified.scheme, verified.delivery.as_str()), (Scheme::HexOfPart, delivery));
}

#[test]
fn the_data_is_signed_as_it_was_sent_or_the_body_as_a_whole() {
    assert!(signed_as(DATA, BODY).is_ok());
    assert!(signed_as(BODY, BODY).is_ok());
    assert_eq!(signed_as(br#"{"title":"Inception","n":1.5}"#, BODY), Err(Mismatch));
    assert!(signed_as(br#"{"type":"x"}"#, br#"{"type":"x"}"#).is_ok());
    assert!(signed_as(b"{}", b"{}").is_ok());
    let null = br#"{"data":null}"#;
    assert!(signed_as(b"null", null).is_ok());
    assert!(signed_as(null, null).is_ok());
    let inner = br#"{"x":{"data":1}}"#;
    assert!(signed_as(inner, inner).is_ok());
    assert_eq!(signed_as(b"1", inner), Err(Mismatch));
}

#[test]
fn a_body_with_two_data_fields_never_verifies() {
    let twice = br#"{"data":1,"data":2}"#;
    for text in [&b"1"[..], b"2", b"", twice] {
        assert_eq!(signed_as(text, twice), Err(Mismatch));
    }
    let escaped = br#"{"data":1,"d\u0061ta":2}"#;
    for text in [&b"1"[..], b"2", escaped] {
        assert_eq!(signed_as(text, escaped), Err(Mismatch));
    }
}

#[test]
fn a_body_that_is_no_json_object_never_verifies_by_its_data() {
    for body in [&b""[..], b"null", b"1", b"[]", br#"[{"data":1}]"#, b"{", br#"{"data":1"#, b"\xff"]
    {
        assert_eq!(signed_as(body, body), Err(Mismatch));
        assert_eq!(signed_as(b"1", body), Err(Mismatch));
        // The body's shape does not matter if all of it is signed.
        assert!(by_body(&mac(body), body, &secrets(HEX_SECRET)).is_ok());
    }
    let deep = "[".repeat(1024 * 1024 - 8);
    assert_eq!(signed_as(b"1", format!(r#"{{"data":{deep}"#).as_bytes()), Err(Mismatch));
}

#[test]
fn either_good_signature_is_enough_where_both_are_there() {
    let wrong = "0".repeat(64);
    let verify = |mr: &str, x: &str, t: Option<&str>, now: i64| {
        let headers =
            ModelRiverHeaders { mr_signature: Some(mr), x_signature: Some(x), x_timestamp: t };
        headers.verify(BODY, &secrets(HEX_SECRET), now).map(|good| good.scheme)
    };
    assert_eq!(verify(BODY_MAC, DATA_MAC, Some(T), NOW), Ok(Scheme::HexOfBody));
    assert_eq!(verify(BODY_MAC, &wrong, None, NOW), Ok(Scheme::HexOfBody));
    assert_eq!(verify(BODY_MAC, DATA_MAC, Some(T), NOW + 301), Ok(Scheme::HexOfBody));
    assert_eq!(verify(&wrong, DATA_MAC, Some(T), NOW), Ok(Scheme::HexOfPart));
    assert_eq!(verify("", DATA_MAC, Some(T), NOW), Ok(Scheme::HexOfPart));
    assert_eq!(verify(&wrong, DATA_MAC, Some(T), NOW + 301), Err(Stale));
    assert_eq!(verify(&wrong, &wrong, Some(T), NOW), Err(Mismatch));
    // Each signs another text, so neither is valid in the other's header.
    assert_eq!(verify(DATA_MAC, BODY_MAC, Some(T), NOW), Err(Mismatch));
}

#[test]
fn a_missing_header_is_named() {
    let set = secrets(HEX_SECRET);
    let refusal = |headers: ModelRiverHeaders| headers.verify(BODY, &set, NOW).err();
    let neither = ModelRiverHeaders { x_timestamp: Some(T), ..ModelRiverHeaders::default() };
    let header = "mr-signature or x-modelriver-signature";
    assert_eq!(refusal(neither), Some(Missing { header }));
    let timeless = ModelRiverHeaders { x_signature: Some(DATA_MAC), x_timestamp: None, ..neither };
    assert_eq!(refusal(timeless), Some(Missing { header: "x-modelriver-timestamp" }));
}

#[test]
fn a_signature_is_64_lower_case_hex_digits_and_nothing_else() {
    let set = secrets(HEX_SECRET);
    for (good, data) in [(BODY_MAC, false), (DATA_MAC, true)] {
        for bad in [
            String::new(),
            good.to_uppercase(),
            format!("sha256={good}"),
            format!(" {good}"),
            format!("{good},{good}"),
            good[..62].to_owned(),
            "é".repeat(32),
            "f".repeat(1024 * 1024),
        ] {
            let verdict =
                if data { by_data(T, &bad, BODY, NOW) } else { by_body(&bad, BODY, &set) };
            assert_eq!(verdict, Err(Mismatch), "{bad:.80}");
        }
    }
}

#[test]
fn any_secret_of_the_set_may_have_signed_and_no_other() {
    for list in ["wbs_a,{}", "{} whsec_b25l"] {
        let set = secrets(&list.replace("{}", HEX_SECRET));
        assert!(by_body(BODY_MAC, BODY, &set).is_ok());
    }
    // A prefix is a part of the key here.
    let whole = hex::encode(hmac(WHSEC.as_bytes(), BODY));
    assert!(by_body(&whole, BODY, &secrets(WHSEC)).is_ok());
    for key in [&b""[..], b"whsec_", &WHSEC.as_bytes()[6..]] {
        let forged = hex::encode(hmac(key, BODY));
        assert_eq!(by_body(&forged, BODY, &secrets(WHSEC)), Err(Mismatch));
    }
    assert_eq!(by_body(BODY_MAC, BODY, &secrets("wbs_other")), Err(Mismatch));
}

#[test]
fn a_signed_time_may_be_300_seconds_off_either_way() {
    for (now, refusal) in [
        (NOW, None),
        (NOW + 300, None),
        (NOW - 300, None),
        (NOW + 301, Some(Stale)),
        (NOW - 301, Some(Future)),
        (i64::MAX, Some(Stale)),
        (i64::MIN, Some(Future)),
    ] {
        assert_eq!(by_data(T, DATA_MAC, BODY, now).err(), refusal, "{now}");
        assert_eq!(by_data(T, &"0".repeat(64), BODY, now), Err(Mismatch), "{now}");
    }
    // Another time than the one that was signed.
    assert_eq!(by_data("1614265331", DATA_MAC, BODY, NOW), Err(Mismatch));
    for t in ["", "-1614265330", "+1614265330", "1614265330.0", " 1614265330", &"9".repeat(300)] {
        let signature = hex_mac(HEX_SECRET, t, DATA);
        assert_eq!(by_data(t, &signature, BODY, NOW), Err(Malformed), "{t}");
    }
}

#[test]
fn a_signature_of_one_scheme_is_none_of_the_other() {
    // The text of B as a body of A is no event; the text of A is never `{time}.{data}`.
    let text = [T.as_bytes(), b".", DATA].concat();
    assert!(by_body(DATA_MAC, &text, &secrets(HEX_SECRET)).is_ok());
    assert!(serde_json::from_slice::<serde_json::Value>(&text).is_err());
    assert_eq!(by_data(T, BODY_MAC, BODY, NOW), Err(Mismatch));
}

#[test]
fn every_one_bit_change_of_a_body_is_refused_by_its_signature() {
    let set = secrets(HEX_SECRET);
    let mut refused = 0;
    for changed in one_bit_flips(BODY) {
        assert_eq!(by_body(BODY_MAC, &changed, &set), Err(Mismatch));
        refused += 1;
    }
    for changed in crate::support::one_bit_flips_of_text(BODY_MAC) {
        assert_eq!(by_body(&changed, BODY, &set), Err(Mismatch), "{changed:?}");
        refused += 1;
    }
    assert_eq!(refused, 8 * (BODY.len() + 64));
}

#[test]
fn every_one_bit_change_of_the_data_is_refused_and_of_what_is_beside_it_is_not_seen() {
    let at = BODY.windows(DATA.len()).position(|part| part == DATA).expect("the data");
    let mut unseen = 0;
    for (bit, changed) in one_bit_flips(BODY).enumerate() {
        let verdict = by_data(T, DATA_MAC, &changed, NOW);
        if (at..at + DATA.len()).contains(&(bit / 8)) {
            assert_eq!(verdict, Err(Mismatch));
        } else if verdict.is_ok() {
            assert!(changed.windows(DATA.len()).any(|part| part == DATA));
            unseen += 1;
        }
    }
    assert!(unseen > 0, "the scheme does not cover the channel's id");
    for changed in crate::support::one_bit_flips_of_text(DATA_MAC) {
        assert_eq!(by_data(T, &changed, BODY, NOW), Err(Mismatch), "{changed:?}");
    }
    for changed in crate::support::one_bit_flips_of_text(T) {
        assert!(by_data(&changed, DATA_MAC, BODY, NOW).is_err(), "{changed:?}");
    }
}
