//! The bodies of starts: the kind and its fields.

use super::list::KIND_CHARS;
use crate::domain::task::start_request::StartRequest;
use crate::error::{ApiError, Code, Issue};
use crate::json::fields::{Fields, Type};
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

/// Reads `{kind, request}`, for every kind that becomes a task, or `{provider, model, input}`, for every
/// provider that runs models.
///
/// # Errors
///
/// Every field that is wrong.
pub fn parse(providers: Registry, body: &[u8]) -> Result<StartRequest, ApiError> {
    let mut fields = Fields::parse(body)?;
    if let Some(name) = fields.passed_on("provider", &[Type::Text]) {
        return run(providers, fields, name.as_str().unwrap_or_default());
    }
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

/// Reads what is beside a provider's name.
fn run(providers: Registry, mut fields: Fields, name: &str) -> Result<StartRequest, ApiError> {
    let runs = || providers.kinds(Becomes::Run);
    let Some((_, kind)) = runs().find(|(provider, _)| provider.name() == name) else {
        let names: Vec<_> = runs().map(|(provider, _)| provider.name()).collect();
        let issue = Issue::new("provider", format!("must be one of {}", names.join(", ")));
        return Err(ApiError::validation(vec![issue]));
    };
    let start = (kind.read)(&mut fields);
    fields.finish(start)
}

/// A provider's complaints, with the paths that the caller knows: the provider has only seen what is in
/// `field` of the body.
pub fn within_field(error: ApiError, field: &str) -> ApiError {
    if error.issues.is_empty() || error.code != Code::ValidationError {
        return error;
    }
    let path = |path: String| match path.strip_prefix(field) {
        _ if path.is_empty() => path,
        Some(rest) if rest.is_empty() || rest.starts_with('.') => path,
        _ => format!("{field}.{path}"),
    };
    let issues = error.issues.into_iter();
    ApiError::validation(issues.map(|it| Issue::new(path(it.path), it.message)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_names_the_field_as_it_is_in_the_body() {
        let told = [("url", "is no address"), ("", "is too much")];
        let issues = told.map(|(path, message)| Issue::new(path, message));
        let error = within_field(ApiError::validation(issues.to_vec()), "request");
        let paths: Vec<_> = error.issues.iter().map(|issue| issue.path.as_str()).collect();
        assert_eq!(paths, ["request.url", ""]);
        let told = Issue::new("input.seed", "is no number");
        let error = within_field(ApiError::validation(vec![told.clone()]), "input");
        assert_eq!(error.issues, [told], "where the provider names the field as we do");
        let one = within_field(ApiError::validation(issues[..1].to_vec()), "request");
        assert_eq!(one.message, "request.url: is no address");
        let other = ApiError::new(Code::ProviderRefused, "No.");
        assert_eq!(within_field(other.clone(), "request"), other);
    }
}
