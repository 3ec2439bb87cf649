//! Every error that a caller can get: its code, its status and its JSON, in one table.
//!
//! An error of the caller names the field. An error of ours is logged where it happens, and the caller
//! gets a general message. No error carries a secret, SQL or a stack.

use serde::Serialize;
use std::fmt;

/// One row of the table: the code for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    ValidationError,
    MalformedJson,
    MalformedEvent,
    AmbiguousUser,
    Unauthorized,
    InvalidSignature,
    InvalidTicket,
    Forbidden,
    InsufficientScope,
    ForbiddenOrigin,
    NotFound,
    MethodNotAllowed,
    IdempotencyConflict,
    IdempotencyInProgress,
    NotCancelable,
    NoRoad,
    NotReplayable,
    Gone,
    PayloadTooLarge,
    UnsupportedMediaType,
    UpgradeRequired,
    TooManySockets,
    RateLimited,
    TooManyRunning,
    BudgetExceeded,
    PriceUnknown,
    NotConfigured,
    Unavailable,
    ProviderRateLimited,
    ProviderUnauthorized,
    ProviderRefused,
    ProviderUnavailable,
    ProviderTimeout,
    ProviderInvalidResponse,
    InsufficientBalance,
    SpendingLimitExceeded,
    Internal,
}

impl Code {
    /// The code in the JSON, and its HTTP status.
    pub const fn row(self) -> (&'static str, u16) {
        match self {
            Self::ValidationError => ("validation_error", 422),
            Self::MalformedJson => ("malformed_json", 400),
            Self::MalformedEvent => ("malformed_event", 400),
            Self::AmbiguousUser => ("ambiguous_user", 400),
            Self::Unauthorized => ("unauthorized", 401),
            Self::InvalidSignature => ("invalid_signature", 401),
            Self::InvalidTicket => ("invalid_ticket", 401),
            Self::Forbidden => ("forbidden", 403),
            Self::InsufficientScope => ("insufficient_scope", 403),
            Self::ForbiddenOrigin => ("forbidden_origin", 403),
            Self::NotFound => ("not_found", 404),
            Self::MethodNotAllowed => ("method_not_allowed", 405),
            Self::IdempotencyConflict => ("idempotency_conflict", 409),
            Self::IdempotencyInProgress => ("idempotency_in_progress", 409),
            Self::NotCancelable => ("not_cancelable", 409),
            Self::NoRoad => ("no_road", 409),
            Self::NotReplayable => ("not_replayable", 409),
            Self::Gone => ("gone", 410),
            Self::PayloadTooLarge => ("payload_too_large", 413),
            Self::UnsupportedMediaType => ("unsupported_media_type", 415),
            Self::UpgradeRequired => ("upgrade_required", 426),
            Self::TooManySockets => ("too_many_sockets", 429),
            Self::RateLimited => ("rate_limited", 429),
            Self::TooManyRunning => ("too_many_running", 429),
            Self::BudgetExceeded => ("budget_exceeded", 402),
            Self::PriceUnknown => ("price_unknown", 402),
            Self::NotConfigured => ("not_configured", 503),
            Self::Unavailable => ("unavailable", 503),
            Self::ProviderRateLimited => ("provider_rate_limited", 429),
            Self::ProviderUnauthorized => ("provider_unauthorized", 502),
            Self::ProviderRefused => ("provider_refused", 502),
            Self::ProviderUnavailable => ("provider_unavailable", 503),
            Self::ProviderTimeout => ("provider_timeout", 503),
            Self::ProviderInvalidResponse => ("provider_invalid_response", 502),
            Self::InsufficientBalance => ("insufficient_balance", 502),
            Self::SpendingLimitExceeded => ("spending_limit_exceeded", 502),
            Self::Internal => ("internal_error", 500),
        }
    }

    pub const fn as_str(self) -> &'static str {
        self.row().0
    }

    pub const fn status(self) -> u16 {
        self.row().1
    }

    /// The code of this name, as it was stored with a failed start.
    pub fn from_word(word: &str) -> Option<Self> {
        ALL.into_iter().find(|code| code.as_str() == word)
    }
}

/// Every code.
pub const ALL: [Code; 37] = [
    Code::ValidationError,
    Code::MalformedJson,
    Code::MalformedEvent,
    Code::AmbiguousUser,
    Code::Unauthorized,
    Code::InvalidSignature,
    Code::InvalidTicket,
    Code::Forbidden,
    Code::InsufficientScope,
    Code::ForbiddenOrigin,
    Code::NotFound,
    Code::MethodNotAllowed,
    Code::IdempotencyConflict,
    Code::IdempotencyInProgress,
    Code::NotCancelable,
    Code::NoRoad,
    Code::NotReplayable,
    Code::Gone,
    Code::PayloadTooLarge,
    Code::UnsupportedMediaType,
    Code::UpgradeRequired,
    Code::TooManySockets,
    Code::RateLimited,
    Code::TooManyRunning,
    Code::BudgetExceeded,
    Code::PriceUnknown,
    Code::NotConfigured,
    Code::Unavailable,
    Code::ProviderRateLimited,
    Code::ProviderUnauthorized,
    Code::ProviderRefused,
    Code::ProviderUnavailable,
    Code::ProviderTimeout,
    Code::ProviderInvalidResponse,
    Code::InsufficientBalance,
    Code::SpendingLimitExceeded,
    Code::Internal,
];

/// What is wrong with one field. `path` is the field's name, such as `a`, `a.b` or `a[0]`, and empty
/// for the whole request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Issue {
    pub path: String,
    pub message: String,
}

impl Issue {
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into() }
    }
}

/// An error answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    pub code: Code,
    pub message: String,
    pub issues: Vec<Issue>,
    /// The `Allow` header of a 405.
    pub allow: Option<&'static str>,
    /// The `Retry-After` header, in seconds.
    pub retry_after: Option<u32>,
    /// When the limit that refused begins anew, as ISO 8601.
    pub resets_at: Option<String>,
}

impl ApiError {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, message, issues: Vec::new(), allow: None, retry_after: None, resets_at: None }
    }

    pub fn validation(issues: Vec<Issue>) -> Self {
        let message = match issues.as_slice() {
            [one] if one.path.is_empty() => one.message.clone(),
            [one] => format!("{}: {}", one.path, one.message),
            many => format!("{} fields are wrong.", many.len()),
        };
        Self { issues, ..Self::new(Code::ValidationError, message) }
    }

    pub fn not_found() -> Self {
        Self::new(Code::NotFound, "There is nothing here.")
    }

    /// The sockets of one user on one feed are all taken.
    pub fn too_many_sockets() -> Self {
        Self::new(Code::TooManySockets, "You watch this in too many places. Please close some.")
    }

    /// A setting of this name is not as it has to be: `wrong` follows its name in a sentence.
    pub fn wrong_setting(name: &str, wrong: &str) -> Self {
        Self {
            message: format!("{name} {wrong}."),
            issues: vec![Issue::new(name, wrong)],
            ..Self::not_configured(name)
        }
    }

    /// A variable or secret that the operator has not set.
    pub fn not_configured(name: &str) -> Self {
        let issues = vec![Issue::new(name, "is not set")];
        Self { issues, ..Self::new(Code::NotConfigured, format!("{name} is not set.")) }
    }

    /// A temporary failure of ours. The details are in the log.
    pub fn unavailable() -> Self {
        Self::new(Code::Unavailable, "The service is not available right now. Please try again.")
    }

    /// A bug of ours. The details are in the log.
    pub fn internal() -> Self {
        Self::new(Code::Internal, "Something went wrong on our side.")
    }

    pub fn status(&self) -> u16 {
        self.code.status()
    }

    /// The JSON body.
    pub fn body(&self) -> String {
        serde_json::to_string(&ErrorBody::from(self)).expect("an error is plain JSON")
    }
}

/// The body of an error answer: `{"error":{"code","message","issues"?}}`.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "ApiErrorBody"))]
pub struct ErrorBody<'a> {
    error: ErrorDetail<'a>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(inline))]
struct ErrorDetail<'a> {
    /// For programs.
    code: &'static str,
    /// For people.
    message: &'a str,
    /// What is wrong with the request, field by field.
    #[serde(skip_serializing_if = "<[Issue]>::is_empty")]
    issues: &'a [Issue],
    /// When the limit that refused begins anew. ISO 8601 UTC.
    #[serde(rename = "resetsAt", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(extend("format" = "date-time")))]
    resets_at: Option<&'a str>,
}

impl<'a> From<&'a ApiError> for ErrorBody<'a> {
    fn from(error: &'a ApiError) -> Self {
        let (code, message, issues) = (error.code.as_str(), &error.message, &error.issues);
        let resets_at = error.resets_at.as_deref();
        Self { error: ErrorDetail { code, message, issues, resets_at } }
    }
}

/// `restricted content` → `Restricted content.`
pub fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(['.']).collect()
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.message)
    }
}

impl std::error::Error for ApiError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_of_an_error_is_pinned() {
        let error = ApiError::validation(vec![Issue::new("count", "must be 1 to 20")]);
        assert_eq!(
            error.body(),
            r#"{"error":{"code":"validation_error","message":"count: must be 1 to 20","issues":[{"path":"count","message":"must be 1 to 20"}]}}"#
        );
        assert_eq!(
            ApiError::not_found().body(),
            r#"{"error":{"code":"not_found","message":"There is nothing here."}}"#
        );
    }

    #[test]
    fn every_code_is_lower_snake_differs_from_the_others_and_is_found_by_its_word() {
        for (i, code) in ALL.into_iter().enumerate() {
            let word = code.as_str();
            assert!(word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{word}");
            assert_eq!(Code::from_word(word), Some(code));
            assert!(ALL[..i].iter().all(|other| other.as_str() != word), "{word} twice");
            assert!((400..600).contains(&code.status()));
        }
        assert_eq!(Code::from_word("restricted_content"), None);
    }
}
