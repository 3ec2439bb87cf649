//! Reading JSON that a provider wrote: fields that may be missing, null or under several names, and
//! trees that may be deeper than we can keep.

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

/// A value as it is; as text if it is nested deeper than could be read back.
pub fn storable(value: &Value) -> Value {
    if depth(value) <= DEPTH_LIMIT { value.clone() } else { value.to_string().into() }
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
