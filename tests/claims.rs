//! Parsing tokens, before they are verified.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};
use serde_json::{Value, json};
use taskwire::auth::algorithm::Algorithm;
use taskwire::auth::claims::Token;
use taskwire::auth::keys::{candidates, keys_of};
use taskwire::auth::refused::Refused;
use taskwire::auth::settings::issuers;
use taskwire::config::Config;

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
    for algorithm in Algorithm::ALL {
        let name = algorithm.name();
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
        "none", "None", "NONE", "", "HS256", "HS384", "HS512", "rs256", "RS256 ", "PS384", "ES256K",
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
        Refused::wrong("iss", None, &["a".to_owned()]),
        Refused::wrong("aud", None, &["a".to_owned()]),
        Refused::Expired,
        Refused::NotYet,
        Refused::Subject("sub".to_owned()),
    ];
    for (i, one) in all.iter().enumerate() {
        assert!(one.message().ends_with('.'));
        assert!(all[..i].iter().all(|other| other.message() != one.message()));
    }
}

#[test]
fn a_symmetric_key_in_a_key_set_verifies_nothing() {
    let set = json!({"keys": [{"kid": "k1", "kty": "oct", "k": "c2VjcmV0", "alg": "HS256"}]});
    let keys = keys_of::<()>(set);
    for algorithm in Algorithm::ALL {
        assert!(candidates(&keys, algorithm, Some("k1")).is_empty());
        assert!(candidates(&keys, algorithm, None).is_empty());
    }
}

#[test]
fn of_several_issuers_the_token_says_which_and_of_one_it_is_that_one() {
    let issuer = |name: &str| {
        let settings = [("AUTH_ISSUER", name), ("AUTH_AUDIENCE", "a")];
        let lookup = |name: &str| {
            settings.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        issuers(&Config::from_lookup(lookup)).expect("settings").remove(0)
    };
    let (ours, other) = (issuer("https://id.example"), issuer("https://b.example"));
    let text = token(&json!({"alg": "RS256"}));
    let token = Token::parse(&text).expect("a token");
    assert_eq!(token.issuer(&[other.clone(), ours.clone()]), Ok(&ours));
    assert_eq!(token.issuer(std::slice::from_ref(&other)), Ok(&other), "its claims are read later");
    let third = issuer("https://c.example");
    let message = token.issuer(&[other, third]).unwrap_err().message();
    let wanted = r#""https://b.example", "https://c.example""#;
    assert_eq!(
        message,
        format!(r#"The token's iss is "https://id.example". It must be one of {wanted}."#)
    );
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
