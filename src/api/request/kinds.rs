//! The bodies of starts: the kind and its fields.

use super::list::KIND_CHARS;
use crate::domain::task::start_request::StartRequest;
use crate::error::ApiError;
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
