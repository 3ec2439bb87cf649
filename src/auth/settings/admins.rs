//! `AUTH_ADMIN_CLAIMS`: which of the people who are signed in are operators. Not set: none of them.

use super::parts::{json, required};
use crate::auth::claims::Identity;
use crate::auth::issuer::first_unmet;
use crate::config::{AUTH_ISSUER, Config};
use crate::error::ApiError;
use serde_json::{Map, Value};

pub const ADMIN_CLAIMS: &str = "AUTH_ADMIN_CLAIMS";
const ISSUER_CLAIM: &str = "iss";

/// What the token of an operator has.
#[derive(Debug, PartialEq, Eq)]
pub struct AdminClaims(Vec<(String, Vec<Value>)>);

impl AdminClaims {
    /// Whether this person is an operator.
    pub fn admit(&self, person: &Identity) -> bool {
        person.meets(&self.0)
    }
}

/// What makes somebody an operator: any of these does. Empty: nothing does.
///
/// # Errors
///
/// `not_configured` if the setting cannot be read, or asks for nothing: then everybody would be one.
pub fn admins<F: Fn(&str) -> Option<String>>(
    config: &Config<F>,
) -> Result<Vec<AdminClaims>, ApiError> {
    let Some(text) = config.get(ADMIN_CLAIMS) else { return Ok(Vec::new()) };
    let mut claims = required(ADMIN_CLAIMS, json(ADMIN_CLAIMS, &text)?)?;
    // A missing claim counts as false, so a token without any would do.
    if first_unmet(&claims, &Map::new()).is_none() {
        let wrong = "must ask for a claim that only operators have";
        return Err(ApiError::wrong_setting(ADMIN_CLAIMS, wrong));
    }
    // Another issuer may give the same claim to anybody. To mean its people, the setting has to name it.
    if !claims.iter().any(|(name, _)| name == ISSUER_CLAIM) {
        let own = config.get(AUTH_ISSUER).unwrap_or_default();
        claims.push((ISSUER_CLAIM.to_owned(), vec![own.into()]));
    }
    Ok(vec![AdminClaims(claims)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ISSUER: &str = "https://id.example";

    fn read(text: &str) -> Result<Vec<AdminClaims>, ApiError> {
        admins(&Config::from_lookup(|name| match name {
            ADMIN_CLAIMS => Some(text.to_owned()),
            AUTH_ISSUER => Some(ISSUER.to_owned()),
            _ => None,
        }))
    }

    fn admits(setting: &str, claims: Value) -> bool {
        let person = Identity::with_claims("ada", claims);
        read(setting).expect("a setting").iter().any(|one| one.admit(&person))
    }

    #[test]
    fn without_the_setting_nobody_is_an_operator() {
        assert!(!admits("", json!({"iss": ISSUER, "role": "admin"})));
        assert!(!admits("  ", json!({"iss": ISSUER, "role": "admin"})));
    }

    #[test]
    fn an_operator_has_every_claim_with_one_of_its_values() {
        let setting = r#"{"role":["admin","owner"],"suspended":false}"#;
        let with = |more: Value| {
            let mut claims = json!({"iss": ISSUER});
            claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            admits(setting, claims)
        };
        assert!(with(json!({"role": "admin"})));
        assert!(with(json!({"role": ["guest", "owner"], "suspended": false})));
        for other in [
            json!({}),
            json!({"role": "user"}),
            json!({"role": "Admin"}),
            json!({"role": []}),
            json!({"role": true}),
            json!({"role": "admin", "suspended": true}),
        ] {
            assert!(!with(other.clone()), "{other}");
        }
    }

    #[test]
    fn another_issuers_people_are_meant_only_where_it_is_named() {
        let other = json!({"iss": "https://other.example", "role": "admin"});
        assert!(!admits(r#"{"role":"admin"}"#, other.clone()));
        assert!(admits(r#"{"role":"admin","iss":"https://other.example"}"#, other));
        let own = json!({"iss": ISSUER, "role": "admin"});
        assert!(!admits(r#"{"role":"admin","iss":"https://other.example"}"#, own));
    }

    #[test]
    fn a_server_is_no_person() {
        let server = Identity::of_server("ada");
        assert!(!read(r#"{"role":"admin"}"#).unwrap().iter().any(|one| one.admit(&server)));
    }

    #[test]
    fn what_cannot_be_read_or_asks_for_nothing_is_a_503_that_names_the_setting_and_no_value() {
        for wrong in [
            "{VALUE",
            "[]",
            "\"VALUE\"",
            "{}",
            r#"{"role":[]}"#,
            r#"{"role":"VALUE","role":"b"}"#,
            r#"{"suspended":false}"#,
            r#"{"role":["VALUE",false]}"#,
        ] {
            let error = read(wrong).expect_err(wrong);
            assert_eq!((error.status(), error.code.as_str()), (503, "not_configured"), "{wrong}");
            assert_eq!(error.issues[0].path, ADMIN_CLAIMS, "{wrong}");
            assert!(!error.message.contains("VALUE"), "{}", error.message);
        }
    }
}
