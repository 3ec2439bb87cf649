//! Mynth: images, video and image analysis. Its wire format has had four generations, and all of them
//! are read.

pub mod batch;
pub mod fields;
pub mod generate;
pub mod kinds;
pub mod list;
pub mod models;
pub mod result;
pub mod settings;
pub mod signature;
pub mod start;
pub mod webhook;

use crate::domain::model::Models;
use crate::domain::task::IMAGE_GENERATE;
use crate::domain::task::report::Outcome;
use crate::domain::task::start_request::StartRequest;
use crate::json;
use crate::provider::call::{Answer, Call, Listing, Order, Started, TaskRef};
use crate::provider::contract::{Polled, Provider};
use crate::provider::event::Event;
use crate::provider::kind::Kind;
use crate::provider::malformed::Malformed;
use crate::provider::settings::Settings;
use crate::signature::{Raw, SecretSet, SignatureError, Verified};
use serde_json::Value;

pub struct Mynth;

impl Provider for Mynth {
    fn name(&self) -> &'static str {
        settings::NAME
    }

    fn settings(&self) -> &'static Settings {
        &settings::SETTINGS
    }

    fn kinds(&self) -> &'static [Kind] {
        &kinds::KINDS
    }

    fn event_name(&self, event: &Event) -> String {
        let name = event.name();
        // A report has the kind and the ending, as the wire's name has after its first word.
        match event {
            Event::Task(report) if !matches!(report.outcome, Outcome::Unknown { .. }) => {
                format!("task.{name}")
            }
            _ => name,
        }
    }

    fn webhook_headers(&self) -> &'static [&'static str] {
        &signature::HEADERS
    }

    fn verify<'a>(
        &self,
        webhook: Raw<'a>,
        secrets: &SecretSet,
        now: i64,
    ) -> Result<Verified<'a>, SignatureError> {
        signature::verify(webhook, secrets, now)
    }

    fn read(&self, webhook: &Verified<'_>) -> Result<Event, Malformed> {
        webhook::read(webhook)
    }

    fn start(&self, order: &Order<'_>) -> Call {
        Call::post(start::path(order.request.kind), &start::body(order))
    }

    fn started(&self, answer: &[u8]) -> Option<Started> {
        start::started(answer)
    }

    fn poll(&self, about: &TaskRef<'_>) -> Option<Call> {
        Some(Call::get(format!("/tasks/{}", about.task_id)))
    }

    fn polled(&self, answer: &Answer, about: &TaskRef<'_>) -> Option<Polled> {
        let answer: Value = json::read(&answer.body).ok()?;
        let task = answer.get("data").unwrap_or(&answer);
        result::task_report(task, about.kind).map(Polled::from)
    }

    fn list(&self, after: Option<&str>) -> Option<Call> {
        Some(Call::get(list::path(after)))
    }

    fn listed(&self, answer: &[u8]) -> Option<Listing> {
        list::listing(&json::read(answer).ok()?)
    }

    fn estimate(&self, request: &StartRequest) -> Option<Call> {
        // Of other kinds it says nothing before they are started.
        let call = || Call::post("/image/generate/estimate", &start::estimate_body(request));
        (request.kind == IMAGE_GENERATE).then(call)
    }

    fn estimated(&self, answer: &[u8]) -> Option<Value> {
        let answer: Value = json::read(answer).ok()?;
        Some(answer.get("data").unwrap_or(&answer).clone())
    }

    fn estimated_cost(&self, answer: &[u8]) -> Option<String> {
        let estimate = self.estimated(answer)?;
        start::estimated_cost(&estimate)
    }

    fn models(&self) -> Option<Call> {
        Some(Call::get("/models"))
    }

    fn listed_models(&self, answer: &[u8]) -> Option<Models> {
        models::models(&json::read(answer).ok()?)
    }
}
