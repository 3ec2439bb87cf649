//! An issuer of tokens, and what its tokens must claim.

use super::refused::Refused;
use serde_json::{Map, Value};

/// Longest user id, in bytes: OIDC's limit for `sub`.
const USER_LIMIT: usize = 255;

/// Where an issuer's keys are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum KeySource {
    /// By OIDC discovery.
    #[default]
    Discovery,
    Url(String),
    /// A JSON Web Key Set in the settings: nothing is fetched.
    Set(Value),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Issuer {
    /// Exactly the tokens' `iss`.
    pub issuer: String,
    /// `aud` must contain one of them. If empty, it is not checked.
    pub audiences: Vec<String>,
    /// `azp` or `client_id` must be one of them. If empty, neither is checked.
    pub parties: Vec<String>,
    pub keys: KeySource,
    /// A header that may carry the bare token, in lower case.
    pub header: Option<String>,
    /// The claim with the user's id.
    pub subject_claim: String,
    /// The required claims, each with its allowed values.
    pub required: Vec<(String, Vec<Value>)>,
    /// Comes before the subject. Empty for the first issuer alone.
    pub prefix: String,
    /// The prefixes of the other issuers. No subject of this one may look like a user of theirs.
    pub others: Vec<String>,
}

impl Issuer {
    /// Checks whom a token is for.
    ///
    /// # Errors
    ///
    /// [`Refused::Wrong`], with the claim, its value and the expected one.
    pub fn check_audience(&self, claims: &Map<String, Value>) -> Result<(), Refused> {
        if !self.audiences.is_empty() {
            let came = claims.get("aud");
            if !came.is_some_and(|came| {
                self.audiences.iter().any(|one| holds(came, &one.as_str().into()))
            }) {
                return Err(Refused::wrong("aud", came, &self.audiences));
            }
        }
        if !self.parties.is_empty() {
            let (azp, client) = (claims.get("azp"), claims.get("client_id"));
            let is_its = |came: &Value| {
                came.as_str().is_some_and(|came| self.parties.iter().any(|one| one == came))
            };
            if !azp.or(client).is_some_and(is_its) {
                let name = if azp.is_none() && client.is_some() { "client_id" } else { "azp" };
                return Err(Refused::wrong(name, azp.or(client), &self.parties));
            }
        }
        Ok(())
    }

    /// Checks the claims that the deployment requires.
    ///
    /// # Errors
    ///
    /// [`Refused::Forbidden`], with the claim, its value and the allowed ones.
    pub fn check_required(&self, claims: &Map<String, Value>) -> Result<(), Refused> {
        match first_unmet(&self.required, claims) {
            Some((name, allowed)) => Err(Refused::forbidden(name, claims.get(name), allowed)),
            None => Ok(()),
        }
    }

    /// The user that a token names.
    ///
    /// # Errors
    ///
    /// The claim is missing, empty, too long, has control characters, or looks like a user of another issuer.
    pub fn user(&self, claims: &Map<String, Value>) -> Result<String, Refused> {
        let (claim, came) = (self.subject_claim.as_str(), claims.get(&self.subject_claim));
        let subject = came.and_then(Value::as_str).unwrap_or_default();
        let room = USER_LIMIT.saturating_sub(self.prefix.len());
        if subject.is_empty() || subject.len() > room || subject.contains(char::is_control) {
            return Err(Refused::subject(claim, came, room));
        }
        let user = format!("{}{subject}", self.prefix);
        match self.others.iter().find(|prefix| user.starts_with(prefix.as_str())) {
            Some(prefix) => Err(Refused::anothers(claim, came, prefix)),
            None => Ok(user),
        }
    }
}

/// The first of the required claims that is not as it has to be. A missing one counts as false.
pub fn first_unmet<'r>(
    required: &'r [(String, Vec<Value>)],
    claims: &Map<String, Value>,
) -> Option<&'r (String, Vec<Value>)> {
    required.iter().find(|(name, allowed)| {
        let value = claims.get(name).unwrap_or(&Value::Bool(false));
        !allowed.iter().any(|one| holds(value, one))
    })
}

/// Whether a claim is `wanted`, or a list that contains it.
fn holds(claim: &Value, wanted: &Value) -> bool {
    match claim {
        Value::Array(many) => many.contains(wanted),
        one => one == wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn issuer() -> Issuer {
        Issuer {
            issuer: "https://id.example".into(),
            audiences: Vec::new(),
            parties: Vec::new(),
            keys: KeySource::Discovery,
            header: None,
            subject_claim: "sub".into(),
            required: Vec::new(),
            prefix: String::new(),
            others: Vec::new(),
        }
    }

    fn map(value: &Value) -> &Map<String, Value> {
        value.as_object().expect("an object")
    }

    #[test]
    fn with_audience_and_party_set_a_token_needs_both() {
        let both = Issuer {
            audiences: vec!["a".into(), "b".into()],
            parties: vec!["app".into()],
            ..issuer()
        };
        for good in [
            json!({"aud": "b", "azp": "app"}),
            json!({"aud": ["x", "a"], "client_id": "app"}),
            json!({"aud": "a", "azp": "app", "client_id": "other"}),
        ] {
            assert_eq!(both.check_audience(map(&good)), Ok(()), "{good}");
        }
        for (bad, message) in [
            (json!({"azp": "app"}), r#"The token's aud is missing. It must be one of "a", "b"."#),
            (
                json!({"aud": "c", "azp": "app"}),
                r#"The token's aud is "c". It must be one of "a", "b"."#,
            ),
            (
                json!({"aud": [], "azp": "app"}),
                r#"The token's aud is []. It must be one of "a", "b"."#,
            ),
            (json!({"aud": "a"}), r#"The token's azp is missing. It must be "app"."#),
            (
                json!({"aud": "a", "azp": "x", "client_id": "app"}),
                r#"The token's azp is "x". It must be "app"."#,
            ),
            (
                json!({"aud": "a", "client_id": "x"}),
                r#"The token's client_id is "x". It must be "app"."#,
            ),
            (
                json!({"aud": "a", "azp": ["app"]}),
                r#"The token's azp is ["app"]. It must be "app"."#,
            ),
        ] {
            assert_eq!(both.check_audience(map(&bad)).unwrap_err().message(), message, "{bad}");
        }
    }

    #[test]
    fn a_required_claim_that_is_missing_counts_as_false() {
        let required = vec![
            ("is_anonymous".to_owned(), vec![json!(false)]),
            ("role".to_owned(), vec![json!("admin"), json!("staff")]),
        ];
        let strict = Issuer { required, ..issuer() };
        for good in [
            json!({"role": "staff"}),
            json!({"is_anonymous": false, "role": "admin"}),
            json!({"role": ["guest", "admin"]}),
        ] {
            assert_eq!(strict.check_required(map(&good)), Ok(()), "{good}");
        }
        for (bad, message) in [
            (
                json!({"role": "admin", "is_anonymous": true}),
                "The token's is_anonymous is true. It must be false.",
            ),
            (json!({}), r#"The token's role is missing. It must be one of "admin", "staff"."#),
            (json!({"role": []}), r#"The token's role is []. It must be one of "admin", "staff"."#),
        ] {
            let refused = strict.check_required(map(&bad)).unwrap_err();
            assert!(matches!(refused, Refused::Forbidden(_)));
            assert_eq!(refused.message(), message, "{bad}");
        }
    }

    #[test]
    fn no_user_of_one_issuer_can_be_one_of_anothers() {
        let first = Issuer { others: vec!["staff|".into()], ..issuer() };
        let staff = Issuer { prefix: "staff|".into(), subject_claim: "oid".into(), ..issuer() };
        assert_eq!(first.user(map(&json!({"sub": "ada"}))), Ok("ada".into()));
        assert_eq!(staff.user(map(&json!({"oid": "ada", "sub": "x"}))), Ok("staff|ada".into()));
        let said =
            |user: Result<String, Refused>| user.expect_err("no user of this issuer").message();
        assert_eq!(
            said(first.user(map(&json!({"sub": "staff|ada"})))),
            "The token's sub is \"staff|ada\". It must not begin with \"staff|\", as users of another issuer do."
        );
        let must = "It must be text of 1 to 249 bytes without control characters.";
        for (bad, shown) in [
            (json!({}), "missing".to_owned()),
            (json!({"oid": ""}), "\"\"".to_owned()),
            (json!({"oid": 7}), "7".to_owned()),
            (json!({"oid": "a\u{9b}b"}), "\"a\\u009bb\"".to_owned()),
            (json!({"oid": "x".repeat(250)}), format!("\"{}…", "x".repeat(99))),
        ] {
            assert_eq!(
                said(staff.user(map(&bad))),
                format!("The token's oid is {shown}. {must}"),
                "{bad}"
            );
        }
        assert!(staff.user(map(&json!({"oid": "x".repeat(249)}))).is_ok());
    }
}
