//! What a verified webhook says, whether it has just come or is repeated.

use crate::error::{ApiError, Code, Issue};
use crate::provider::calls::are_its;
use crate::provider::contract::Provider;
use crate::provider::event::Event;
use crate::provider::http::Http;
use crate::provider::malformed::Malformed;
use crate::signature::Verified;
use worker::Env;

/// What the webhook says. One that names another host in its addresses is refused.
pub fn event(
    env: &Env,
    provider: &'static dyn Provider,
    webhook: &Verified<'_>,
) -> Result<Event, ApiError> {
    let event = provider.read(webhook).map_err(malformed)?;
    let addresses = match &event {
        Event::Task(report) => report.addresses.as_slice(),
        Event::Progress { addresses, .. } => addresses,
        Event::Channel(_) | Event::Other { .. } => &[],
    };
    if !are_its(&Http { env }, provider, addresses) {
        let message = "An address of the event is not one of the provider's.";
        return Err(ApiError::new(Code::MalformedEvent, message));
    }
    Ok(event)
}

/// The error for a verified body that cannot be read.
fn malformed(wrong: Malformed) -> ApiError {
    let message = match wrong.path {
        "" => wrong.message.to_owned(),
        path => format!("{path}: {}", wrong.message),
    };
    let issues = vec![Issue::new(wrong.path, wrong.message)];
    ApiError { issues, ..ApiError::new(Code::MalformedEvent, message) }
}
