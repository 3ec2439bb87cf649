//! Reading JSON whose field names changed from camelCase to snake_case between generations.

use serde_json::Value;

/// Levels of lists and objects that are taken: stored and passed on they sit a few levels deeper,
/// and at 128 the JSON reader gives up.
pub const DEPTH_LIMIT: usize = 64;

/// Levels of lists and objects in `value`.
pub fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(fields) => 1 + fields.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// The first of `names` that `value` has, and that is not null.
pub fn pick<'a>(value: &'a Value, names: &[&str]) -> Option<&'a Value> {
    names.iter().find_map(|name| value.get(name).filter(|found| !found.is_null()))
}

/// The same, for text that is not empty.
pub fn pick_text(value: &Value, names: &[&str]) -> Option<String> {
    let text = |name: &&str| value.get(name)?.as_str().filter(|text| !text.is_empty());
    names.iter().find_map(text).map(str::to_owned)
}

/// An amount of money: a decimal in a string, in some bodies a bare number. Kept as written.
pub fn amount(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
