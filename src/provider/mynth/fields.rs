//! Reading JSON whose field names changed from camelCase to snake_case between generations.

use serde_json::Value;

/// The first of `names` that `value` has, and that is not null.
pub fn pick<'a>(value: &'a Value, names: &[&str]) -> Option<&'a Value> {
    names.iter().find_map(|name| value.get(name).filter(|found| !found.is_null()))
}

/// The same, for text that is not empty.
pub fn pick_text(value: &Value, names: &[&str]) -> Option<String> {
    let text = pick(value, names)?.as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
}

/// An amount of money: a decimal in a string, in some bodies a bare number. Kept as written.
pub fn amount(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
