//! Small answers: a webhook was accepted, liveness, readiness, and the sign-in configuration.

use serde::Serialize;

/// The webhook was accepted.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Received {
    received: bool,
}

/// The Worker runs.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Alive {
    ok: bool,
}

/// Nothing is missing.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Ready {
    ready: bool,
}

pub const RECEIVED: Received = Received { received: true };
pub const ALIVE: Alive = Alive { ok: true };
pub const READY: Ready = Ready { ready: true };

/// What a page needs to sign people in.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct WebConfig {
    /// The OIDC issuer.
    pub issuer: String,
    pub client_id: String,
    /// The `aud` that tokens must have.
    pub audience: String,
    /// `id_token` where the page has to send that: the issuer's access tokens are opaque.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_token: Option<&'static str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_answers_are_pinned() {
        assert_eq!(serde_json::to_string(&RECEIVED).unwrap(), r#"{"received":true}"#);
        assert_eq!(serde_json::to_string(&ALIVE).unwrap(), r#"{"ok":true}"#);
        assert_eq!(serde_json::to_string(&READY).unwrap(), r#"{"ready":true}"#);
        let config = |page_token| WebConfig {
            issuer: "https://i".into(),
            client_id: "c".into(),
            audience: "a".into(),
            page_token,
        };
        let literal = r#"{"issuer":"https://i","clientId":"c","audience":"a"}"#;
        assert_eq!(serde_json::to_string(&config(None)).unwrap(), literal);
        let literal =
            r#"{"issuer":"https://i","clientId":"c","audience":"a","pageToken":"id_token"}"#;
        assert_eq!(serde_json::to_string(&config(Some("id_token"))).unwrap(), literal);
    }
}
