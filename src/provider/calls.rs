//! What is asked of providers, in the same way of each: start, poll, estimate, list models.

use super::call::{Order, Started};
use super::contract::Provider;
use super::refusal::{not_offered, unreadable};
use crate::domain::model::Models;
use crate::domain::task::report::Report;
use crate::domain::task::start_request::StartRequest;
use crate::error::ApiError;
use crate::provider::call::Call;
use serde_json::Value;

/// How a provider is reached.
pub trait Calls {
    /// Sends a call: the body of a good answer. Any other answer, and none, is an error.
    fn send(
        &self,
        provider: &'static dyn Provider,
        call: Call,
    ) -> impl Future<Output = Result<Vec<u8>, ApiError>>;
}

/// Starts what is ordered.
///
/// # Errors
///
/// What the provider refuses. `provider_timeout`, `provider_unavailable` and
/// `provider_invalid_response` leave open whether it has started.
pub async fn start(
    calls: &impl Calls,
    provider: &'static dyn Provider,
    order: &Order<'_>,
) -> Result<Started, ApiError> {
    let answer = calls.send(provider, provider.start(order)).await?;
    provider.started(&answer).ok_or_else(unreadable)
}

/// Asks what became of a task that was started as one of `kind`.
///
/// # Errors
///
/// The provider cannot be asked, or did not say.
pub async fn poll(
    calls: &impl Calls,
    provider: &'static dyn Provider,
    task_id: &str,
    kind: &str,
) -> Result<Report, ApiError> {
    let call = provider.poll(task_id).ok_or_else(not_offered)?;
    let answer = calls.send(provider, call).await?;
    let report = provider.polled(&answer, kind);
    report.filter(|report| report.task_id == task_id).ok_or_else(unreadable)
}

/// What a start would cost, in the provider's words.
///
/// # Errors
///
/// The provider does not say so, or refuses.
pub async fn estimate(
    calls: &impl Calls,
    provider: &'static dyn Provider,
    request: &StartRequest,
) -> Result<Value, ApiError> {
    let call = provider.estimate(request).ok_or_else(not_offered)?;
    let answer = calls.send(provider, call).await?;
    provider.estimated(&answer).ok_or_else(unreadable)
}

/// The models that can be asked for.
///
/// # Errors
///
/// The provider does not say so, or refuses.
pub async fn models(
    calls: &impl Calls,
    provider: &'static dyn Provider,
) -> Result<Models, ApiError> {
    let call = provider.models().ok_or_else(not_offered)?;
    let answer = calls.send(provider, call).await?;
    provider.listed_models(&answer).ok_or_else(unreadable)
}
