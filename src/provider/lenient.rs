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

/// The most that is kept of one value, in bytes: more than a webhook can bring. An object's storage
/// and a row of D1 take 2 MB.
const SIZE_LIMIT: usize = 640 * 1024;

/// How much is kept of a text that people read, in characters.
const TEXT_LIMIT: usize = 300;

/// A value as it is; as text if it is nested deeper than could be read back, or larger than could be
/// stored: then as the beginning of one.
pub fn storable(value: &Value) -> Value {
    let mut text = value.to_string();
    if depth(value) <= DEPTH_LIMIT && text.len() <= SIZE_LIMIT {
        return value.clone();
    }
    text.truncate(text.floor_char_boundary(SIZE_LIMIT));
    text.into()
}

/// The beginning of a text.
pub fn short(text: &str) -> String {
    text.chars().take(TEXT_LIMIT).collect()
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
