//! What a task has made, in one form for every provider.

use super::{Image, ImageStatus};
use crate::domain::time::{Millis, iso};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The largest value that is repeated as an output, in bytes of JSON. The store knows it too.
const VALUE_LIMIT: usize = 64 * 1024;

/// The sort of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum OutputType {
    Image,
    Video,
    Audio,
    Text,
    File,
    Json,
}

/// One thing that a task has made: a file at an address, a text, or a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Output {
    #[serde(rename = "type")]
    pub sort: OutputType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(with = "String"))]
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(with = "String"))]
    pub text: Option<String>,
    /// Left out where it is large: `result` has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(with = "Value"))]
    pub value: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(with = "String"))]
    pub content_type: Option<String>,
    /// When the provider deletes it, where that is known. ISO 8601 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(with = "String", extend("format" = "date-time")))]
    pub expires_at: Option<String>,
}

impl Output {
    fn of(sort: OutputType) -> Self {
        Self { sort, url: None, text: None, value: None, content_type: None, expires_at: None }
    }

    pub fn file(sort: OutputType, url: impl Into<String>) -> Self {
        Self { url: Some(url.into()), ..Self::of(sort) }
    }

    pub fn text(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..Self::of(OutputType::Text) }
    }

    /// What a task returned, as it is. A large value is not sent twice.
    pub(super) fn of_result(result: &Value) -> Self {
        let fits = result.to_string().len() <= VALUE_LIMIT;
        Self { value: fits.then(|| result.clone()), ..Self::of(OutputType::Json) }
    }

    /// The same, with the time at which the provider deletes it.
    pub fn until(self, at: Millis) -> Self {
        Self { expires_at: Some(iso(at)), ..self }
    }

    /// The picture of an image row, once it is made.
    pub(super) fn of_image(image: &Image) -> Option<Self> {
        let url = image.url.as_ref().filter(|_| image.status == ImageStatus::Success)?;
        Some(Self::file(OutputType::Image, url))
    }
}
