//! The bodies of starts: the kind and its fields.

use super::list::KIND_CHARS;
use crate::domain::task::start_request::StartRequest;
use crate::error::{ApiError, Issue};
use crate::json::fields::Fields;
use crate::provider::kind::{Becomes, Kind};
use crate::provider::registry::Registry;

/// Reads a body that is a request of `kind`.
///
/// # Errors
///
/// Every field that is wrong.
pub fn parse_as(kind: &Kind, body: &[u8]) -> Result<StartRequest, ApiError> {
    let mut fields = Fields::parse(body)?;
    let request = (kind.read)(&mut fields);
    fields.finish(request)
}

/// Reads a body that is a batch of `kind`.
///
/// # Errors
///
/// Every field that is wrong; `not_found` for a kind without a batch.
pub fn parse_batch(kind: &Kind, body: &[u8]) -> Result<Vec<StartRequest>, ApiError> {
    let read = kind.read_batch.ok_or_else(ApiError::not_found)?;
    let mut fields = Fields::parse(body)?;
    let requests = read(&mut fields);
    fields.finish(requests)
}

/// Reads `{kind, request}`, for every kind that becomes a task.
///
/// # Errors
///
/// Every field that is wrong.
pub fn parse(providers: Registry, body: &[u8]) -> Result<StartRequest, ApiError> {
    let mut fields = Fields::parse(body)?;
    let word = fields.required_text("kind", 1..=KIND_CHARS);
    let kind = providers.kind(&word, Becomes::Task);
    if kind.is_none() && !word.is_empty() {
        let words: Vec<_> = providers.kinds(Becomes::Task).map(|(_, kind)| kind.word).collect();
        fields.complain("kind", format!("must be one of {}", words.join(", ")));
    }
    let request = fields.required_object("request");
    let (Some((_, kind)), Some(request)) = (kind, request) else {
        return Err(fields.into_error());
    };
    let mut inner = Fields::within("request", request);
    let start = (kind.read)(&mut inner);
    fields.absorb(inner);
    fields.finish(start)
}

/// A provider's complaints, with the paths that the caller knows: the provider has only seen what is in
/// field `request`.
pub fn within_request(error: ApiError) -> ApiError {
    if error.issues.is_empty() {
        return error;
    }
    let path = |path: String| if path.is_empty() { path } else { format!("request.{path}") };
    let issues = error.issues.into_iter();
    ApiError::validation(issues.map(|it| Issue::new(path(it.path), it.message)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    #[test]
    fn a_complaint_names_the_field_as_it_is_in_the_body() {
        let told = [("url", "is no address"), ("", "is too much")];
        let issues = told.map(|(path, message)| Issue::new(path, message));
        let error = within_request(ApiError::validation(issues.to_vec()));
        let paths: Vec<_> = error.issues.iter().map(|issue| issue.path.as_str()).collect();
        assert_eq!(paths, ["request.url", ""]);
        let one = within_request(ApiError::validation(issues[..1].to_vec()));
        assert_eq!(one.message, "request.url: is no address");
        let other = ApiError::new(Code::ProviderRefused, "No.");
        assert_eq!(within_request(other.clone()), other);
    }
}
