//! Replicate: any model, by its name. A webhook's body is the prediction itself, and so is the answer to a
//! start, a poll and a cancellation.

mod list;
mod prediction;
pub mod settings;
mod start;

use crate::domain::task::Task;
use crate::domain::task::report::Report;
use crate::json;
use crate::provider::call::{Answer, Call, Listing, Order, Started, TaskRef};
use crate::provider::contract::{Polled, Provider};
use crate::provider::event::Event;
use crate::provider::kind::Kind;
use crate::provider::malformed::Malformed;
use crate::provider::settings::Settings;
use crate::signature::{Raw, SecretSet, SignatureError, Verified, standard_webhooks};

pub struct Replicate;

impl Provider for Replicate {
    fn name(&self) -> &'static str {
        settings::NAME
    }

    fn settings(&self) -> &'static Settings {
        &settings::SETTINGS
    }

    fn kinds(&self) -> &'static [Kind] {
        &start::KINDS
    }

    fn webhook_headers(&self) -> &'static [&'static str] {
        &standard_webhooks::HEADERS
    }

    fn verify<'a>(
        &self,
        webhook: Raw<'a>,
        secrets: &SecretSet,
        now: i64,
    ) -> Result<Verified<'a>, SignatureError> {
        standard_webhooks::verify(webhook, secrets, now)
    }

    fn read(&self, webhook: &Verified<'_>) -> Result<Event, Malformed> {
        prediction::event(webhook.body())
    }

    fn start(&self, order: &Order<'_>) -> Call {
        start::call(order)
    }

    fn started(&self, answer: &[u8]) -> Option<Started> {
        prediction::started(&json::read(answer).ok()?)
    }

    fn poll(&self, about: &TaskRef<'_>) -> Option<Call> {
        let link = about.links.and_then(|links| links.status.clone());
        link.or_else(|| path_of(about, "")).map(Call::get)
    }

    fn polled(&self, answer: &Answer, _about: &TaskRef<'_>) -> Option<Polled> {
        prediction::read(&answer.body).map(Polled::from)
    }

    fn cancel(&self, about: &TaskRef<'_>) -> Option<Call> {
        let link = about.links.and_then(|links| links.cancel.clone());
        link.or_else(|| path_of(about, "/cancel")).map(|path| Call::bare("POST", path))
    }

    fn canceled(&self, answer: &Answer, _about: &TaskRef<'_>) -> Option<Report> {
        prediction::read(&answer.body)
    }

    fn list(&self, after: Option<&str>) -> Option<Call> {
        Some(Call::get(list::path(after)))
    }

    fn listed(&self, answer: &[u8]) -> Option<Listing> {
        list::listing(&json::read(answer).ok()?)
    }

    /// A prediction repeats the address of its webhook, and with it our key.
    fn finds(&self, _task: &Task) -> bool {
        true
    }
}

/// The path of a prediction, for a task without links.
fn path_of(about: &TaskRef<'_>, rest: &str) -> Option<String> {
    let id = about.task_id.strip_prefix(prediction::PREFIX)?;
    Some(format!("/predictions/{id}{rest}"))
}
