//! The settings of sign-in: `AUTH_…`. Whatever is wrong with one is said with its name, and then nobody
//! signs in.

use super::issuer::{Issuer, KeySource};
use crate::config::{AUTH_AUDIENCE, AUTH_ISSUER, AUTH_PARTIES, Config};
use crate::error::ApiError;
use crate::url::trusted::{is_trustworthy, trusted};
use serde::Deserialize;
use serde_json::{Map, Value};

const JWKS_URL: &str = "AUTH_JWKS_URL";
const JWKS: &str = "AUTH_JWKS";
const TOKEN_HEADER: &str = "AUTH_TOKEN_HEADER";
const SUBJECT_CLAIM: &str = "AUTH_SUBJECT_CLAIM";
const REQUIRED_CLAIMS: &str = "AUTH_REQUIRED_CLAIMS";
const PROVIDERS: &str = "AUTH_PROVIDERS";
const PAGE_TOKEN: &str = "AUTH_PAGE_TOKEN";
const ID_TOKEN: &str = "id_token";

/// One more issuer, in `AUTH_PROVIDERS`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Provider {
    issuer: String,
    #[serde(default)]
    audience: Names,
    #[serde(default)]
    parties: Names,
    jwks_url: Option<String>,
    jwks: Option<Value>,
    header: Option<String>,
    subject_claim: Option<String>,
    #[serde(default)]
    required_claims: Map<String, Value>,
    prefix: String,
}

/// One name, or several: in a list, or in a text with spaces or commas.
#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Names {
    #[default]
    None,
    Text(String),
    List(Vec<String>),
}

impl Names {
    fn list(self) -> Vec<String> {
        match self {
            Self::None => Vec::new(),
            Self::Text(text) => words(&text),
            Self::List(list) => list.into_iter().filter(|one| !one.is_empty()).collect(),
        }
    }
}

/// The issuers of this deployment, the one in `AUTH_ISSUER` first.
///
/// # Errors
///
/// `not_configured`, naming the setting that is missing or wrong.
pub fn issuers<F: Fn(&str) -> Option<String>>(config: &Config<F>) -> Result<Vec<Issuer>, ApiError> {
    let get = |name| config.get(name);
    let issuer = get(AUTH_ISSUER).ok_or_else(|| ApiError::not_configured(AUTH_ISSUER))?;
    let first = Issuer {
        issuer: trusted(AUTH_ISSUER, issuer)?,
        audiences: words(&get(AUTH_AUDIENCE).unwrap_or_default()),
        parties: words(&get(AUTH_PARTIES).unwrap_or_default()),
        keys: keys(
            JWKS_URL,
            get(JWKS_URL),
            JWKS,
            get(JWKS).map(|text| json(JWKS, &text)).transpose()?,
        )?,
        header: header(TOKEN_HEADER, get(TOKEN_HEADER))?,
        subject_claim: get(SUBJECT_CLAIM).unwrap_or_else(|| "sub".to_owned()),
        required: match get(REQUIRED_CLAIMS) {
            Some(text) => required(json(REQUIRED_CLAIMS, &text)?),
            None => Vec::new(),
        },
        prefix: String::new(),
        others: Vec::new(),
    };
    if first.audiences.is_empty() && first.parties.is_empty() {
        return Err(ApiError::not_configured(AUTH_AUDIENCE));
    }
    let mut all = vec![first];
    if let Some(text) = get(PROVIDERS) {
        let Value::Array(list) = json(PROVIDERS, &text)? else {
            return Err(ApiError::wrong_setting(PROVIDERS, "must be a JSON list"));
        };
        for (place, one) in list.into_iter().enumerate() {
            all.push(another(&format!("{PROVIDERS}[{place}]"), one, &all)?);
        }
    }
    let prefixes: Vec<String> = all[1..].iter().map(|one| one.prefix.clone()).collect();
    for one in &mut all {
        one.others = prefixes.iter().filter(|other| **other != one.prefix).cloned().collect();
    }
    Ok(all)
}

/// The token that the page sends: its own ID token, or else the access token.
///
/// # Errors
///
/// `not_configured` for another word in `AUTH_PAGE_TOKEN`.
pub fn page_token<F: Fn(&str) -> Option<String>>(
    config: &Config<F>,
) -> Result<Option<&'static str>, ApiError> {
    match config.get(PAGE_TOKEN).as_deref() {
        None | Some("access_token") => Ok(None),
        Some(ID_TOKEN) => Ok(Some(ID_TOKEN)),
        Some(_) => Err(ApiError::wrong_setting(PAGE_TOKEN, "must be access_token or id_token")),
    }
}

fn another(at: &str, entry: Value, before: &[Issuer]) -> Result<Issuer, ApiError> {
    let entry: Provider = serde_json::from_value(entry)
        .map_err(|error| ApiError::wrong_setting(at, &format!("cannot be read: {error}")))?;
    let field = |name: &str| format!("{at}.{name}");
    if !is_trustworthy(&entry.issuer) {
        return Err(ApiError::wrong_setting(
            &field("issuer"),
            "must be https, or http on a loopback address",
        ));
    }
    if before.iter().any(|other| other.issuer == entry.issuer) {
        return Err(ApiError::wrong_setting(&field("issuer"), "is listed twice"));
    }
    let (audiences, parties) = (entry.audience.list(), entry.parties.list());
    if audiences.is_empty() && parties.is_empty() {
        return Err(ApiError::wrong_setting(&field("audience"), "or parties must be set"));
    }
    if entry.prefix.is_empty() {
        return Err(ApiError::wrong_setting(&field("prefix"), "must not be empty"));
    }
    // Neither may begin with the other: their users would not be told apart.
    let clashes = |other: &&Issuer| {
        entry.prefix.starts_with(&other.prefix) || other.prefix.starts_with(&entry.prefix)
    };
    if let Some(other) = before[1..].iter().find(clashes) {
        let wrong = format!("must not begin as that of {} does", other.issuer);
        return Err(ApiError::wrong_setting(&field("prefix"), &wrong));
    }
    Ok(Issuer {
        issuer: entry.issuer,
        audiences,
        parties,
        keys: keys(&field("jwksUrl"), entry.jwks_url, &field("jwks"), entry.jwks)?,
        header: header(&field("header"), entry.header)?,
        subject_claim: entry.subject_claim.unwrap_or_else(|| "sub".to_owned()),
        required: required(entry.required_claims),
        prefix: entry.prefix,
        others: Vec::new(),
    })
}

fn keys(
    url_name: &str,
    url: Option<String>,
    set_name: &str,
    set: Option<Value>,
) -> Result<KeySource, ApiError> {
    if let Some(set) = set {
        return match set.get("keys").is_some_and(Value::is_array) {
            true => Ok(KeySource::Set(set)),
            false => Err(ApiError::wrong_setting(set_name, "must be a key set: {\"keys\":[…]}")),
        };
    }
    match url {
        Some(url) if is_trustworthy(&url) => Ok(KeySource::Url(url)),
        Some(_) => {
            Err(ApiError::wrong_setting(url_name, "must be https, or http on a loopback address"))
        }
        None => Ok(KeySource::Discovery),
    }
}

fn header(name: &str, value: Option<String>) -> Result<Option<String>, ApiError> {
    let Some(value) = value else { return Ok(None) };
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    match !value.is_empty() && value.bytes().all(is_token) {
        true => Ok(Some(value.to_ascii_lowercase())),
        false => Err(ApiError::wrong_setting(name, "must be the name of a header")),
    }
}

/// Claims with their allowed values: one, or a list.
fn required(claims: Map<String, Value>) -> Vec<(String, Vec<Value>)> {
    let allowed = |value| match value {
        Value::Array(many) => many,
        one => vec![one],
    };
    claims.into_iter().map(|(name, value)| (name, allowed(value))).collect()
}

fn json<T: for<'de> Deserialize<'de>>(name: &str, text: &str) -> Result<T, ApiError> {
    let read = crate::json::read(text.as_bytes());
    read.map_err(|error| ApiError::wrong_setting(name, &format!("cannot be read: {error}")))
}

fn words(text: &str) -> Vec<String> {
    text.split([' ', ',']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(pairs: &[(&str, &str)]) -> Result<Vec<Issuer>, ApiError> {
        issuers(&Config::from_lookup(|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        }))
    }

    /// With the issuer that all have.
    fn with(pairs: &[(&str, &str)]) -> Result<Vec<Issuer>, ApiError> {
        read(&[&[(AUTH_ISSUER, "https://id.example")], pairs].concat())
    }

    fn providers(list: &Value) -> Result<Vec<Issuer>, ApiError> {
        with(&[(AUTH_AUDIENCE, "a"), (PROVIDERS, &list.to_string())])
    }

    #[test]
    fn one_issuer_with_an_audience_is_what_it_was() {
        let [issuer] =
            <[Issuer; 1]>::try_from(with(&[(AUTH_AUDIENCE, "taskwire")]).unwrap()).unwrap();
        assert_eq!(issuer.audiences, ["taskwire"]);
        assert_eq!((issuer.keys, issuer.subject_claim.as_str()), (KeySource::Discovery, "sub"));
        assert!(issuer.parties.is_empty() && issuer.required.is_empty() && issuer.header.is_none());
    }

    #[test]
    fn audiences_and_parties_are_lists_with_spaces_or_commas() {
        let all = with(&[(AUTH_AUDIENCE, "a, b c"), (AUTH_PARTIES, "p,q")]).unwrap();
        assert_eq!(all[0].audiences, ["a", "b", "c"]);
        assert_eq!(all[0].parties, ["p", "q"]);
        assert_eq!(with(&[(AUTH_PARTIES, "p")]).unwrap()[0].audiences, [""; 0]);
    }

    #[test]
    fn everything_can_be_said_of_the_first_issuer() {
        let all = with(&[
            (AUTH_PARTIES, "app"),
            (JWKS, r#"{"keys":[]}"#),
            (TOKEN_HEADER, "Cf-Access-Jwt-Assertion"),
            (SUBJECT_CLAIM, "email"),
            (REQUIRED_CLAIMS, r#"{"is_anonymous":false,"role":["a","b"]}"#),
        ]);
        let issuer = &all.unwrap()[0];
        assert_eq!(issuer.keys, KeySource::Set(json!({"keys": []})));
        assert_eq!(issuer.header.as_deref(), Some("cf-access-jwt-assertion"));
        assert_eq!(issuer.subject_claim, "email");
        let required = [
            ("is_anonymous".to_owned(), vec![json!(false)]),
            ("role".to_owned(), vec![json!("a"), json!("b")]),
        ];
        assert_eq!(issuer.required, required);
    }

    #[test]
    fn the_page_sends_its_id_token_only_where_that_is_said() {
        let page = |text: &'static str| {
            page_token(&Config::from_lookup(|name| {
                (name == PAGE_TOKEN && !text.is_empty()).then(|| text.to_owned())
            }))
        };
        assert_eq!((page("").unwrap(), page("access_token").unwrap()), (None, None));
        assert_eq!(page("id_token").unwrap(), Some("id_token"));
        assert_eq!(page("ID").unwrap_err().issues[0].path, "AUTH_PAGE_TOKEN");
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
    fn what_is_wrong_is_a_503_that_names_the_setting() {
        let one = |change: Value| {
            let mut entry = json!({"issuer": "https://b.example", "audience": "x", "prefix": "b|"});
            for (name, value) in change.as_object().unwrap() {
                entry[name] = value.clone();
            }
            entry
        };
        let good = || one(json!({}));
        let cases: Vec<(Result<Vec<Issuer>, ApiError>, &str)> = vec![
            (read(&[(AUTH_AUDIENCE, "a")]), "AUTH_ISSUER"),
            (with(&[]), "AUTH_AUDIENCE"),
            (with(&[(AUTH_AUDIENCE, " , ")]), "AUTH_AUDIENCE"),
            (with(&[(AUTH_AUDIENCE, "a"), (JWKS, "{")]), "AUTH_JWKS"),
            (with(&[(AUTH_AUDIENCE, "a"), (JWKS, "{}")]), "AUTH_JWKS"),
            (with(&[(AUTH_AUDIENCE, "a"), (JWKS_URL, "http://id.example")]), "AUTH_JWKS_URL"),
            (with(&[(AUTH_AUDIENCE, "a"), (TOKEN_HEADER, "a b")]), "AUTH_TOKEN_HEADER"),
            (with(&[(AUTH_AUDIENCE, "a"), (REQUIRED_CLAIMS, "[]")]), "AUTH_REQUIRED_CLAIMS"),
            (with(&[(AUTH_AUDIENCE, "a"), (PROVIDERS, "[{]")]), "AUTH_PROVIDERS"),
            (providers(&json!({})), "AUTH_PROVIDERS"),
            (providers(&json!([7])), "AUTH_PROVIDERS[0]"),
            (providers(&json!([one(json!({"audiences": "x"}))])), "AUTH_PROVIDERS[0]"),
            (
                providers(&json!([one(json!({"issuer": "http://b.example"}))])),
                "AUTH_PROVIDERS[0].issuer",
            ),
            (
                providers(&json!([one(json!({"issuer": "https://id.example"}))])),
                "AUTH_PROVIDERS[0].issuer",
            ),
            (providers(&json!([one(json!({"audience": ""}))])), "AUTH_PROVIDERS[0].audience"),
            (providers(&json!([one(json!({"prefix": ""}))])), "AUTH_PROVIDERS[0].prefix"),
            (
                providers(&json!([good(), one(json!({"issuer": "https://c.example"}))])),
                "AUTH_PROVIDERS[1].prefix",
            ),
            (
                providers(&json!([
                    good(),
                    one(json!({"issuer": "https://c.example", "prefix": "b|c"}))
                ])),
                "AUTH_PROVIDERS[1].prefix",
            ),
            (providers(&json!([one(json!({"jwks": []}))])), "AUTH_PROVIDERS[0].jwks"),
            (providers(&json!([one(json!({"jwksUrl": "x"}))])), "AUTH_PROVIDERS[0].jwksUrl"),
            (providers(&json!([one(json!({"header": "a:b"}))])), "AUTH_PROVIDERS[0].header"),
        ];
        for (result, name) in cases {
            let error = result.expect_err(name);
            assert_eq!((error.status(), error.code.as_str()), (503, "not_configured"), "{name}");
            assert!(error.message.starts_with(&format!("{name} ")), "{name}: {}", error.message);
        }
    }
}
