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

fn message(header: &Value) -> String {
    refused(&token(header)).message()
}

#[test]
fn an_algorithm_that_anyone_could_sign_with_is_refused_and_named() {
    let must = r#"It must be one of "RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "ES512", "EdDSA"."#;
    for name in [
        json!("none"),
        json!("None"),
        json!("NONE"),
        json!("nOnE"),
        json!(""),
        json!("HS256"),
        json!("HS384"),
        json!("HS512"),
        json!("rs256"),
        json!("RS256 "),
        json!("PS384"),
        json!("ES256K"),
        json!("RSA-OAEP"),
        json!(null),
        json!(["RS256"]),
        json!(256),
    ] {
        assert_eq!(
            message(&json!({"alg": name})),
            format!("The token's alg is {name}. {must}"),
            "{name}"
        );
    }
    assert_eq!(message(&json!({})), format!("The token's alg is missing. {must}"));
}

#[test]
fn a_key_that_is_not_there_is_named_with_whose_it_has_to_be_and_for_what() {
    let said = |id, algorithm| Refused::key(id, algorithm, "https://id.example").message();
    assert_eq!(
        said(Some("k1\n"), Algorithm::Es384),
        r#"The token's kid is "k1\n". It must be that of a key of https://id.example for ES384."#
    );
    assert_eq!(
        said(None, Algorithm::Rs256),
        "The token's kid is missing. It must be that of a key of https://id.example for RS256."
    );
    let long = said(Some(&"k".repeat(16_000)), Algorithm::Rs256);
    assert!(long.contains(&format!("\"{}…. It must", "k".repeat(99))), "{long}");
}

#[test]
fn what_came_is_cut_at_a_hundred_characters_and_has_no_control_characters() {
    let hostile = format!("\r\n{{}}\u{1b}[2J\u{85}\u{2028}\u{202e}{}", "ä".repeat(200));
    let said = message(&json!({"alg": hostile}));
    assert!(
        !said.contains(|sign: char| sign.is_control() || sign == '\u{2028}' || sign == '\u{202e}')
    );
    assert!(said.starts_with(r#"The token's alg is "\r\n{}\u001b[2J\u0085\u2028\u202e"#), "{said}");
    assert!(said.contains("ää…. It must"), "{said}");
    assert!(said.chars().count() < 250, "{said}");
}

#[test]
fn an_extension_that_must_be_understood_is_not_passed_over() {
    for crit in [json!(["exp"]), json!(["b64"]), json!([]), json!("x"), json!(null)] {
        let header = json!({"alg": "RS256", "crit": crit, "b64": false});
        assert!(message(&header).contains("crit"), "{header}");
    }
    for b64 in [json!(false), json!(0), json!(null)] {
        assert!(message(&json!({"alg": "RS256", "b64": b64})).contains("b64"));
    }
    assert!(Token::parse(&token(&json!({"alg": "RS256", "b64": true}))).is_ok());
}

#[test]
fn a_token_that_says_it_is_for_something_else_than_access_is_refused() {
    for typ in
        ["JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt", "application/okta-internal-at+jwt"]
    {
        assert!(Token::parse(&token(&json!({"alg": "RS256", "typ": typ}))).is_ok(), "{typ}");
    }
    for typ in [
        json!("logout+jwt"),
        json!("LOGOUT+JWT"),
        json!("secevent+jwt"),
        json!("dpop+jwt"),
        json!("at+jwt+x"),
        json!(null),
        json!(["JWT"]),
        json!(7),
    ] {
        assert_eq!(
            message(&json!({"alg": "RS256", "typ": typ})),
            format!(r#"The token's typ is {typ}. It must be one of "JWT", "at+jwt"."#)
        );
    }
}

#[test]
fn what_is_no_token_is_malformed() {
    let good = token(&json!({"alg": "RS256"}));
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let header_of = |text: &str| format!("{}.e30.c2ln", BASE64.encode(text));
    let (parts, header, end) = ("three parts", "its header is no JSON object", "its signature is");
    for (text, why) in [
        (String::new(), parts),
        (".".to_owned(), parts),
        ("..".to_owned(), header),
        ("a.b".to_owned(), parts),
        (signed.to_owned(), parts),
        (format!("{good}.{signature}"), parts),
        (format!("{good}.a.b"), parts),
        (format!(" {good}"), header),
        (format!("{good}="), end),
        (format!("{signed}.{signature}!"), end),
        (format!("{signed}.+/+/"), end),
        (format!("{signed}.c2lh"), ""),
        (format!("{signed}.c2k"), ""),
        (format!("{signed}.c2l"), end),
        (format!("{good}\n"), end),
        (format!("{good} "), end),
        (header_of("[]"), header),
        (header_of("null"), header),
        (header_of("\"RS256\""), header),
        (header_of(r#"{"alg":"RS256","kid":7}"#), "its kid is no text"),
        (header_of(r#"{"alg":"RS256","alg":"none"}"#), header),
        (header_of(r#"{"alg":"RS256","\u0061lg":"RS256"}"#), header),
        (header_of(r#"{"alg":"RS256","x":1,"x":1}"#), header),
        (header_of("{\"alg\":\"RS256\"} x"), header),
        (header_of("\u{feff}{\"alg\":\"RS256\"}"), header),
    ] {
        let read = Token::parse(&text);
        if why.is_empty() {
            assert!(read.is_ok(), "{text:?}");
            continue;
        }
        let said = read.expect_err("a refusal").message();
        assert!(
            said.starts_with("The token is malformed: ") && said.contains(why),
            "{text:?}: {said}"
        );
    }
    assert_eq!(Token::parse(&token(&json!({"alg": "RS256", "kid": null}))).unwrap().key_id, None);
}

#[test]
fn a_token_longer_than_any_in_use_is_not_read() {
    let at = |length: usize| {
        let good = token(&json!({"alg": "RS256"}));
        format!("{good}{}", "A".repeat(length - good.len()))
    };
    assert!(Token::parse(&at(16 * 1024)).is_ok());
    let said = refused(&at(16 * 1024 + 1)).message();
    assert_eq!(said, "The token is malformed: it has more than 16384 bytes.");
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
    let twice = format!("eyJhbGciOiJSUzI1NiJ9.{}.c2ln", BASE64.encode(r#"{"iss":"a","iss":"b"}"#));
    let both = [other.clone(), ours.clone()];
    let said = Token::parse(&twice).expect("a token").issuer(&both).map(|_| ());
    assert!(matches!(said, Err(Refused::Malformed(_))));
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
