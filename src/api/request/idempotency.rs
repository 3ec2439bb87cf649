//! The `Idempotency-Key` of a start.

use crate::error::{ApiError, Issue};

/// Longest key, in bytes: room for a few UUIDs.
pub const KEY_LIMIT: usize = 255;

/// Checks the key.
///
/// # Errors
///
/// `validation_error` if it is too long, empty or not visible ASCII.
pub fn checked(key: String) -> Result<String, ApiError> {
    if !(1..=KEY_LIMIT).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        let message = format!("must be 1 to {KEY_LIMIT} visible ASCII characters");
        return Err(ApiError::validation(vec![Issue::new("Idempotency-Key", message)]));
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_word_of_visible_characters() {
        for good in ["a", "5f1c~", &"x".repeat(KEY_LIMIT)] {
            assert_eq!(checked(good.into()).as_deref(), Ok(good));
        }
        for bad in ["", "a b", "ä", &"x".repeat(KEY_LIMIT + 1)] {
            assert_eq!(checked(bad.into()).unwrap_err().issues[0].path, "Idempotency-Key");
        }
    }
}
