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
        (404, _) => ApiError::new(
            Code::ProviderRefused,
            "The provider refused the request: it does not know what was asked for.",
        ),
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
/// `{error: {issues: […]}}`, `{message}`, `{detail: "text", invalid_fields?}` or `{detail: [{loc, msg}]}`.
fn complaints(error: &Value, body: &Value) -> Vec<Issue> {
    let issue = |value: &Value| {
        let message = pick_text(value, &["message", "msg", "description"])?;
        let path = pick_text(value, &["path", "field"]).or_else(|| location(value.get("loc")?));
        Some(Issue::new(short(&path.unwrap_or_default()), short(&message)))
    };
    let lists = [error.get("issues"), body.get("issues"), body.get("invalid_fields")];
    let listed = lists.into_iter().chain([body.get("detail")]).flatten().find_map(Value::as_array);
    let issues: Vec<Issue> =
        listed.into_iter().flatten().filter_map(issue).take(ISSUE_LIMIT).collect();
    if !issues.is_empty() {
        return issues;
    }
    // A text beside a message is a code.
    let text = || {
        let text = error.as_str().map(str::to_owned).or_else(|| pick_text(body, &["detail"]));
        text.map(|text| Issue::new("", short(&text)))
    };
    let one = issue(error).or_else(|| issue(body)).or_else(text);
    vec![one.unwrap_or_else(|| Issue::new("", "The provider did not accept the request."))]
}

/// The path of a field: `["body", "images", 0, "url"]` is `images[0].url`.
fn location(parts: &Value) -> Option<String> {
    let mut path = String::new();
    for part in parts.as_array()?.iter().skip_while(|part| part.as_str() == Some("body")) {
        match part {
            Value::String(name) if path.is_empty() => path.push_str(name),
            Value::String(name) => path.extend([".", name]),
            other => path.push_str(&format!("[{other}]")),
        }
    }
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn problem_details_are_read_with_the_fields_that_they_name() {
        for (body, expected) in [
            (
                json!({"title": "Bad", "detail": "- input: is wrong", "status": 422}),
                ("", "- input: is wrong"),
            ),
            (
                json!({"detail": "no", "invalid_fields": [
                    {"field": "input.prompt", "type": "required", "description": "is required"}]}),
                ("input.prompt", "is required"),
            ),
            (
                json!({"detail": [{"loc": ["body", "images", 0, "url"], "msg": "no URL", "type": "url"}]}),
                ("images[0].url", "no URL"),
            ),
            (json!({"detail": [{"loc": ["body"], "msg": "empty"}]}), ("", "empty")),
        ] {
            let error = refusal(422, body.to_string().as_bytes());
            assert_eq!(error.issues, [Issue::new(expected.0, expected.1)], "{body}");
        }
    }
}
