//! The calls to providers, the same for each: start, poll, estimate, list models.

use super::call::{Answer, Call, Order, Started, TaskRef};
use super::contract::{Polled, Provider};
use super::refusal::{not_offered, unreadable};
use crate::domain::model::Models;
use crate::domain::task::Links;
use crate::domain::task::report::Report;
use crate::domain::task::start_request::StartRequest;
use crate::error::ApiError;
use serde_json::Value;

/// How a provider is reached.
pub trait Calls {
    /// Sends a call and returns a 2xx answer. Any other answer is an error, unless the call reads it; and so
    /// is none.
    fn send(
        &self,
        provider: &'static dyn Provider,
        call: Call,
    ) -> impl Future<Output = Result<Answer, ApiError>>;

    /// The path of an address, if it is one of the provider's API. The key goes nowhere else.
    fn path_of(&self, provider: &'static dyn Provider, address: &str) -> Option<String> {
        path_below(provider.settings().api_url.1, address)
    }
}

/// What comes after `base` in `address`: a path, or nothing that could be sent to.
pub fn path_below(base: &str, address: &str) -> Option<String> {
    let path = address.strip_prefix(base)?;
    let is_plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    (path.starts_with('/') && is_plain).then(|| path.to_owned())
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
    let mut started = provider.started(&answer.body).ok_or_else(unreadable)?;
    if let Some(links) = started.links.take() {
        let path = |address: Option<String>| match address {
            Some(address) => calls.path_of(provider, &address).map(Some).ok_or_else(unreadable),
            None => Ok(None),
        };
        let Links { status, result, cancel } = links;
        let links = Links { status: path(status)?, result: path(result)?, cancel: path(cancel)? };
        started.links = Some(links);
    }
    Ok(started)
}

/// Polls a task.
///
/// # Errors
///
/// The provider has no such call, refused it, or its answer cannot be read.
pub async fn poll(
    calls: &impl Calls,
    provider: &'static dyn Provider,
    about: &TaskRef<'_>,
) -> Result<Report, ApiError> {
    let call = provider.poll(about).ok_or_else(not_offered)?;
    let answer = calls.send(provider, call).await?;
    let report = match provider.polled(&answer, about).ok_or_else(unreadable)? {
        Polled::Report(report) => Some(*report),
        Polled::Next(call) => provider.polled_further(&calls.send(provider, call).await?, about),
    };
    report.filter(|report| fits(calls, provider, report, about)).ok_or_else(unreadable)
}

/// Tells the provider to cancel a task: what its answer says of the task, if it does.
///
/// # Errors
///
/// The provider has no such call, or refused it.
pub async fn cancel(
    calls: &impl Calls,
    provider: &'static dyn Provider,
    about: &TaskRef<'_>,
) -> Result<Option<Report>, ApiError> {
    let call = provider.cancel(about).ok_or_else(not_offered)?;
    let answer = calls.send(provider, call).await?;
    let report = provider.canceled(&answer, about);
    Ok(report.filter(|report| fits(calls, provider, report, about)))
}

/// Whether a report is about this task, and names no foreign host.
fn fits(
    calls: &impl Calls,
    provider: &'static dyn Provider,
    report: &Report,
    about: &TaskRef<'_>,
) -> bool {
    report.task_id == about.task_id && are_its(calls, provider, &report.addresses)
}

/// Whether all these are addresses of the provider's API.
pub fn are_its(calls: &impl Calls, provider: &'static dyn Provider, addresses: &[String]) -> bool {
    addresses.iter().all(|address| calls.path_of(provider, address).is_some())
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
    provider.estimated(&answer.body).ok_or_else(unreadable)
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
    provider.listed_models(&answer.body).ok_or_else(unreadable)
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
        async fn send(&self, _: &'static dyn Provider, _: Call) -> Result<Answer, ApiError> {
            Ok(self.0.as_bytes().to_vec().into())
        }
    }

    fn code<T>(work: impl Future<Output = Result<T, ApiError>>) -> Option<Code> {
        work.now_or_never().expect("done at once").err().map(|error| error.code)
    }

    const fn about<'a>(task_id: &'a str, kind: &'a str) -> TaskRef<'a> {
        TaskRef { task_id, kind, model: None, links: None }
    }

    #[test]
    fn a_path_is_below_the_providers_own_address_to_the_letter() {
        let base = "https://api.example/v1";
        let path = |address| path_below(base, address);
        assert_eq!(path("https://api.example/v1/jobs/1?x=1").as_deref(), Some("/jobs/1?x=1"));
        for foreign in [
            "",
            "https://api.example/v1",
            "https://api.example/v1.evil.example/jobs",
            "https://api.example.evil/v1/jobs",
            "http://api.example/v1/jobs",
            "https://api.example/v2/jobs",
            "HTTPS://api.example/v1/jobs",
            "https://api.example/v1/jobs\r\nx: y",
            "https://api.example/v1/\\evil.example",
            "/jobs",
        ] {
            assert_eq!(path(foreign), None, "{foreign}");
        }
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
            code(poll(&nothing, &ModelRiver, &about("c1", "ai.workflow"))),
            code(cancel(&nothing, &Mynth, &about("tsk_1", "image.alt"))),
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
            code(poll(&garbled, &Mynth, &about("tsk_1", "image.generate"))),
            code(poll(
                &Says(r#"{"id":"tsk_2","status":"pending"}"#),
                &Mynth,
                &about("tsk_1", "image.alt"),
            )),
            code(estimate(&garbled, &Mynth, &request())),
            code(models(&garbled, &Mynth)),
        ] {
            assert_eq!(invalid, Some(Code::ProviderInvalidResponse));
        }
        let fits = Says(r#"{"id":"tsk_1","status":"pending"}"#);
        assert_eq!(code(poll(&fits, &Mynth, &about("tsk_1", "image.alt"))), None);
    }
}
