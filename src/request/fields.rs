//! Reading the fields of a JSON object while collecting what is wrong with each.

use crate::error::{ApiError, Code, Issue};
use serde_json::{Map, Value};
use std::ops::RangeInclusive;

/// An object being read. Fields that nobody asked for are wrong too: a misspelt one would
/// otherwise be lost without a word.
pub struct Fields {
    object: Map<String, Value>,
    issues: Vec<Issue>,
}

impl Fields {
    /// Parses a body that has to be a JSON object.
    pub fn parse(body: &[u8]) -> Result<Self, ApiError> {
        let value: Value = serde_json::from_slice(body).map_err(|error| {
            let place = format!("line {}, column {}", error.line(), error.column());
            ApiError::new(Code::MalformedJson, format!("The body is not JSON ({place})."))
        })?;
        match value {
            Value::Object(object) => Ok(Self { object, issues: Vec::new() }),
            _ => Err(ApiError::validation(vec![Issue::new("", "The body must be a JSON object.")])),
        }
    }

    pub fn complain(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.issues.push(Issue::new(path, message));
    }

    /// A field that must be there: text of so many characters, not all of them blank.
    pub fn required_text(&mut self, name: &str, chars: RangeInclusive<usize>) -> String {
        if self.take_absent(name) {
            self.complain(name, "is required");
            return String::new();
        }
        self.text(name, chars).unwrap_or_default()
    }

    pub fn text(&mut self, name: &str, chars: RangeInclusive<usize>) -> Option<String> {
        let text = match self.take(name)? {
            Value::String(text) => text,
            _ => return self.refuse(name, "must be a string"),
        };
        if !chars.contains(&text.chars().count()) || (text.trim().is_empty() && *chars.start() > 0)
        {
            let (least, most) = (chars.start(), chars.end());
            return self.refuse(name, format!("must be {least} to {most} characters"));
        }
        Some(text)
    }

    pub fn integer(&mut self, name: &str, range: RangeInclusive<u64>) -> Option<u64> {
        let found = self.take(name)?.as_u64().filter(|number| range.contains(number));
        let (least, most) = (range.start(), range.end());
        found
            .or_else(|| self.refuse(name, format!("must be a whole number from {least} to {most}")))
    }

    pub fn object(&mut self, name: &str) -> Option<Map<String, Value>> {
        match self.take(name)? {
            Value::Object(object) => Some(object),
            _ => self.refuse(name, "must be an object"),
        }
    }

    /// A value that only the provider reads: any of these types will do.
    pub fn passed_on(&mut self, name: &str, types: &[Type]) -> Option<Value> {
        let value = self.take(name)?;
        if types.iter().any(|wanted| wanted.fits(&value)) {
            return Some(value);
        }
        let names: Vec<_> = types.iter().map(|wanted| wanted.name()).collect();
        self.refuse(name, format!("must be {}", names.join(" or ")))
    }

    pub fn list(&mut self, name: &str, most: usize) -> Option<Vec<Value>> {
        match self.take(name)? {
            Value::Array(items) if items.len() <= most => Some(items),
            _ => self.refuse(name, format!("must be a list of at most {most}")),
        }
    }

    /// Ends the reading: what nobody asked for is wrong, and any complaint refuses the whole.
    pub fn finish<T>(mut self, value: T) -> Result<T, ApiError> {
        let left: Vec<String> = self.object.keys().cloned().collect();
        for name in left {
            self.complain(name, "is not a known field");
        }
        if self.issues.is_empty() { Ok(value) } else { Err(ApiError::validation(self.issues)) }
    }

    /// The field's value; an explicit null is as good as none.
    fn take(&mut self, name: &str) -> Option<Value> {
        self.object.remove(name).filter(|value| !value.is_null())
    }

    fn take_absent(&mut self, name: &str) -> bool {
        let absent = self.object.get(name).is_none_or(Value::is_null);
        if absent {
            self.object.remove(name);
        }
        absent
    }

    fn refuse<T>(&mut self, name: &str, message: impl Into<String>) -> Option<T> {
        self.complain(name, message);
        None
    }
}

/// JSON types, by the names that a caller reads.
#[derive(Clone, Copy)]
pub enum Type {
    Text,
    Flag,
    Object,
}

impl Type {
    fn fits(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Flag => value.is_boolean(),
            Self::Object => value.is_object(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::Flag => "true or false",
            Self::Object => "an object",
        }
    }
}
