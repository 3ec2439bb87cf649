//! The error answers, and what each code of the error table means.

use crate::schemas::reference;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use taskwire::error::Code;

/// What a code means, for callers.
fn meaning(code: Code) -> &'static str {
    match code {
        Code::ValidationError => "fields are wrong; `issues` names each",
        Code::MalformedJson => "the body is not JSON",
        Code::MalformedEvent => "verified, and makes no sense",
        Code::AmbiguousUser => "`Taskwire-User` beside a user's own token",
        Code::Unauthorized => "no bearer token, or one that is not good",
        Code::InvalidSignature => "nobody we know has signed this",
        Code::InvalidTicket => "the ticket is over, or for something else",
        Code::Forbidden => "the token is good, and a required claim is not as it has to be",
        Code::InsufficientScope => "the server key lacks the scope",
        Code::ForbiddenOrigin => "pages of this origin may not connect",
        Code::NotFound => "not there, or not the caller's",
        Code::MethodNotAllowed => "`Allow` lists the methods that the path takes",
        Code::IdempotencyConflict => "the key stands for another request",
        Code::IdempotencyInProgress => "the key's first request is under way",
        Code::NotCancelable => "the provider does not cancel it, or not any more",
        Code::NoRoad => "there is no road for events: the operator has set none",
        Code::NotReplayable => "nobody has ever verified who sent it, so it cannot be repeated",
        Code::Gone => "its body is erased, cut off or too old",
        Code::PayloadTooLarge => "the body is too large",
        Code::UnsupportedMediaType => "the body has to be `application/json`",
        Code::UpgradeRequired => "this is a WebSocket",
        Code::TooManySockets => "the user has too many sockets on this feed; close some",
        Code::RateLimited => "the user has started enough for now",
        Code::TooManyRunning => "the user has enough under way",
        Code::BudgetExceeded => "it would cost more than is left; `resetsAt` says until when",
        Code::PriceUnknown => "there is a budget, and nothing says what this costs",
        Code::NotConfigured => "the operator has not set a variable; the message names it",
        Code::Unavailable => "something of ours is away; try again",
        Code::ProviderRateLimited => "the provider takes no more for now",
        Code::ProviderUnauthorized => "the provider refuses our key",
        Code::ProviderRefused => "the provider refuses the request",
        Code::ProviderUnavailable => "the provider cannot be reached",
        Code::ProviderTimeout => "the provider did not answer in time",
        Code::ProviderInvalidResponse => "the provider's answer makes no sense",
        Code::InsufficientBalance => "our balance at the provider is used up",
        Code::SpendingLimitExceeded => "our spending limit at the provider is reached",
        Code::Internal => "something went wrong on our side",
    }
}

/// A header that an answer with this code may have, beside those that all answers have.
fn header(code: Code) -> Option<(&'static str, &'static str)> {
    match code {
        Code::MethodNotAllowed => Some(("Allow", "The methods that the path takes.")),
        Code::Unauthorized => Some(("WWW-Authenticate", "`Bearer`, with `unauthorized`.")),
        Code::RateLimited | Code::TooManyRunning => Some(("Retry-After", "Seconds to wait.")),
        Code::ProviderRateLimited | Code::ProviderUnavailable => {
            Some(("Retry-After", "Seconds to wait, where the provider says so."))
        }
        _ => None,
    }
}

/// The answer with one of these codes.
fn answer(codes: &[Code]) -> Value {
    let lines = codes.iter().map(|code| format!("`{}`: {}.", code.as_str(), meaning(*code)));
    let mut schema = reference("ApiErrorBody");
    schema["properties"] = json!({"error": {"properties": {"code": {"enum": words(codes)}}}});
    let mut answer = json!({
        "description": lines.collect::<Vec<_>>().join(" "),
        "content": {"application/json": {"schema": schema}},
    });
    for (name, description) in codes.iter().copied().filter_map(header) {
        let text = json!({"type": "string"});
        answer["headers"][name] = json!({"description": description, "schema": text});
    }
    answer
}

fn words(codes: &[Code]) -> Vec<&'static str> {
    codes.iter().map(|code| code.as_str()).collect()
}

/// The answers of one operation that say no, by their status. Those that the document does not define
/// yet go into `defined`.
pub fn answers(codes: &[Code], defined: &mut Map<String, Value>) -> Map<String, Value> {
    // Any operation can answer these: for a wrong method, or after a bug of ours.
    let default = vec![Code::MethodNotAllowed, Code::Internal];
    let mut all = BTreeMap::from([("default".to_owned(), default)]);
    for code in codes {
        let same = all.entry(code.status().to_string()).or_default();
        if !same.contains(code) {
            same.push(*code);
        }
    }
    let answer = |(status, codes): (String, Vec<Code>)| {
        let name = words(&codes).join("-");
        let reference = json!({"$ref": format!("#/components/responses/{name}")});
        defined.entry(name).or_insert_with(|| answer(&codes));
        (status, reference)
    };
    all.into_iter().map(answer).collect()
}
