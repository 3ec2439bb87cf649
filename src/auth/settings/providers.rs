//! `AUTH_PROVIDERS`: the JSON list of more issuers.

use super::parts::{header, json, keys, required, words};
use crate::auth::issuer::Issuer;
use crate::error::ApiError;
use crate::url::trusted::is_trustworthy;
use serde_json::{Map, Value};

/// Adds the issuers in the setting of this `name` to `all`, which has the first one.
///
/// # Errors
///
/// `not_configured`, naming the entry and the field that is wrong.
pub fn more(name: &str, text: &str, all: &mut Vec<Issuer>) -> Result<(), ApiError> {
    let Value::Array(list) = json(name, text)? else {
        return Err(ApiError::wrong_setting(name, "must be a JSON list"));
    };
    for (place, entry) in list.into_iter().enumerate() {
        let at = format!("{name}[{place}]");
        let Value::Object(fields) = entry else {
            return Err(ApiError::wrong_setting(&at, "must be a JSON object"));
        };
        let another = Entry { at, fields }.issuer()?;
        check_beside(&another, &format!("{name}[{place}]"), all)?;
        all.push(another);
    }
    Ok(())
}

/// One entry of the list, and its path in the setting.
struct Entry {
    at: String,
    fields: Map<String, Value>,
}

impl Entry {
    fn issuer(mut self) -> Result<Issuer, ApiError> {
        let issuer = self.text("issuer")?.unwrap_or_default();
        if !is_trustworthy(&issuer) {
            return Err(self.wrong("issuer", "must be https, or http on a loopback address"));
        }
        let (audiences, parties) = (self.names("audience")?, self.names("parties")?);
        if audiences.is_empty() && parties.is_empty() {
            return Err(self.wrong("audience", "or parties must be set"));
        }
        let prefix = self.text("prefix")?.unwrap_or_default();
        if prefix.is_empty() {
            return Err(self.wrong("prefix", "must not be empty"));
        }
        let (url, set) = (self.text("jwksUrl")?, self.fields.remove("jwks"));
        let token_header = self.text("header")?;
        let subject_claim = self.text("subjectClaim")?.unwrap_or_else(|| "sub".to_owned());
        let claims = self.fields.remove("requiredClaims");
        if let Some(unknown) = self.fields.keys().next() {
            return Err(self.wrong(unknown, "is not a field of an issuer"));
        }
        let field = |name: &str| self.field(name);
        Ok(Issuer {
            issuer,
            audiences,
            parties,
            keys: keys((&field("jwksUrl"), url), (&field("jwks"), set))?,
            header: token_header.map(|name| header(&field("header"), &name)).transpose()?,
            subject_claim,
            required: match claims {
                Some(claims) => required(&field("requiredClaims"), claims)?,
                None => Vec::new(),
            },
            prefix,
            others: Vec::new(),
        })
    }

    fn field(&self, name: &str) -> String {
        format!("{}.{name}", self.at)
    }

    fn wrong(&self, name: &str, wrong: &str) -> ApiError {
        ApiError::wrong_setting(&self.field(name), wrong)
    }

    fn text(&mut self, name: &str) -> Result<Option<String>, ApiError> {
        match self.fields.remove(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong(name, "must be text")),
        }
    }

    /// One name or several: a list, or a string with spaces or commas.
    fn names(&mut self, name: &str) -> Result<Vec<String>, ApiError> {
        let list = match self.fields.remove(name) {
            None => return Ok(Vec::new()),
            Some(Value::String(text)) => return Ok(words(&text)),
            Some(Value::Array(list)) => list,
            Some(_) => return Err(self.wrong(name, "must be text, or a list of texts")),
        };
        let texts: Option<Vec<String>> =
            list.iter().map(|one| one.as_str().map(str::to_owned)).collect();
        let texts = texts.ok_or_else(|| self.wrong(name, "must be text, or a list of texts"))?;
        Ok(texts.into_iter().filter(|one| !one.is_empty()).collect())
    }
}

/// Checks that the issuer is new, and that its users cannot be confused with another issuer's.
fn check_beside(another: &Issuer, at: &str, all: &[Issuer]) -> Result<(), ApiError> {
    if all.iter().any(|other| other.issuer == another.issuer) {
        return Err(ApiError::wrong_setting(&format!("{at}.issuer"), "is listed twice"));
    }
    // If one prefix began with another, a subject could begin with the difference.
    let clashes = |other: &Issuer| {
        another.prefix.starts_with(&other.prefix) || other.prefix.starts_with(&another.prefix)
    };
    match all[1..].iter().any(clashes) {
        true => Err(ApiError::wrong_setting(
            &format!("{at}.prefix"),
            "must not begin as another one, nor another one as it",
        )),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::issuer::KeySource;
    use crate::auth::settings::issuers;
    use crate::config::{AUTH_AUDIENCE, AUTH_ISSUER, Config};
    use serde_json::json;

    fn providers(list: &Value) -> Result<Vec<Issuer>, ApiError> {
        let list = list.to_string();
        let settings = [
            (AUTH_ISSUER, "https://id.example"),
            (AUTH_AUDIENCE, "a"),
            ("AUTH_PROVIDERS", list.as_str()),
        ];
        issuers(&Config::from_lookup(|name| {
            settings.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        }))
    }

    #[test]
    fn more_issuers_have_users_of_their_own() {
        let all = providers(&json!([
            {"issuer": "https://b.example", "audience": "x", "prefix": "b|", "jwksUrl": "https://b.example/keys"},
            {"issuer": "https://c.example", "parties": ["y", "z"], "prefix": "c|", "subjectClaim": "oid"},
        ]))
        .unwrap();
        assert_eq!(all[1].keys, KeySource::Url("https://b.example/keys".into()));
        assert_eq!(all[2].parties, ["y", "z"]);
        assert_eq!(all[0].others, ["b|", "c|"]);
        assert_eq!(all[1].others, ["c|"]);
    }

    #[test]
    fn everything_can_be_said_of_each_issuer() {
        let set = json!({"keys": [{"kty": "EC", "crv": "P-256"}]});
        let all = providers(&json!([{
            "issuer": "https://b.example", "audience": "x, y", "parties": ["p", ""], "prefix": "b|",
            "jwks": set, "header": "X-Token", "subjectClaim": "oid",
            "requiredClaims": {"role": ["a", "b"], "is_anonymous": false},
        }]))
        .unwrap();
        let one = &all[1];
        assert_eq!(
            (&one.audiences[..], &one.parties[..]),
            (&["x".into(), "y".into()][..], &["p".into()][..])
        );
        assert_eq!(one.keys, KeySource::Set(set));
        assert_eq!((one.header.as_deref(), one.subject_claim.as_str()), (Some("x-token"), "oid"));
        assert_eq!(one.required.len(), 2);
    }

    #[test]
    fn what_is_wrong_is_a_503_that_names_the_field_and_no_value() {
        let entry = |issuer: &str, changes: Value| {
            let mut entry = json!({"issuer": issuer, "audience": "x", "prefix": "b|"});
            for (name, value) in changes.as_object().expect("fields") {
                entry[name] = value.clone();
            }
            entry
        };
        let b = |changes| entry("https://b.example", changes);
        let c = |prefix: &str| entry("https://c.example", json!({"prefix": prefix}));
        for (list, place) in [
            (json!([7]), "[0]"),
            (json!(["VALUE"]), "[0]"),
            (json!([b(json!({"audiences": "VALUE"}))]), "[0].audiences"),
            (json!([b(json!({"issuer": "http://b.VALUE"}))]), "[0].issuer"),
            (json!([b(json!({"issuer": 7}))]), "[0].issuer"),
            (json!([entry("https://id.example", json!({}))]), "[0].issuer"),
            (json!([b(json!({})), b(json!({"prefix": "c|"}))]), "[1].issuer"),
            (json!([b(json!({"audience": ""}))]), "[0].audience"),
            (json!([b(json!({"audience": [""]}))]), "[0].audience"),
            (json!([b(json!({"audience": {"VALUE": 1}}))]), "[0].audience"),
            (json!([b(json!({"parties": [7]}))]), "[0].parties"),
            (json!([b(json!({"prefix": ""}))]), "[0].prefix"),
            (json!([b(json!({"prefix": ["VALUE"]}))]), "[0].prefix"),
            (json!([b(json!({})), c("b|")]), "[1].prefix"),
            (json!([b(json!({})), c("b|c")]), "[1].prefix"),
            (json!([b(json!({})), c("b")]), "[1].prefix"),
            (json!([b(json!({"jwks": []}))]), "[0].jwks"),
            (json!([b(json!({"jwks": "VALUE"}))]), "[0].jwks"),
            (json!([b(json!({"jwksUrl": "VALUE"}))]), "[0].jwksUrl"),
            (json!([b(json!({"jwksUrl": 7}))]), "[0].jwksUrl"),
            (json!([b(json!({"header": "a:VALUE"}))]), "[0].header"),
            (json!([b(json!({"header": ""}))]), "[0].header"),
            (json!([b(json!({"subjectClaim": ["VALUE"]}))]), "[0].subjectClaim"),
            (json!([b(json!({"requiredClaims": "VALUE"}))]), "[0].requiredClaims"),
            (json!([b(json!({"requiredClaims": {"role": []}}))]), "[0].requiredClaims"),
        ] {
            let error = providers(&list).expect_err(place);
            assert_eq!((error.status(), error.code.as_str()), (503, "not_configured"), "{list}");
            assert_eq!(error.issues[0].path, format!("AUTH_PROVIDERS{place}"), "{list}");
            assert!(!error.message.contains("VALUE"), "{}", error.message);
        }
        assert!(providers(&json!([b(json!({})), c("c|")])).is_ok());
    }
}
