//! The calls to providers, the same for each: start, poll, estimate, list models.

use super::call::{Order, Started};
use super::contract::Provider;
use super::refusal::{not_offered, unreadable};
use crate::domain::model::Models;
use crate::domain::task::report::Report;
use crate::domain::task::start_request::StartRequest;
use crate::domain::usage::amount::Amount;
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

/// What a start would cost, if the provider says so of this kind.
///
/// # Errors
///
/// The provider refused it.
pub async fn estimated_cost(
    calls: &impl Calls,
    provider: &'static dyn Provider,
    request: &StartRequest,
) -> Result<Option<Amount>, ApiError> {
    let Some(call) = provider.estimate(request) else { return Ok(None) };
    let answer = calls.send(provider, call).await?;
    Ok(provider.estimated_cost(&answer).as_deref().and_then(Amount::parse))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::request::kinds::parse;
    use crate::domain::model::Model;
    use crate::error::Code;
    use crate::provider::modelriver::ModelRiver;
    use crate::provider::mynth::Mynth;
    use crate::provider::registry::PROVIDERS;
    use futures_util::FutureExt;
    use serde_json::json;

    /// A provider's answer to every call.
    struct Says(&'static str);

    impl Calls for Says {
        async fn send(&self, _: &'static dyn Provider, _: Call) -> Result<Vec<u8>, ApiError> {
            Ok(self.0.into())
        }
    }

    fn code<T>(work: impl Future<Output = Result<T, ApiError>>) -> Option<Code> {
        work.now_or_never().expect("done at once").err().map(|error| error.code)
    }

    fn request() -> StartRequest {
        let request = json!({"prompt": "a fox", "model": "m/x"});
        let body = json!({"kind": "image.generate", "request": request}).to_string();
        parse(PROVIDERS, body.as_bytes()).expect("a good request")
    }

    #[test]
    fn an_estimate_and_the_models_are_what_the_provider_says() {
        let estimate = estimate(&Says(r#"{"cost":"0.03"}"#), &Mynth, &request()).now_or_never();
        assert_eq!(estimate, Some(Ok(json!({"cost": "0.03"}))));
        let listed = vec![Model { id: "m/x".into(), name: "m/x".into() }];
        let models = models(&Says(r#"["m/x"]"#), &Mynth).now_or_never();
        assert_eq!(models, Some(Ok(Models { models: listed })));
    }

    #[test]
    fn what_a_provider_does_not_offer_is_refused_without_a_call() {
        let nothing = Says("{}");
        for refused in [
            code(poll(&nothing, &ModelRiver, "c1", "ai.workflow")),
            code(estimate(&nothing, &ModelRiver, &request())),
            code(models(&nothing, &ModelRiver)),
        ] {
            assert_eq!(refused, Some(Code::ProviderRefused));
        }
    }

    #[test]
    fn an_answer_that_cannot_be_read_or_is_about_another_task_is_invalid() {
        let garbled = Says("<html>");
        for invalid in [
            code(poll(&garbled, &Mynth, "tsk_1", "image.generate")),
            code(poll(&Says(r#"{"id":"tsk_2","status":"pending"}"#), &Mynth, "tsk_1", "image.alt")),
            code(estimate(&garbled, &Mynth, &request())),
            code(models(&garbled, &Mynth)),
        ] {
            assert_eq!(invalid, Some(Code::ProviderInvalidResponse));
        }
        let fits = Says(r#"{"id":"tsk_1","status":"pending"}"#);
        assert_eq!(code(poll(&fits, &Mynth, "tsk_1", "image.alt")), None);
    }
}
