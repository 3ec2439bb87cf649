//! Server keys: for backends, cron jobs and agents that act for users without their tokens. Pure.

use super::claims::Identity;
use crate::config::Config;
use crate::domain::time::{DAY, Millis};
use crate::error::{ApiError, Code, Issue};
use crate::signature::Secret;
use serde::Deserialize;
use std::fmt;

pub const SERVER_KEYS: &str = "TASKWIRE_SERVER_KEYS";

/// The header that names the user for whom a server acts.
pub const USER_HEADER: &str = "Taskwire-User";

const PREFIX: &str = "twk_";
/// The shortest key, in characters.
const KEY_LENGTH: usize = 32;
/// Longest user id, in bytes.
const USER_LIMIT: usize = 255;
/// How long a server's socket may last, since its key can be revoked.
const SOCKET_LIFE: Millis = DAY;

/// What a server may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyScope {
    /// Start and erase.
    Start,
    Read,
    /// What operators do.
    Admin,
}

impl KeyScope {
    fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Read => "read",
            Self::Admin => "admin",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    key: String,
    scopes: Vec<KeyScope>,
}

/// One server's key.
pub struct ServerKey {
    name: String,
    secret: Secret,
    scopes: Vec<KeyScope>,
}

impl fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerKey({}, redacted)", self.name)
    }
}

/// Whether a bearer token looks like a server key.
pub fn is_server_key(token: &str) -> bool {
    token.starts_with(PREFIX)
}

/// The keys of this deployment's servers.
///
/// # Errors
///
/// `not_configured`, naming the place in the setting that is wrong, never a key.
pub fn server_keys<F: Fn(&str) -> Option<String>>(
    config: &Config<F>,
) -> Result<Vec<ServerKey>, ApiError> {
    let Some(text) = config.get(SERVER_KEYS) else { return Ok(Vec::new()) };
    let entries: Vec<serde_json::Value> = crate::json::read(text.as_bytes()).map_err(|_| {
        ApiError::wrong_setting(SERVER_KEYS, "must be a JSON list of {name, key, scopes}")
    })?;
    let mut keys: Vec<ServerKey> = Vec::new();
    for (place, entry) in entries.into_iter().enumerate() {
        let at = format!("{SERVER_KEYS}[{place}]");
        let Entry { name, key, scopes } = serde_json::from_value(entry).map_err(|_| {
            ApiError::wrong_setting(
                &at,
                "must be {name, key, scopes}, with scopes of start, read, admin",
            )
        })?;
        if name.is_empty() || keys.iter().any(|other| other.name == name) {
            return Err(ApiError::wrong_setting(
                &format!("{at}.name"),
                "must not be empty, and its own",
            ));
        }
        let key = key.trim();
        // Otherwise the scopes of the later entry would replace those of the earlier one.
        if keys.iter().any(|other| other.secret.is(key)) {
            return Err(ApiError::wrong_setting(&format!("{at}.key"), "is listed twice"));
        }
        let is_long = key.starts_with(PREFIX) && key.chars().count() >= KEY_LENGTH;
        let secret = Secret::new(key.to_owned()).filter(|_| is_long);
        let secret = secret.ok_or_else(|| {
            ApiError::wrong_setting(
                &format!("{at}.key"),
                "must begin with twk_ and have 32 characters or more",
            )
        })?;
        if scopes.is_empty() {
            return Err(ApiError::wrong_setting(&format!("{at}.scopes"), "must name one"));
        }
        keys.push(ServerKey { name, secret, scopes });
    }
    Ok(keys)
}

/// The name of the server with this key, if the key has the `scope`.
///
/// # Errors
///
/// `unauthorized` for an unknown key, `insufficient_scope` without the scope.
pub fn server_with<'k>(
    keys: &'k [ServerKey],
    given: &str,
    scope: KeyScope,
) -> Result<&'k str, ApiError> {
    // All are compared, so that the time does not reveal which one matched.
    let known =
        keys.iter().fold(None, |found, one| if one.secret.is(given) { Some(one) } else { found });
    let key =
        known.ok_or_else(|| ApiError::new(Code::Unauthorized, "The server key is unknown."))?;
    if !key.scopes.contains(&scope) {
        let message = format!("The server key {} lacks the scope {}.", key.name, scope.name());
        return Err(ApiError::new(Code::InsufficientScope, message));
    }
    Ok(&key.name)
}

/// The user for whom the server with this key acts, if the key has the `scope`. `user` is its header.
///
/// # Errors
///
/// `unauthorized` for an unknown key, `insufficient_scope` without the scope, `validation_error` without a
/// user.
pub fn acting_for(
    keys: &[ServerKey],
    given: &str,
    scope: KeyScope,
    user: Option<&str>,
    now: Millis,
) -> Result<Identity, ApiError> {
    server_with(keys, given, scope)?;
    let user = user.map(str::trim).unwrap_or_default();
    let is_plain = user.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if user.is_empty() || user.len() > USER_LIMIT || !is_plain {
        let message = "must name the user: 1 to 255 visible ASCII characters";
        let issues = vec![Issue::new(USER_HEADER, message)];
        let message = format!("The header {USER_HEADER} {message}.");
        return Err(ApiError { issues, ..ApiError::new(Code::ValidationError, message) });
    }
    Ok(Identity::new(user.to_owned(), now + SOCKET_LIFE))
}

/// The error for [`USER_HEADER`] beside a user's token, which already names its user.
pub fn two_users() -> ApiError {
    let message = format!(
        "The header {USER_HEADER} is only for a server key ({PREFIX}…). A user's token names its own user."
    );
    let issues = vec![Issue::new(USER_HEADER, "is only for a server key")];
    ApiError { issues, ..ApiError::new(Code::AmbiguousUser, message) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "twk_0123456789abcdef0123456789abcdef";
    const OTHER: &str = "twk_fedcba9876543210fedcba9876543210";

    fn read(text: &str) -> Result<Vec<ServerKey>, ApiError> {
        server_keys(&Config::from_lookup(|name| (name == SERVER_KEYS).then(|| text.to_owned())))
    }

    fn keys() -> Vec<ServerKey> {
        read(&format!(
            r#"[{{"name":"backend","key":"{KEY}","scopes":["start","read"]}},
                {{"name":"reports","key":"{OTHER}","scopes":["read"]}}]"#
        ))
        .expect("keys")
    }

    fn code(result: Result<Identity, ApiError>) -> (u16, &'static str) {
        let error = result.expect_err("a refusal");
        (error.status(), error.code.as_str())
    }

    #[test]
    fn a_server_acts_for_the_user_that_it_names() {
        for scope in [KeyScope::Start, KeyScope::Read] {
            let who = acting_for(&keys(), KEY, scope, Some(" ada "), 7).expect("a user");
            assert_eq!((who.user_id(), who.until()), ("ada", 7 + DAY));
        }
        let long = "x".repeat(255);
        assert!(acting_for(&keys(), OTHER, KeyScope::Read, Some(&long), 7).is_ok());
    }

    #[test]
    fn whoever_has_no_key_or_no_scope_or_names_no_user_does_nothing() {
        let as_ada = |key, scope| code(acting_for(&keys(), key, scope, Some("ada"), 7));
        assert_eq!(
            as_ada("twk_0123456789abcdef0123456789abcdee", KeyScope::Read),
            (401, "unauthorized")
        );
        assert_eq!(as_ada("twk_", KeyScope::Read), (401, "unauthorized"));
        assert_eq!(as_ada(&KEY[..35], KeyScope::Read), (401, "unauthorized"));
        assert_eq!(as_ada(OTHER, KeyScope::Start), (403, "insufficient_scope"));
        assert_eq!(as_ada(KEY, KeyScope::Admin), (403, "insufficient_scope"));
        assert_eq!(
            code(acting_for(&[], KEY, KeyScope::Read, Some("ada"), 7)),
            (401, "unauthorized")
        );
    }

    #[test]
    fn an_operators_key_names_no_user_and_no_other_key_will_do() {
        let admin = "twk_admin_admin_admin_admin_admin_admin";
        let all = read(&format!(
            r#"[{{"name":"backend","key":"{KEY}","scopes":["start","read"]}},
                {{"name":"ops","key":"{admin}","scopes":["admin"]}}]"#
        ));
        let all = all.expect("keys");
        assert_eq!(server_with(&all, admin, KeyScope::Admin), Ok("ops"));
        let refused = |key| server_with(&all, key, KeyScope::Admin).expect_err("a refusal").code;
        assert_eq!(refused(KEY), Code::InsufficientScope);
        assert_eq!(refused(OTHER), Code::Unauthorized);
        for scope in [KeyScope::Start, KeyScope::Read] {
            let opened = acting_for(&all, admin, scope, Some("ada"), 7);
            assert_eq!(code(opened), (403, "insufficient_scope"));
        }
    }

    #[test]
    fn a_user_that_is_missing_too_long_or_has_control_characters_is_a_422_that_names_the_header() {
        let refused = |user: Option<&str>| {
            let error = acting_for(&keys(), KEY, KeyScope::Read, user, 7).expect_err("a refusal");
            assert_eq!((error.status(), error.code), (422, Code::ValidationError), "{user:?}");
            assert_eq!(error.issues[0].path, "Taskwire-User");
            assert!(!error.message.contains(char::is_control), "{user:?}");
        };
        let long = "x".repeat(256);
        for user in [None, Some(""), Some("  "), Some("a\u{e4}"), Some(long.as_str())] {
            refused(user);
        }
        for control in ('\0'..='\u{1f}').chain('\u{7f}'..='\u{9f}') {
            refused(Some(&format!("a{control}b")));
        }
    }

    #[test]
    fn a_users_token_cannot_be_passed_on_as_another_users() {
        let error = two_users();
        assert_eq!((error.status(), error.code.as_str()), (400, "ambiguous_user"));
        assert_eq!(error.issues[0].path, "Taskwire-User");
        assert!(error.message.contains("Taskwire-User"));
    }

    #[test]
    fn what_is_wrong_is_a_503_that_names_its_place_and_no_key() {
        let entry = |name: &str, key: &str, scopes: &str| {
            format!(r#"{{"name":"{name}","key":"{key}","scopes":{scopes}}}"#)
        };
        let good = entry("a", KEY, r#"["read"]"#);
        for (text, place) in [
            ("{".to_owned(), SERVER_KEYS),
            ("{}".to_owned(), SERVER_KEYS),
            ("[7]".to_owned(), "TASKWIRE_SERVER_KEYS[0]"),
            (format!("[{}]", entry("a", KEY, r#"["write"]"#)), "TASKWIRE_SERVER_KEYS[0]"),
            (format!("[{}]", entry("", KEY, r#"["read"]"#)), "TASKWIRE_SERVER_KEYS[0].name"),
            (format!("[{good},{good}]"), "TASKWIRE_SERVER_KEYS[1].name"),
            (
                format!("[{good},{}]", entry("b", KEY, r#"["admin"]"#)),
                "TASKWIRE_SERVER_KEYS[1].key",
            ),
            (format!("[{}]", entry("a", &KEY[..31], r#"["read"]"#)), "TASKWIRE_SERVER_KEYS[0].key"),
            (
                format!("[{}]", entry("a", "twk_short", r#"["read"]"#)),
                "TASKWIRE_SERVER_KEYS[0].key",
            ),
            (
                format!("[{}]", entry("a", &KEY.replace("twk_", "key_"), r#"["read"]"#)),
                "TASKWIRE_SERVER_KEYS[0].key",
            ),
            (format!("[{}]", entry("a", KEY, "[]")), "TASKWIRE_SERVER_KEYS[0].scopes"),
        ] {
            let error = read(&text).expect_err("a refusal");
            assert_eq!((error.status(), error.code.as_str()), (503, "not_configured"));
            assert_eq!(error.issues[0].path, place, "{text}");
            assert!(!error.message.contains("0123"), "{}", error.message);
        }
        let shortest = format!("[{}]", entry("a", &KEY[..32], r#"["read"]"#));
        assert_eq!(read(&shortest).expect("a key").len(), 1);
        assert!(read("[]").expect("none").is_empty() && read(" ").expect("none").is_empty());
        assert_eq!(format!("{:?}", keys()[0]), "ServerKey(backend, redacted)");
    }
}
