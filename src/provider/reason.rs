//! Reading why a generation failed, from the shapes in which providers send errors.

use crate::domain::task::TaskError;
use crate::error::sentence;
use crate::provider::lenient::{pick_text, short};
use serde_json::Value;

/// The code of a failure for which the provider gave no code.
pub const FAILED: &str = "generation_failed";

/// The error of a failure without any reason.
pub fn no_reason(code: &str) -> TaskError {
    TaskError::new(code, "The provider gave no reason.")
}

/// Reads an error: a string (a code or a sentence) or `{code, message?}`, in upper or lower case.
pub fn task_error(error: &Value, fallback: &str) -> TaskError {
    let (code, message) = match error {
        Value::String(text) if is_code(text) => (Some(text.clone()), None),
        Value::String(text) if !text.is_empty() => (None, Some(text.clone())),
        other => (
            pick_text(other, &["code"]).filter(|code| is_code(code)),
            pick_text(other, &["message"]),
        ),
    };
    let code = code.map_or_else(|| fallback.to_owned(), |code| code.to_ascii_lowercase());
    // Truncated, because it is stored with the task and with each of its images.
    let message = message.map_or_else(|| sentence(&code.replace('_', " ")), |text| short(&text));
    TaskError { code, message }
}

/// Whether `text` can be a code.
pub fn is_code(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_text_is_a_code_or_a_sentence_and_an_empty_one_is_neither() {
        let longest = "c".repeat(64);
        let too_long = "c".repeat(65);
        for (text, code, message) in [
            ("NSFW_content", "nsfw_content", "Nsfw content."),
            ("It broke.", FAILED, "It broke."),
            ("", FAILED, "Generation failed."),
            (&longest, &longest, &format!("C{}.", "c".repeat(63))),
            (&too_long, FAILED, &too_long),
        ] {
            assert_eq!(task_error(&json!(text), FAILED), TaskError::new(code, message), "{text}");
        }
    }
}
