//! Reads the fields of a JSON object and collects all issues with them.

use crate::error::{ApiError, Code, Issue};
use crate::json;
use serde_json::{Map, Value};
use std::ops::RangeInclusive;

/// An object being read. Unknown fields are issues too: a misspelt field would otherwise be ignored
/// silently.
pub struct Fields {
    object: Map<String, Value>,
    /// Prefix of each field's path: empty, or such as `request.` for an inner object.
    prefix: String,
    issues: Vec<Issue>,
}

impl Fields {
    /// Parses a body that has to be a JSON object.
    ///
    /// # Errors
    ///
    /// `malformed_json` if it is not JSON, `validation_error` if it is not an object.
    pub fn parse(body: &[u8]) -> Result<Self, ApiError> {
        let value: Value = json::read(body).map_err(|error| {
            let message = match error.line() {
                // Refused before it was parsed.
                0 => format!("The body cannot be read: {error}."),
                line => format!("The body is not JSON (line {line}, column {}).", error.column()),
            };
            ApiError::new(Code::MalformedJson, message)
        })?;
        match value {
            Value::Object(object) => Ok(Self { object, prefix: String::new(), issues: Vec::new() }),
            _ => Err(ApiError::validation(vec![Issue::new("", "The body must be a JSON object.")])),
        }
    }

    /// The fields of an object in field `name`.
    pub fn within(name: &str, object: Map<String, Value>) -> Self {
        Self { object, prefix: format!("{name}."), issues: Vec::new() }
    }

    pub fn complain(&mut self, path: &str, message: impl Into<String>) {
        self.issues.push(Issue::new(format!("{}{path}", self.prefix), message));
    }

    /// A required text. `chars` is its length in characters. Unless it may be empty, it must not be blank.
    pub fn required_text(&mut self, name: &str, chars: RangeInclusive<usize>) -> String {
        if self.is_absent(name) {
            return String::new();
        }
        self.text(name, chars).unwrap_or_default()
    }

    /// A required object.
    pub fn required_object(&mut self, name: &str) -> Option<Map<String, Value>> {
        if self.is_absent(name) { None } else { self.object(name) }
    }

    /// A required list of one to `most` texts. `chars` is the length of each, in characters.
    pub fn required_texts(
        &mut self,
        name: &str,
        most: usize,
        chars: RangeInclusive<usize>,
    ) -> Vec<String> {
        let mut texts = Vec::new();
        for (i, item) in self.required_list(name, most).into_iter().enumerate() {
            texts.extend(self.check_text(&format!("{name}[{i}]"), item, chars.clone()));
        }
        texts
    }

    /// A required list of one to `most` values.
    pub fn required_list(&mut self, name: &str, most: usize) -> Vec<Value> {
        if self.is_absent(name) {
            return Vec::new();
        }
        let items = self.list(name, most).unwrap_or_default();
        if items.is_empty() && self.issues.last().is_none_or(|issue| issue.path != name) {
            self.complain(name, "must not be empty");
        }
        items
    }

    pub fn text(&mut self, name: &str, chars: RangeInclusive<usize>) -> Option<String> {
        let value = self.take(name)?;
        self.check_text(name, value, chars)
    }

    /// A required text that is one of `words`.
    pub fn required_one_of(&mut self, name: &str, words: &[&str]) -> Option<String> {
        if self.is_absent(name) {
            return None;
        }
        match self.take(name)? {
            Value::String(word) if words.contains(&word.as_str()) => Some(word),
            _ => self.refuse(name, format!("must be {}", words.join(" or "))),
        }
    }

    /// A whole number. JSON has one kind of numbers, so 4.0 is as good as 4.
    pub fn integer(&mut self, name: &str, range: RangeInclusive<u64>) -> Option<u64> {
        let value = self.take(name)?;
        let whole = || value.as_f64().filter(|number| number.fract() == 0.0);
        let number = value.as_u64().or_else(|| format!("{:.0}", whole()?).parse().ok());
        let found = number.filter(|number| range.contains(number));
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

    /// A value that is passed on to the provider. Only its type is checked.
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

    /// Takes over the issues of an inner object, including its unknown fields.
    pub fn absorb(&mut self, inner: Self) {
        self.issues.extend(inner.all_issues());
    }

    /// Ends the reading and returns `value` if there are no issues.
    ///
    /// # Errors
    ///
    /// `validation_error` with every issue, including unknown fields.
    pub fn finish<T>(self, value: T) -> Result<T, ApiError> {
        let issues = self.all_issues();
        if issues.is_empty() { Ok(value) } else { Err(ApiError::validation(issues)) }
    }

    /// The `validation_error` with all issues.
    pub fn into_error(self) -> ApiError {
        ApiError::validation(self.all_issues())
    }

    fn all_issues(mut self) -> Vec<Issue> {
        let left: Vec<String> = self.object.keys().cloned().collect();
        for name in left {
            self.complain(&name, "is not a known field");
        }
        self.issues
    }

    fn check_text(
        &mut self,
        name: &str,
        value: Value,
        chars: RangeInclusive<usize>,
    ) -> Option<String> {
        let Value::String(text) = value else { return self.refuse(name, "must be a string") };
        let (least, most) = (*chars.start(), *chars.end());
        if !chars.contains(&text.chars().count()) {
            return self.refuse(name, format!("must be {least} to {most} characters"));
        }
        if least > 0 && text.trim().is_empty() {
            return self.refuse(name, "must not be blank");
        }
        Some(text)
    }

    /// Removes the field and returns its value. Null counts as missing.
    fn take(&mut self, name: &str) -> Option<Value> {
        self.object.remove(name).filter(|value| !value.is_null())
    }

    /// Whether a required field is missing. That is an issue.
    fn is_absent(&mut self, name: &str) -> bool {
        let absent = self.object.get(name).is_none_or(Value::is_null);
        if absent {
            self.object.remove(name);
            self.complain(name, "is required");
        }
        absent
    }

    fn refuse<T>(&mut self, name: &str, message: impl Into<String>) -> Option<T> {
        self.complain(name, message);
        None
    }
}

/// JSON types, with names for callers.
#[derive(Clone, Copy)]
pub enum Type {
    Text,
    Flag,
    Number,
    Object,
}

impl Type {
    fn fits(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Flag => value.is_boolean(),
            Self::Number => value.is_number(),
            Self::Object => value.is_object(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::Flag => "true or false",
            Self::Number => "a number",
            Self::Object => "an object",
        }
    }
}
