//! The calls to providers, the same for each: start, poll, estimate, list models.

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
    /// Sends a call and returns the body of a 2xx answer. Any other answer is an error, and so is none.
    fn send(
        &self,
        provider: &'static dyn Provider,
        call: Call,
    ) -> impl Future<Output = Result<Vec<u8>, ApiError>>;
}

/// Starts a task or a channel.
///
/// # Errors
///
/// The provider's refusal. After `provider_timeout`, `provider_unavailable` and
/// `provider_invalid_response` it is unknown whether the provider has started.
pub async fn start(
    calls: &impl Calls,
    provider: &'static dyn Provider,
    order: &Order<'_>,
) -> Result<Started, ApiError> {
    let answer = calls.send(provider, provider.start(order)).await?;
    provider.started(&answer).ok_or_else(unreadable)
}

/// Polls a task that was started as one of `kind`.
///
/// # Errors
///
/// The provider has no such call, refused it, or its answer cannot be read.
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

/// What a start would cost, as the provider's own JSON.
///
/// # Errors
///
/// The provider has no such call, refused it, or its answer cannot be read.
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
/// The provider has no such call, refused it, or its answer cannot be read.
pub async fn models(
    calls: &impl Calls,
    provider: &'static dyn Provider,
) -> Result<Models, ApiError> {
    let call = provider.models().ok_or_else(not_offered)?;
    let answer = calls.send(provider, call).await?;
    provider.listed_models(&answer).ok_or_else(unreadable)
}
