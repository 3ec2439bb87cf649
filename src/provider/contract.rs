//! What taskwire has to know of a provider.
//!
//! All of it is pure: a provider turns requests into calls, and bytes into events. Whatever awaits,
//! stores or decides is the same for every provider, and not here.

use super::call::{Call, Listing, Order, Started};
use super::event::Event;
use super::kind::Kind;
use super::malformed::Malformed;
use super::settings::Settings;
use crate::domain::channel::callback::Reply;
use crate::domain::channel::state::Recorded;
use crate::domain::model::Models;
use crate::domain::task::report::Report;
use crate::domain::task::start_request::StartRequest;
use crate::signature::{Raw, SecretSet, SignatureError, Verified};
use serde_json::Value;

/// A provider. What has a default is what not every provider can do.
pub trait Provider: Sync {
    /// Its name, in `/webhooks/{name}`, in rows and in the log.
    fn name(&self) -> &'static str;

    /// Where its variables and secrets are.
    fn settings(&self) -> &'static Settings;

    /// What it can be asked for.
    fn kinds(&self) -> &'static [Kind];

    /// The headers that [`Provider::verify`] and [`Provider::read`] look at, in lower case.
    fn webhook_headers(&self) -> &'static [&'static str];

    /// Whether `webhook` comes from it. `now` is in Unix seconds.
    ///
    /// # Errors
    ///
    /// Why not. A signature that does not match is always a mismatch, whatever its time.
    fn verify<'a>(
        &self,
        webhook: Raw<'a>,
        secrets: &SecretSet,
        now: i64,
    ) -> Result<Verified<'a>, SignatureError>;

    /// What a webhook says.
    ///
    /// # Errors
    ///
    /// The field where a signed body makes no sense.
    fn read(&self, webhook: &Verified<'_>) -> Result<Event, Malformed>;

    /// The call that starts what is ordered.
    fn start(&self, order: &Order<'_>) -> Call;

    /// The answer to a start. `None`: it cannot be read.
    fn started(&self, answer: &[u8]) -> Option<Started>;

    /// The call that asks what became of a task.
    fn poll(&self, _task_id: &str) -> Option<Call> {
        None
    }

    /// The answer to a poll of a task that was started as one of `kind`. `None`: it cannot be read.
    fn polled(&self, _answer: &[u8], _kind: &str) -> Option<Report> {
        None
    }

    /// The call that lists its tasks, newest first: from the newest on, or below the task `after`.
    /// `None`: a start whose answer was lost cannot be found.
    fn list(&self, _after: Option<&str>) -> Option<Call> {
        None
    }

    /// A page of that list. `None`: it cannot be read.
    fn listed(&self, _answer: &[u8]) -> Option<Listing> {
        None
    }

    /// The call that says what a start would cost.
    fn estimate(&self, _request: &StartRequest) -> Option<Call> {
        None
    }

    /// The answer to it, in the provider's words. `None`: it cannot be read.
    fn estimated(&self, _answer: &[u8]) -> Option<Value> {
        None
    }

    /// The call that lists its models.
    fn models(&self) -> Option<Call> {
        None
    }

    /// The answer to it. `None`: it cannot be read.
    fn listed_models(&self, _answer: &[u8]) -> Option<Models> {
        None
    }

    /// What it is told of an event that is recorded as the row `record_id`, where it wants to be told.
    fn callback_body(&self, _event: &Recorded, _record_id: &str) -> String {
        String::new()
    }

    /// What its answer to a callback means.
    fn callback_reply(&self, _status: u16) -> Reply {
        Reply::Refused
    }

    /// The kind of this name, if it has it.
    fn kind(&self, word: &str) -> Option<&'static Kind> {
        self.kinds().iter().find(|kind| kind.word == word)
    }
}
