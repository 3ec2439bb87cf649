//! Parsing tokens, before they are verified.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};
use serde_json::{Value, json};
use taskwire::auth::claims::{Algorithm, Refused, Token};
use taskwire::auth::keys::{candidates, keys_of};

fn token(header: &Value) -> String {
    let part = |value: &Value| BASE64.encode(value.to_string());
    let claims = json!({"iss": "https://id.example", "sub": "ada"});
    format!("{}.{}.{}", part(header), part(&claims), BASE64.encode("signature"))
}

fn refused(token: &str) -> Refused {
    Token::parse(token).expect_err("a refusal")
}

#[test]
fn a_token_is_read_in_its_three_parts() {
    for (name, algorithm) in [("RS256", Algorithm::Rs256), ("ES256", Algorithm::Es256)] {
        let text = token(&json!({"alg": name, "kid": "k1", "typ": "JWT"}));
        let token = Token::parse(&text).expect("a token");
        assert_eq!((token.algorithm, token.key_id.as_deref()), (algorithm, Some("k1")));
        assert_eq!(token.signed, text.rsplit_once('.').unwrap().0);
        assert_eq!(token.signature, b"signature");
    }
    let text = token(&json!({"alg": "RS256"}));
    assert_eq!(Token::parse(&text).expect("a token").key_id, None);
}

#[test]
fn an_algorithm_that_anyone_could_sign_with_is_refused() {
    for name in [
        "none", "None", "NONE", "", "HS256", "HS384", "HS512", "rs256", "RS256 ", "RS384", "RS512",
        "PS256", "ES384", "ES512", "EdDSA",
    ] {
        assert_eq!(refused(&token(&json!({"alg": name}))), Refused::Algorithm, "{name}");
    }
}

#[test]
fn an_extension_that_must_be_understood_is_not_passed_over() {
    for crit in [json!(["exp"]), json!(["b64"]), json!([]), json!("x")] {
        let header = json!({"alg": "RS256", "crit": crit, "b64": false});
        assert_eq!(refused(&token(&header)), Refused::Malformed);
    }
}

#[test]
fn what_is_no_token_is_malformed() {
    let good = token(&json!({"alg": "RS256"}));
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let header_of = |text: &str| format!("{}.e30.c2ln", BASE64.encode(text));
    for text in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        "a.b".to_owned(),
        signed.to_owned(),
        format!(" {good}"),
        format!("{good}="),
        format!("{signed}.{signature}!"),
        format!("{signed}.+/+/"),
        format!("{good}\n"),
        header_of("{}"),
        header_of("[]"),
        header_of("null"),
        header_of(r#"{"alg":1}"#),
        header_of(r#"{"alg":"RS256","kid":7}"#),
        header_of(r#"{"alg":"RS256","alg":"none"}"#),
        header_of("{\"alg\":\"RS256\"} x"),
    ] {
        assert_eq!(refused(&text), Refused::Malformed, "{text:?}");
    }
}

#[test]
fn a_token_longer_than_any_in_use_is_not_read() {
    let at = |length: usize| {
        let good = token(&json!({"alg": "RS256"}));
        format!("{good}{}", "A".repeat(length - good.len()))
    };
    assert!(Token::parse(&at(16 * 1024)).is_ok());
    assert_eq!(refused(&at(16 * 1024 + 4)), Refused::Malformed);
}

#[test]
fn no_refusal_says_the_same_as_another() {
    let all = [
        Refused::Malformed,
        Refused::Algorithm,
        Refused::UnknownKey,
        Refused::Signature,
        Refused::Issuer,
        Refused::Audience,
        Refused::Expired,
        Refused::NotYet,
        Refused::Subject,
    ];
    for (i, one) in all.iter().enumerate() {
        assert!(one.message().ends_with('.'));
        assert!(all[..i].iter().all(|other| other.message() != one.message()));
    }
}

#[test]
fn a_symmetric_key_in_a_key_set_verifies_nothing() {
    let keys = keys_of::<()>(json!({"keys": [{"kid": "k1", "kty": "oct", "k": "c2VjcmV0"}]}));
    for algorithm in [Algorithm::Rs256, Algorithm::Es256] {
        assert!(candidates(&keys, algorithm, Some("k1")).is_empty());
        assert!(candidates(&keys, algorithm, None).is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 5_000, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_comes_nothing_panics(text in "[A-Za-z0-9_.=-]{0,80}|\\PC*", header in any::<Vec<u8>>()) {
        let _ = Token::parse(&text);
        let _ = Token::parse(&format!("{}.{text}", BASE64.encode(header)));
    }

    #[test]
    fn whatever_the_parts_what_is_signed_is_all_but_the_signature(
        payload in "[A-Za-z0-9_-]{0,60}", signature in any::<Vec<u8>>(),
    ) {
        let header = BASE64.encode(r#"{"alg":"ES256"}"#);
        let text = format!("{header}.{payload}.{}", BASE64.encode(&signature));
        let token = Token::parse(&text).expect("a token");
        prop_assert_eq!(token.signed, format!("{header}.{payload}"));
        prop_assert_eq!(token.signature, signature);
    }
}
