//! fal: any model, by its name, through its queue. Webhooks say how a request ended; how far it has come is
//! only told to who asks.

mod result;
pub mod settings;
mod signature;
mod start;

use crate::domain::task::report::Report;
use crate::provider::call::{Answer, Call, Order, Started, TaskRef};
use crate::provider::contract::{Polled, Provider};
use crate::provider::event::Event;
use crate::provider::kind::Kind;
use crate::provider::malformed::Malformed;
use crate::provider::settings::Settings;
use crate::signature::{Claimed, Raw, Scheme, SignatureError, Verified};
use result::{Which, path};

pub struct Fal;

impl Provider for Fal {
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
        &signature::HEADERS
    }

    fn claim<'a>(&self, webhook: Raw<'a>) -> Result<Claimed<'a>, SignatureError> {
        signature::claim(webhook)
    }

    fn read(&self, webhook: &Verified<'_>) -> Result<Event, Malformed> {
        // The log has no headers, but the id that was signed is its delivery.
        let logged = (webhook.scheme() == Scheme::Logged).then(|| webhook.delivery());
        let id = logged.as_deref().or_else(|| webhook.header(signature::REQUEST_ID));
        result::event(webhook.body(), id).map(Event::Task)
    }

    fn start(&self, order: &Order<'_>) -> Call {
        start::call(order)
    }

    fn started(&self, answer: &[u8]) -> Option<Started> {
        start::started(answer)
    }

    fn poll(&self, about: &TaskRef<'_>) -> Option<Call> {
        path(about, Which::Status).map(|path| Call::get(format!("{path}?logs=1")))
    }

    fn polled(&self, answer: &Answer, about: &TaskRef<'_>) -> Option<Polled> {
        result::status(answer, about)
    }

    fn polled_further(&self, answer: &Answer, about: &TaskRef<'_>) -> Option<Report> {
        result::result(answer, about)
    }

    fn cancel(&self, about: &TaskRef<'_>) -> Option<Call> {
        path(about, Which::Cancel).map(|path| Call::bare("PUT", path))
    }

    fn canceled(&self, answer: &Answer, about: &TaskRef<'_>) -> Option<Report> {
        result::canceled(answer, about)
    }
}
