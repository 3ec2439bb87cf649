//! Lenient reading of a provider's JSON: fields may be missing, null or under several names, and trees
//! may be deeper than can be stored.

use serde_json::Value;

/// Deepest nesting of lists and objects that is kept. The parser's limit is 128, and a stored value
/// sits a few levels deeper.
pub const DEPTH_LIMIT: usize = 64;

/// The nesting of lists and objects in `value`.
pub fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(fields) => 1 + fields.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// Largest value that is kept, in bytes: more than a webhook's body can hold. A value in an object's
/// storage and a row in D1 may have 2 MB.
const SIZE_LIMIT: usize = 640 * 1024;

/// Longest message for people that is kept, in characters.
const TEXT_LIMIT: usize = 300;

/// `value` as it can be stored. If it is nested too deep it becomes its own JSON text; if it is too
/// large, the beginning of that.
pub fn storable(value: &Value) -> Value {
    let mut text = value.to_string();
    if depth(value) <= DEPTH_LIMIT && text.len() <= SIZE_LIMIT {
        return value.clone();
    }
    text.truncate(text.floor_char_boundary(SIZE_LIMIT));
    text.into()
}

/// The text, truncated to what is kept of a message.
pub fn short(text: &str) -> String {
    shortened(text, TEXT_LIMIT)
}

/// The first `chars` characters of the text.
pub fn shortened(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}

/// The first field among `names` that is not missing or null.
pub fn pick<'a>(value: &'a Value, names: &[&str]) -> Option<&'a Value> {
    names.iter().find_map(|name| value.get(name).filter(|found| !found.is_null()))
}

/// The first field among `names` that is a string and not empty.
pub fn pick_text(value: &Value, names: &[&str]) -> Option<String> {
    let text = |name: &&str| value.get(name)?.as_str().filter(|text| !text.is_empty());
    names.iter().find_map(text).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn nested(depth: usize) -> Value {
        (0..depth).fold(json!(1), |value, level| {
            if level % 2 == 0 { json!([value, 2]) } else { json!({"a": 1, "b": value}) }
        })
    }

    #[test]
    fn the_depth_of_a_value_is_that_of_its_deepest_list_or_object() {
        for (value, expected) in [
            (json!(1), 0),
            (json!([]), 1),
            (json!({}), 1),
            (json!([1, [{}], 2]), 3),
            (nested(9), 9),
        ] {
            assert_eq!(depth(&value), expected, "{value}");
        }
    }

    #[test]
    fn what_is_nested_too_deep_becomes_its_own_text() {
        assert_eq!(storable(&nested(64)), nested(64));
        assert_eq!(storable(&nested(65)), json!(nested(65).to_string()));
    }

    #[test]
    fn what_is_too_large_becomes_the_beginning_of_its_text() {
        let largest = 640 * 1024;
        // With its two quotes.
        let fits = json!("x".repeat(largest - 2));
        assert_eq!(storable(&fits), fits);
        let over = json!("é".repeat(largest));
        let kept = storable(&over);
        let kept = kept.as_str().expect("a text");
        assert!((largest - 1..=largest).contains(&kept.len()));
        assert!(over.to_string().starts_with(kept));
    }

    #[test]
    fn the_first_field_that_is_there_is_picked() {
        let value = json!({"a": null, "b": "", "c": "text", "d": 1});
        assert_eq!(pick(&value, &["a", "b", "c"]), Some(&json!("")));
        assert_eq!(pick_text(&value, &["a", "b", "d", "c"]).as_deref(), Some("text"));
        assert_eq!((pick(&value, &["a", "z"]), pick_text(&value, &["d"])), (None, None));
        assert_eq!(short(&"é".repeat(301)), "é".repeat(300));
    }
}
