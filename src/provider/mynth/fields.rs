//! Money, as Mynth writes it.

use serde_json::Value;

/// An amount of money: a decimal in a string, in some bodies a bare number. Kept as written.
pub fn amount(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
