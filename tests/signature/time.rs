//! The signed time: its tolerance, its limits, and who is told about it.

use taskwire::signature::SignatureError::{Future, Malformed, Mismatch, Stale};

use crate::support::{
    HEX_BODY, HEX_MAC, HEX_SECRET, ID, NOW, STANDARD_BODY, STANDARD_SIGNATURE, T, WHSEC, hex,
    hex_mac, secrets, standard, standard_mac,
};

#[test]
fn a_signed_time_may_be_300_seconds_off_either_way() {
    let hex_header = format!("t={T},v1={HEX_MAC}");
    let headers = [ID, T, STANDARD_SIGNATURE];
    for (now, refusal) in [
        (NOW + 300, None),
        (NOW - 300, None),
        (NOW + 301, Some(Stale)),
        (NOW - 301, Some(Future)),
        (i64::MAX, Some(Stale)),
        (i64::MIN, Some(Future)),
    ] {
        assert_eq!(hex(&hex_header, HEX_BODY, &secrets(HEX_SECRET), now).err(), refusal, "{now}");
        let verified = standard(headers, STANDARD_BODY, &secrets(WHSEC), now);
        assert_eq!(verified.err(), refusal, "{now}");
    }
}

#[test]
fn a_wrong_signature_does_not_learn_that_it_is_stale() {
    let wrong = format!("t={T},v1={}", "0".repeat(64));
    let headers = [ID, T, "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="];
    for now in [NOW, NOW + 301, NOW - 301] {
        assert_eq!(hex(&wrong, HEX_BODY, &secrets(HEX_SECRET), now), Err(Mismatch));
        assert_eq!(standard(headers, STANDARD_BODY, &secrets(WHSEC), now), Err(Mismatch));
    }
}

#[test]
fn a_time_that_is_no_number_or_too_large_is_refused_even_when_signed() {
    let nines = "9".repeat(300);
    for t in ["", "-1614265330", "+1614265330", "1614265330.0", "9223372036854775808", &nines] {
        let header = format!("t={t},v1={}", hex_mac(HEX_SECRET, t, HEX_BODY));
        assert_eq!(hex(&header, HEX_BODY, &secrets(HEX_SECRET), NOW), Err(Malformed), "{t}");
        let signature = standard_mac(WHSEC, ID, t, STANDARD_BODY);
        let verified = standard([ID, t, &signature], STANDARD_BODY, &secrets(WHSEC), NOW);
        assert_eq!(verified, Err(Malformed), "{t}");
    }
    let last = i64::MAX.to_string();
    let header = format!("t={last},v1={}", hex_mac(HEX_SECRET, &last, HEX_BODY));
    assert_eq!(hex(&header, HEX_BODY, &secrets(HEX_SECRET), i64::MIN), Err(Future));
}
