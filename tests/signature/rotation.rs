//! Several secrets, several signatures, and keys that must not exist.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use taskwire::signature::SecretSet;
use taskwire::signature::SignatureError::Mismatch;

use crate::support::{
    HEX_BODY, HEX_MAC, HEX_SECRET, ID, NOW, STANDARD_BODY, STANDARD_SIGNATURE, T, WHSEC, hex,
    hex_mac, hmac, secrets, standard,
};

#[test]
fn any_secret_of_the_set_may_have_signed() {
    for list in ["{} wbs_b whsec_b25l", "wbs_a,{},whsec_b25l", "!not-base64! wbs_b, {}"] {
        let header = format!("t={T},v1={HEX_MAC}");
        let set = secrets(&list.replace("{}", HEX_SECRET));
        assert!(hex(&header, HEX_BODY, &set, NOW).is_ok(), "{list}");
        let set = secrets(&list.replace("{}", WHSEC));
        let headers = [ID, T, STANDARD_SIGNATURE];
        assert!(standard(headers, STANDARD_BODY, &set, NOW).is_ok(), "{list}");
        let set = secrets(&list.replace("{}", "c29tZSBvdGhlcg=="));
        assert_eq!(hex(&header, HEX_BODY, &set, NOW), Err(Mismatch));
        assert_eq!(standard(headers, STANDARD_BODY, &set, NOW), Err(Mismatch));
    }
}

#[test]
fn one_good_signature_among_wrong_and_malformed_ones_is_enough() {
    let wrong = "0".repeat(64);
    let upper = HEX_MAC.to_uppercase();
    for header in [
        format!("t={T}, v1={wrong}, v1={HEX_MAC}"),
        format!("t={T},v1={HEX_MAC},v1={wrong}"),
        format!("t={T},v1=,v1=zz,v0={HEX_MAC},v1={upper},v1={HEX_MAC},x"),
    ] {
        assert!(hex(&header, HEX_BODY, &secrets(HEX_SECRET), NOW).is_ok(), "{header}");
    }
    let wrong = format!("v1,{}", STANDARD.encode([0; 32]));
    for header in [
        format!("{wrong} {STANDARD_SIGNATURE}"),
        format!("{STANDARD_SIGNATURE} {wrong}"),
        format!("v1 v1, v1,? v1a,AAAA  {STANDARD_SIGNATURE} v2,x"),
    ] {
        let headers = [ID, T, &header];
        assert!(standard(headers, STANDARD_BODY, &secrets(WHSEC), NOW).is_ok(), "{header}");
    }
}

#[test]
fn only_wrong_or_malformed_signatures_are_a_bad_signature() {
    let upper = HEX_MAC.to_uppercase();
    let short = &HEX_MAC[..62];
    for signatures in ["v1=zz", &format!("v1={upper}"), &format!("v1={short},v1="), "v0=1", ""] {
        let header = format!("t={T},{signatures}");
        let set = secrets(HEX_SECRET);
        assert_eq!(hex(&header, HEX_BODY, &set, NOW), Err(Mismatch), "{header}");
    }
    let unpadded = STANDARD_SIGNATURE.trim_end_matches('=');
    let trailing_bit = STANDARD_SIGNATURE.replace("1OE=", "1OF=");
    let asymmetric = STANDARD_SIGNATURE.replace("v1,", "v1a,");
    for header in [unpadded, &trailing_bit, &asymmetric, "v1,", "v1", ""] {
        let headers = [ID, T, header];
        let set = secrets(WHSEC);
        assert_eq!(standard(headers, STANDARD_BODY, &set, NOW), Err(Mismatch), "{header}");
    }
}

#[test]
fn a_webhook_signed_with_an_empty_key_never_verifies() {
    let empty = format!(
        "v1,{}",
        STANDARD
            .encode(hmac(b"", &[ID.as_bytes(), b".", T.as_bytes(), b".", STANDARD_BODY].concat()))
    );
    for hollow in ["", " ", "whsec_", "whsec_ , wbs_"] {
        assert!(SecretSet::parse(hollow).is_none(), "{hollow:?}");
    }
    for set in [secrets("whsec_="), secrets("whsec_ wbs_x"), secrets(WHSEC)] {
        assert_eq!(standard([ID, T, &empty], STANDARD_BODY, &set, NOW), Err(Mismatch));
        for key in ["", "whsec_"] {
            let header = format!("t={T},v1={}", hex_mac(key, T, HEX_BODY));
            assert_eq!(hex(&header, HEX_BODY, &set, NOW), Err(Mismatch));
        }
    }
}
