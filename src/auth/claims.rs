//! Reading a token and checking its claims. Pure: the signature is checked elsewhere, between
//! [`Token::parse`] and `Token::identity`.

use crate::auth::algorithm::Algorithm;
use crate::auth::issuer::{Issuer, first_unmet};
use crate::auth::refused::{LAST_SECOND, Refused};
use crate::auth::unique::Unique;
use crate::domain::time::{Millis, SECOND};
use crate::json;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

/// Longest token that is read, in bytes: four times the largest in common use.
const TOKEN_LIMIT: usize = 16 * 1024;
/// How far the issuer's clock may differ from ours, in seconds.
const LEEWAY: f64 = 5.0;
/// The longest time for which one token is accepted, in seconds: a year, however late its `exp`.
const LONGEST: f64 = 365.0 * 24.0 * 3600.0;

/// The caller. Only a verified token or a server's key makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    user_id: String,
    until: Millis,
    /// Of the token. A server's key has none.
    claims: Option<Map<String, Value>>,
}

impl Identity {
    pub(super) fn new(user_id: String, until: Millis) -> Self {
        Self { user_id, until, claims: None }
    }

    #[cfg(test)]
    pub(super) fn with_claims(user_id: &str, claims: Value) -> Self {
        let claims = claims.as_object().cloned();
        Self { claims, ..Self::new(user_id.to_owned(), Millis::MAX) }
    }

    #[cfg(test)]
    pub(super) fn of_server(user_id: &str) -> Self {
        Self::new(user_id.to_owned(), Millis::MAX)
    }

    /// The claim of this name, where it is a text. `None`: a server asks, which has no claims.
    pub fn claim(&self, name: &str) -> Option<&str> {
        let claim = self.claims.as_ref()?.get(name).and_then(Value::as_str);
        Some(claim.unwrap_or_default())
    }

    /// Whether the token has all of these claims. A server's key has none.
    pub fn meets(&self, required: &[(String, Vec<Value>)]) -> bool {
        self.claims.as_ref().is_some_and(|claims| first_unmet(required, claims).is_none())
    }

    /// The user's id in rows and tickets.
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// When the caller has to authenticate again.
    pub fn until(&self) -> Millis {
        self.until
    }
}

/// A parsed token, not verified yet.
#[derive(Debug)]
pub struct Token<'a> {
    pub algorithm: Algorithm,
    pub key_id: Option<String>,
    /// The signed text.
    pub signed: &'a str,
    pub signature: Vec<u8>,
    payload: &'a str,
}

impl<'a> Token<'a> {
    /// Parses a token without verifying it.
    ///
    /// # Errors
    ///
    /// [`Refused::Malformed`], or [`Refused::Wrong`] for a header that is not accepted.
    pub fn parse(token: &'a str) -> Result<Self, Refused> {
        if token.len() > TOKEN_LIMIT {
            return Err(Refused::Malformed("it has more than 16384 bytes"));
        }
        let mut parts = token.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Refused::Malformed("it does not have three parts"));
        };
        let signed = &token[..header.len() + 1 + payload.len()];
        let header = object(header).ok_or(Refused::Malformed(
            "its header is no JSON object in base64url with each name once",
        ))?;
        let (algorithm, key_id) = read_header(&header)?;
        let signature = URL_SAFE_NO_PAD.decode(signature);
        let signature =
            signature.map_err(|_| Refused::Malformed("its signature is no base64url"))?;
        Ok(Self { algorithm, key_id, signed, signature, payload })
    }

    /// The issuer whose keys are tried. If there are several, it is the one that the token claims, not verified
    /// yet.
    ///
    /// # Errors
    ///
    /// The token is from none of them, or is [`Refused::Malformed`].
    pub fn issuer<'i>(&self, issuers: &'i [Issuer]) -> Result<&'i Issuer, Refused> {
        if let [only] = issuers {
            return Ok(only);
        }
        let claims = self.claims()?;
        let iss = claims.get("iss");
        let is_its = |one: &&Issuer| iss.is_some_and(|iss| *iss == *one.issuer);
        issuers.iter().find(is_its).ok_or_else(|| {
            let wanted: Vec<String> = issuers.iter().map(|one| one.issuer.clone()).collect();
            Refused::wrong("iss", iss, &wanted)
        })
    }

    /// Checks the claims of a token whose signature has been verified. `now` is in Unix seconds.
    ///
    /// # Errors
    ///
    /// The first claim that is missing or wrong.
    #[cfg_attr(
        not(any(target_arch = "wasm32", test)),
        allow(dead_code, reason = "only the Worker calls it")
    )]
    pub(super) fn identity(&self, issuer: &Issuer, now: f64) -> Result<Identity, Refused> {
        let claims = self.claims()?;
        let came = claims.get("iss");
        if came.and_then(Value::as_str) != Some(issuer.issuer.as_str()) {
            return Err(Refused::wrong("iss", came, std::slice::from_ref(&issuer.issuer)));
        }
        issuer.check_audience(&claims)?;
        let end = end_of(&claims, now)?;
        let user_id = issuer.user(&claims)?;
        issuer.check_required(&claims)?;
        let until = (end.min(now + LONGEST) * SECOND as f64) as Millis;
        Ok(Identity { claims: Some(claims), ..Identity::new(user_id, until) })
    }

    fn claims(&self) -> Result<Map<String, Value>, Refused> {
        object(self.payload).ok_or(Refused::Malformed(
            "its claims are no JSON object in base64url with each name once",
        ))
    }
}

/// The algorithm and the key id. Headers that would change how the token is read are refused.
fn read_header(header: &Map<String, Value>) -> Result<(Algorithm, Option<String>), Refused> {
    if header.contains_key("crit") {
        return Err(Refused::Malformed("its header has crit, and no extension is known here"));
    }
    if header.get("b64").is_some_and(|encoded| *encoded != true) {
        return Err(Refused::Malformed("its header has b64"));
    }
    let name = header.get("alg");
    let algorithm = name.and_then(Value::as_str).and_then(Algorithm::named);
    let algorithm = algorithm.ok_or_else(|| Refused::algorithm(name))?;
    if !header.get("typ").is_none_or(is_for_access) {
        return Err(Refused::wrong("typ", header.get("typ"), &["JWT".into(), "at+jwt".into()]));
    }
    let key_id = match header.get("kid") {
        None | Some(Value::Null) => None,
        Some(Value::String(id)) => Some(id.clone()),
        Some(_) => return Err(Refused::Malformed("its kid is no text")),
    };
    Ok((algorithm, key_id))
}

/// Whether a token of this type can be an access token. Issuers sign other tokens with the same keys, and mark
/// them with a type of their own, such as `logout+jwt` and `secevent+jwt` (RFC 8725, 3.11).
fn is_for_access(typ: &Value) -> bool {
    let Some(typ) = typ.as_str() else { return false };
    !typ.contains('+') || typ.to_ascii_lowercase().ends_with("at+jwt")
}

/// When the token expires, with the leeway. All times are Unix seconds.
fn end_of(claims: &Map<String, Value>, now: f64) -> Result<f64, Refused> {
    let number = |name| claims.get(name).and_then(Value::as_f64);
    let end = number("exp").filter(|end| *end <= LAST_SECOND).map(|end| end + LEEWAY);
    let end = end.filter(|end| now < *end);
    let end = end.ok_or_else(|| Refused::expired(claims.get("exp"), now))?;
    if claims.contains_key("nbf") && number("nbf").is_none_or(|start| now < start - LEEWAY) {
        return Err(Refused::not_yet(claims.get("nbf"), now));
    }
    Ok(end)
}

fn object(part: &str) -> Option<Map<String, Value>> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    json::read(&bytes).ok().map(|Unique(object)| object)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::issuer::KeySource;
    use serde_json::json;

    const NOW: f64 = 1_795_168_800.0;

    fn identity(claims: Value) -> Result<Identity, Refused> {
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let token = format!("{}.{}.c2ln", part(json!({"alg": "RS256"})), part(claims));
        let issuers = [Issuer {
            issuer: "https://id.example".into(),
            audiences: vec!["taskwire".into()],
            parties: Vec::new(),
            keys: KeySource::Discovery,
            header: None,
            subject_claim: "sub".into(),
            required: Vec::new(),
            prefix: String::new(),
            others: Vec::new(),
        }];
        let token = Token::parse(&token).unwrap();
        token.identity(token.issuer(&issuers)?, NOW)
    }

    fn claims(change: impl FnOnce(&mut Value)) -> Value {
        let mut claims = json!({
            "iss": "https://id.example", "sub": "ada", "aud": "taskwire", "exp": NOW + 60.0,
        });
        change(&mut claims);
        claims
    }

    #[test]
    fn a_token_for_us_from_our_issuer_is_its_subject() {
        let with =
            |change: fn(&mut Value)| identity(claims(change)).map(|who| who.user_id().to_owned());
        assert_eq!(with(|_| {}), Ok("ada".into()));
        assert_eq!(with(|c| c["aud"] = json!(["other", "taskwire"])), Ok("ada".into()));
        assert_eq!(with(|c| c["nbf"] = json!(NOW + 5.0)), Ok("ada".into()));
        assert_eq!(with(|c| c["exp"] = json!(NOW - 4.9)), Ok("ada".into()));
    }

    #[test]
    fn a_token_is_taken_until_its_end_and_the_leeway_and_for_a_year_at_most() {
        let until = |exp: f64| identity(claims(|c| c["exp"] = json!(exp))).unwrap().until();
        let now = NOW as Millis * SECOND;
        assert_eq!(until(NOW + 60.25), now + 65_250);
        assert_eq!(until(NOW - 4.0), now + SECOND);
        assert_eq!(until(LAST_SECOND), now + LONGEST as Millis * SECOND);
    }

    #[test]
    fn each_claim_that_is_wrong_is_named_with_what_came_and_what_is_expected() {
        let (end, start) = (
            "It must be a time in seconds, after 2026-11-20T10:00:00.000Z by our clock.",
            "It must be a time in seconds, not after 2026-11-20T10:00:00.000Z by our clock.",
        );
        let user = "It must be text of 1 to 255 bytes without control characters.";
        let ours = r#"It must be "https://id.example"."#;
        let taskwire = r#"It must be "taskwire"."#;
        type Case<'a> = (&'a str, Value, &'a str, &'a str);
        let cases: [Case<'_>; 27] = [
            ("iss", json!("https://id.example/"), r#""https://id.example/""#, ours),
            ("iss", json!("https://ID.example"), r#""https://ID.example""#, ours),
            ("iss", json!(["https://id.example"]), r#"["https://id.example"]"#, ours),
            ("iss", json!(null), "null", ours),
            ("aud", json!("other"), r#""other""#, taskwire),
            ("aud", json!("Taskwire"), r#""Taskwire""#, taskwire),
            ("aud", json!(["other"]), r#"["other"]"#, taskwire),
            ("aud", json!([["taskwire"]]), r#"[["taskwire"]]"#, taskwire),
            ("aud", json!([]), "[]", taskwire),
            ("aud", json!(""), r#""""#, taskwire),
            ("aud", json!({"taskwire": true}), r#"{"taskwire":true}"#, taskwire),
            ("exp", json!(NOW as i64 - 5), "1795168795 (2026-11-20T09:59:55.000Z)", end),
            ("exp", json!(0), "0 (1970-01-01T00:00:00.000Z)", end),
            ("exp", json!(-1), "-1 (1969-12-31T23:59:59.000Z)", end),
            ("exp", json!(null), "null", end),
            ("exp", json!("1795168860"), r#""1795168860""#, end),
            ("exp", json!([1_795_168_860]), "[1795168860]", end),
            ("exp", json!(1_795_168_860_000_u64), "1795168860000", end),
            ("exp", json!(1e300), "1e+300", end),
            ("nbf", json!(NOW as i64 + 6), "1795168806 (2026-11-20T10:00:06.000Z)", start),
            ("nbf", json!("now"), r#""now""#, start),
            ("nbf", json!(null), "null", start),
            ("sub", json!(""), r#""""#, user),
            ("sub", json!(7), "7", user),
            ("sub", json!("a\u{0}b"), r#""a\u0000b""#, user),
            ("sub", json!("a\u{7f}b"), r#""a\u007fb""#, user),
            ("sub", json!(["ada"]), r#"["ada"]"#, user),
        ];
        for (name, came, shown, must) in cases {
            let said = identity(claims(|all| all[name] = came)).unwrap_err().message();
            assert_eq!(said, format!("The token's {name} is {shown}. {must}"));
        }
        for (name, must) in [("iss", ours), ("aud", taskwire), ("exp", end), ("sub", user)] {
            let without = claims(|all| drop(all.as_object_mut().unwrap().remove(name)));
            let said = identity(without).unwrap_err().message();
            assert_eq!(said, format!("The token's {name} is missing. {must}"));
        }
        for long in ["x".repeat(256), "ä".repeat(128)] {
            let said = identity(claims(|all| all["sub"] = json!(long))).unwrap_err().message();
            assert_eq!(said.chars().count(), "The token's sub is ".len() + 101 + 2 + user.len());
            assert!(said.ends_with(&format!("…. {user}")), "{said}");
        }
    }

    #[test]
    fn claims_that_are_no_object_with_each_name_once_are_not_read() {
        let refused = |payload: &str| {
            let token = format!("eyJhbGciOiJSUzI1NiJ9.{}.c2ln", URL_SAFE_NO_PAD.encode(payload));
            let token = Token::parse(&token).unwrap();
            assert!(matches!(token.claims(), Err(Refused::Malformed(_))), "{payload}");
        };
        refused("");
        refused("null");
        refused("[]");
        refused("\"eyJhbGciOiJub25lIn0.e30.\"");
        refused(r#"{"exp":NaN}"#);
        refused(r#"{"exp":Infinity}"#);
        refused(r#"{"exp":1e999}"#);
        refused(r#"{"sub":"ada","sub":"eve"}"#);
        refused(r#"{"sub":"ada","\u0073ub":"eve"}"#);
        refused("{\"sub\":\"\\ud800\"}");
        refused("{} {}");
    }
}
