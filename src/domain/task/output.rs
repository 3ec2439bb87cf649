//! What a task has made, in one form for every provider.

use super::{Image, ImageStatus};
use crate::domain::time::{Millis, iso};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The largest value that is repeated as an output, in bytes of JSON. The store knows it too.
const VALUE_LIMIT: usize = 64 * 1024;

/// The sort of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(Serialize, schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", serde(rename_all = "lowercase"))]
pub enum OutputType {
    Image,
    Video,
    Audio,
    Text,
    File,
    Json,
}

impl OutputType {
    const fn word(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Text => "text",
            Self::File => "file",
            Self::Json => "json",
        }
    }
}

/// One thing that a task has made: a file at an address, a text, or a value. It is kept as the JSON that is
/// sent: a struct with fields would have to be read and written by code of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Output(Map<String, Value>);

/// One thing that a task has made: a file at an address, a text, or a value.
#[cfg(feature = "openapi")]
#[derive(Serialize, schemars::JsonSchema)]
#[schemars(rename = "Output")]
#[serde(rename_all = "camelCase")]
pub struct OutputFields {
    #[serde(rename = "type")]
    sort: OutputType,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    text: Option<String>,
    /// Left out where it is large: `result` has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Value")]
    value: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    content_type: Option<String>,
    /// When the provider deletes it, where that is known. ISO 8601 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", extend("format" = "date-time"))]
    expires_at: Option<String>,
}

impl Output {
    fn of(sort: OutputType) -> Self {
        Self(Map::new()).with("type", sort.word())
    }

    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    pub fn file(sort: OutputType, url: impl Into<String>) -> Self {
        Self::of(sort).with("url", url.into())
    }

    pub fn text(text: impl Into<String>) -> Self {
        Self::of(OutputType::Text).with("text", text.into())
    }

    /// What a task returned, as it is. A large value is not sent twice.
    pub(super) fn of_result(result: &Value) -> Self {
        let output = Self::of(OutputType::Json);
        let fits = result.to_string().len() <= VALUE_LIMIT;
        if fits { output.with("value", result.clone()) } else { output }
    }

    /// The same, with its content type.
    pub fn of_type(self, content_type: impl Into<String>) -> Self {
        self.with("contentType", content_type.into())
    }

    /// The same, with the time at which the provider deletes it.
    pub fn until(self, at: Millis) -> Self {
        self.with("expiresAt", iso(at))
    }

    /// Where it is, if it is a file.
    pub fn url(&self) -> Option<&str> {
        self.0.get("url").and_then(Value::as_str)
    }

    /// When the provider deletes it, if that is known.
    pub fn expires_at(&self) -> Option<&str> {
        self.0.get("expiresAt").and_then(Value::as_str)
    }

    /// The picture of an image row, once it is made.
    pub(super) fn of_image(image: &Image) -> Option<Self> {
        let url = image.url.as_ref().filter(|_| image.status == ImageStatus::Success)?;
        Some(Self::file(OutputType::Image, url))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_is_pinned() {
        let file = Output::file(OutputType::Video, "https://a/1").of_type("video/mp4").until(0);
        let literal = r#"{"contentType":"video/mp4","expiresAt":"1970-01-01T00:00:00.000Z","type":"video","url":"https://a/1"}"#;
        assert_eq!(serde_json::to_string(&file).unwrap(), literal);
        assert_eq!(serde_json::from_str::<Output>(literal).unwrap(), file);
        let words = [
            (OutputType::Image, "image"),
            (OutputType::Audio, "audio"),
            (OutputType::File, "file"),
            (OutputType::Json, "json"),
            (OutputType::Text, "text"),
        ];
        assert!(words.iter().all(|(sort, word)| sort.word() == *word));
    }

    #[test]
    fn a_large_result_is_not_repeated() {
        let fits = Value::from("x".repeat(VALUE_LIMIT - 2));
        assert!(Output::of_result(&fits).0.contains_key("value"));
        assert!(
            !Output::of_result(&Value::from("x".repeat(VALUE_LIMIT - 1))).0.contains_key("value")
        );
    }
}
