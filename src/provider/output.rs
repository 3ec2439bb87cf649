//! Recognizes what a model returns: files by their addresses, texts, and anything else.

use crate::domain::task::output::{Output, OutputType};
use crate::provider::lenient::pick_text;
use serde_json::Value;

/// Most outputs of one task, and the longest text or address that is repeated as one, in bytes.
const LIMIT: usize = 100;
const TEXT_BYTES: usize = 64 * 1024;

/// The outputs in what a model returned. Empty where the result as a whole says it best.
pub fn outputs(result: &Value) -> Vec<Output> {
    let mut found = files(result);
    if found.is_empty() {
        found.extend(text(result).filter(|text| text.len() <= TEXT_BYTES).map(Output::text));
    }
    found.truncate(LIMIT);
    found
}

/// Files are addresses, or objects with one. They are looked for in a list, and in the fields of an object.
fn files(result: &Value) -> Vec<Output> {
    let in_one = |value: &Value| match value {
        Value::Array(items) => items.iter().filter_map(file).collect(),
        one => file(one).into_iter().collect::<Vec<_>>(),
    };
    match (file(result), result) {
        (Some(one), _) => vec![one],
        (None, Value::Object(fields)) => fields.values().flat_map(in_one).collect(),
        (None, list) => in_one(list),
    }
}

fn file(value: &Value) -> Option<Output> {
    let (url, content_type) = match value {
        Value::String(text) => (text.clone(), None),
        Value::Object(_) => (pick_text(value, &["url"])?, pick_text(value, &["content_type"])),
        _ => return None,
    };
    let is_address = url.starts_with("https://") || url.starts_with("http://");
    if !is_address || url.len() > TEXT_BYTES || url.contains(char::is_whitespace) {
        return None;
    }
    let by_type = content_type.as_deref().and_then(sort_of_type);
    let sort = by_type.unwrap_or_else(|| sort_of_name(&url));
    let output = Output::file(sort, url);
    Some(match content_type {
        Some(content_type) => output.of_type(content_type),
        None => output,
    })
}

fn sort_of_type(content_type: &str) -> Option<OutputType> {
    match content_type.split('/').next()? {
        "image" => Some(OutputType::Image),
        "video" => Some(OutputType::Video),
        "audio" => Some(OutputType::Audio),
        _ => None,
    }
}

fn sort_of_name(url: &str) -> OutputType {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let ending = path.rsplit(['/', '.']).next().unwrap_or_default().to_ascii_lowercase();
    match ending.as_str() {
        "png" | "jpg" | "jpeg" | "webp" | "gif" | "avif" | "svg" => OutputType::Image,
        "mp4" | "webm" | "mov" | "mkv" => OutputType::Video,
        "mp3" | "wav" | "ogg" | "flac" | "m4a" | "aac" | "opus" => OutputType::Audio,
        _ => OutputType::File,
    }
}

/// A text, whole or in the pieces in which a language model writes it, or the one that an object is about.
fn text(result: &Value) -> Option<String> {
    match result {
        Value::String(text) => Some(text.clone()),
        Value::Array(pieces) if !pieces.is_empty() => {
            pieces.iter().map(Value::as_str).collect::<Option<String>>()
        }
        Value::Object(_) => pick_text(result, &["output", "text"]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn files_are_found_where_models_put_them() {
        let image = |url: &str| Output::file(OutputType::Image, url);
        for (result, expected) in [
            (json!("https://r.example/a/out.png"), vec![image("https://r.example/a/out.png")]),
            (
                json!(["https://r.example/1.WEBP?x=1.mp4", "https://r.example/2.jpg"]),
                vec![image("https://r.example/1.WEBP?x=1.mp4"), image("https://r.example/2.jpg")],
            ),
            (
                json!({"images": [{"url": "https://f.example/1", "content_type": "image/png"}],
                    "seed": 7, "video": {"url": "https://f.example/2.mp4"}}),
                vec![
                    image("https://f.example/1").of_type("image/png"),
                    Output::file(OutputType::Video, "https://f.example/2.mp4"),
                ],
            ),
            (
                json!({"audio": "https://r.example/speech.mp3", "srt": "https://r.example/x.srt"}),
                vec![
                    Output::file(OutputType::Audio, "https://r.example/speech.mp3"),
                    Output::file(OutputType::File, "https://r.example/x.srt"),
                ],
            ),
        ] {
            assert_eq!(outputs(&result), expected, "{result}");
        }
    }

    #[test]
    fn texts_are_one_text_and_anything_else_is_left_to_the_result() {
        assert_eq!(outputs(&json!("hello")), [Output::text("hello")]);
        assert_eq!(outputs(&json!(["hel", "lo"])), [Output::text("hello")]);
        assert_eq!(outputs(&json!({"output": "hello", "n": 1})), [Output::text("hello")]);
        for other in [
            json!(null),
            json!(7),
            json!([]),
            json!([1, "a"]),
            json!({"score": 0.5}),
            json!("x".repeat(TEXT_BYTES + 1)),
        ] {
            assert_eq!(outputs(&other), [], "{other:.20}");
        }
    }

    #[test]
    fn an_address_that_is_none_of_the_web_is_no_file() {
        for other in ["javascript:alert(1)", "data:image/png;base64,AA", "ftp://a/b.png"] {
            assert_eq!(outputs(&json!(other)), [Output::text(other)]);
        }
        let many: Vec<_> = (0..200).map(|i| format!("https://r.example/{i}.png")).collect();
        assert_eq!(outputs(&json!(many)).len(), LIMIT);
    }
}
