//! The document's layout: compact, since it is part of the Worker, with one line per entry for readable
//! diffs.

use serde_json::Value;

/// Levels that have a line for each of their entries. What is deeper is on its entry's line.
const LEVELS: usize = 3;

pub fn text(document: &Value) -> String {
    let mut text = String::new();
    write(document, LEVELS, &mut text);
    text.push('\n');
    text
}

fn write(value: &Value, levels: usize, text: &mut String) {
    match value {
        Value::Object(fields) if levels > 0 => {
            for (i, (name, value)) in fields.iter().enumerate() {
                text.push_str(if i == 0 { "{\n" } else { ",\n" });
                text.push_str(&format!("{}:", Value::from(name.as_str())));
                write(value, levels - 1, text);
            }
            text.push_str(if fields.is_empty() { "{}" } else { "\n}" });
        }
        _ => text.push_str(&value.to_string()),
    }
}

#[test]
fn what_is_written_is_the_document() {
    let document = serde_json::json!({
        "a": {}, "b": {"c \"d\"": {"e": {"f": [1, {"g": null}]}}, "h": "i"}, "j": [true],
    });
    let text = text(&document);
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), document);
    assert_eq!(text.lines().nth(3), Some(r#""c \"d\"":{"#));
    assert_eq!(text.lines().nth(4), Some(r#""e":{"f":[1,{"g":null}]}"#));
}
