//! ModelRiver: text and data, by event-driven and by standard webhooks. The body decides which it is.

pub mod callback;
pub mod data_field;
pub mod request;
pub mod settings;
pub mod signature;
pub mod start;
pub mod webhook;

use crate::domain::channel::callback::Reply;
use crate::domain::channel::state::Recorded;
use crate::provider::call::{Call, Order, Started};
use crate::provider::contract::Provider;
use crate::provider::event::Event;
use crate::provider::kind::Kind;
use crate::provider::malformed::Malformed;
use crate::provider::settings::Settings;
use crate::signature::{Raw, SecretSet, SignatureError, Verified};

pub struct ModelRiver;

impl Provider for ModelRiver {
    fn name(&self) -> &'static str {
        settings::NAME
    }

    fn settings(&self) -> &'static Settings {
        &settings::SETTINGS
    }

    fn kinds(&self) -> &'static [Kind] {
        &request::KINDS
    }

    fn webhook_headers(&self) -> &'static [&'static str] {
        &webhook::HEADERS
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
        Call::post(start::PATH, &start::body(order))
    }

    fn started(&self, answer: &[u8]) -> Option<Started> {
        start::started(answer)
    }

    fn callback_body(&self, event: &Recorded, record_id: &str) -> String {
        callback::body(event, record_id)
    }

    fn callback_reply(&self, status: u16) -> Reply {
        callback::reply(status)
    }
}
