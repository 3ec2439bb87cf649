//! The columns of a content row, taken from model output of any shape.

use crate::domain::owner::NOBODY;
use serde_json::{Map, Value};

/// Longest title of a row, in characters.
const TITLE_CHARS: usize = 500;
const UNTITLED: &str = "Untitled";
const GENERAL: &str = "general";

/// Longest user id that an issuer may give, in characters.
const USER_ID_CHARS: usize = 255;

/// `title`.
pub fn title(data: &Value) -> String {
    data.get("title").and_then(text).unwrap_or(UNTITLED).chars().take(TITLE_CHARS).collect()
}

/// `description`, else `body`, else the text of a raw completion, else the data itself if it is text.
pub fn body(data: &Value) -> String {
    let field = |name: &str| data.get(name).and_then(text).map(str::to_owned);
    field("description")
        .or_else(|| field("body"))
        .or_else(|| said(data))
        .or_else(|| data.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// The request's `category`.
pub fn category(customer_data: &Map<String, Value>) -> String {
    customer_data.get("category").and_then(text).unwrap_or(GENERAL).to_owned()
}

/// Whose a row is by the request's own data. One that names no user is everyone's where that is wanted,
/// else nobody's.
pub fn owner(customer_data: &Map<String, Value>, is_public: bool) -> Option<String> {
    user_id(customer_data).or_else(|| (!is_public).then(|| NOBODY.to_owned()))
}

/// The request's `user_id`. A number is taken as its text.
pub fn user_id(customer_data: &Map<String, Value>) -> Option<String> {
    let id = match customer_data.get("user_id")? {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (1..=USER_ID_CHARS).contains(&id.chars().count()).then_some(id)
}

/// Text that is not blank.
fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.trim().is_empty())
}

/// `choices[0].message.content`: text, or a list of parts of which the texts are taken.
fn said(data: &Value) -> Option<String> {
    match data.get("choices")?.get(0)?.get("message")?.get("content")? {
        Value::String(said) => Some(said.clone()),
        Value::Array(parts) => Some(parts.iter().filter_map(text_of_part).collect()),
        _ => None,
    }
}

fn text_of_part(part: &Value) -> Option<&str> {
    if part.get("type")? == "text" { part.get("text")?.as_str() } else { None }
}
