//! Translates a provider's error answers into ours.

use crate::error::{ApiError, Code, Issue};
use crate::json;
use crate::provider::lenient::{pick_text, short};
use serde_json::Value;

/// Most issues that are passed on from one answer.
const ISSUE_LIMIT: usize = 20;

/// The error for an answer with `status` (not 2xx) and `body`. Issues with the caller's own request are
/// passed on. Anything else is about our account, so it is said in general words.
pub fn refusal(status: u16, body: &[u8]) -> ApiError {
    let body: Value = json::read(body).unwrap_or(Value::Null);
    let error = body.get("error").unwrap_or(&Value::Null);
    let code = pick_text(error, &["code"])
        .or_else(|| pick_text(&body, &["code"]))
        .map(|code| code.to_ascii_lowercase());
    match (status, code.as_deref()) {
        (400 | 422, _) => ApiError::validation(complaints(error, &body)),
        (402, Some("spending_limit_exceeded")) => ApiError::new(
            Code::SpendingLimitExceeded,
            "The provider refused: the spending limit of this service is reached.",
        ),
        (402, _) => ApiError::new(
            Code::InsufficientBalance,
            "The provider refused: the balance of this service is used up.",
        ),
        (401 | 403, _) => ApiError::new(
            Code::ProviderUnauthorized,
            "The provider refused the key of this service.",
        ),
        (429, _) => ApiError::new(
            Code::ProviderRateLimited,
            "The provider is taking no more requests for now. Please try again in a while.",
        ),
        (500.., _) => {
            ApiError::new(Code::ProviderUnavailable, "The provider is not available right now.")
        }
        _ => ApiError::new(Code::ProviderRefused, "The provider refused the request."),
    }
}

/// The provider has no such call.
pub fn not_offered() -> ApiError {
    ApiError::new(Code::ProviderRefused, "The provider does not offer this.")
}

/// No answer in time.
pub fn no_answer() -> ApiError {
    ApiError::new(Code::ProviderTimeout, "The provider did not answer in time.")
}

/// No connection.
pub fn unreachable() -> ApiError {
    ApiError::new(Code::ProviderUnavailable, "The provider cannot be reached right now.")
}

/// A 2xx answer that cannot be read.
pub fn unreadable() -> ApiError {
    ApiError::new(Code::ProviderInvalidResponse, "The provider's answer could not be read.")
}

/// Reads `{error: "text"}`, `{error: "code", message, issues?}`, `{error: {message, field?}}`,
/// `{error: {issues: […]}}` or `{message}`.
fn complaints(error: &Value, body: &Value) -> Vec<Issue> {
    let issue = |value: &Value| {
        let message = pick_text(value, &["message"])?;
        let path = pick_text(value, &["path", "field"]).unwrap_or_default();
        Some(Issue::new(short(&path), short(&message)))
    };
    let listed = error.get("issues").or_else(|| body.get("issues")).and_then(Value::as_array);
    let issues: Vec<Issue> =
        listed.into_iter().flatten().filter_map(issue).take(ISSUE_LIMIT).collect();
    if !issues.is_empty() {
        return issues;
    }
    // A text beside a message is a code.
    let text = || error.as_str().map(|text| Issue::new("", short(text)));
    let one = issue(error).or_else(|| issue(body)).or_else(text);
    vec![one.unwrap_or_else(|| Issue::new("", "The provider did not accept the request."))]
}
