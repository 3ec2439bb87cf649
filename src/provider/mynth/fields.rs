//! Amounts of money, as Mynth writes them.

use serde_json::Value;

/// An amount: a decimal in a string, in some bodies a number. Kept as written.
pub fn amount(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
