//! The interface to a provider.
//!
//! It is pure: a provider turns requests into calls, and bytes into events. What awaits, stores or
//! decides is the same for every provider and lies elsewhere.

use super::call::{Answer, Call, Listing, Order, Started, TaskRef};
use super::event::Event;
use super::kind::Kind;
use super::malformed::Malformed;
use super::settings::Settings;
use crate::domain::channel::callback::Reply;
use crate::domain::channel::state::Recorded;
use crate::domain::model::Models;
use crate::domain::task::Task;
use crate::domain::task::report::Report;
use crate::domain::task::start_request::StartRequest;
use crate::signature::{Claimed, Raw, SecretSet, SignatureError, Verified};
use serde_json::Value;

/// A provider. Methods with a default are what not every provider supports.
pub trait Provider: Sync {
    /// Its name, in `/webhooks/{name}`, in rows and in the log.
    fn name(&self) -> &'static str;

    /// The names of its variables and secrets.
    fn settings(&self) -> &'static Settings;

    /// The kinds of work that it offers.
    fn kinds(&self) -> &'static [Kind];

    /// The headers that [`Provider::verify`] and [`Provider::read`] need, in lower case.
    fn webhook_headers(&self) -> &'static [&'static str];

    /// Verifies that `webhook` comes from this provider, which signs with a secret. `now` is in Unix seconds.
    ///
    /// # Errors
    ///
    /// The reason. A signature that does not match is always a mismatch, whatever its time.
    fn verify<'a>(
        &self,
        _webhook: Raw<'a>,
        _secrets: &SecretSet,
        _now: i64,
    ) -> Result<Verified<'a>, SignatureError> {
        Err(SignatureError::Mismatch)
    }

    /// Reads the signature of a `webhook` of this provider, which signs with keys that it publishes. They are
    /// fetched elsewhere.
    ///
    /// # Errors
    ///
    /// There is no signature that could be verified.
    fn claim<'a>(&self, _webhook: Raw<'a>) -> Result<Claimed<'a>, SignatureError> {
        Err(SignatureError::Mismatch)
    }

    /// Reads a webhook.
    ///
    /// # Errors
    ///
    /// The field of a signed body that cannot be read.
    fn read(&self, webhook: &Verified<'_>) -> Result<Event, Malformed>;

    /// What a webhook tells of, in a word for the operator's log.
    fn event_name(&self, event: &Event) -> String {
        event.name()
    }

    /// The call that starts a task or a channel.
    fn start(&self, order: &Order<'_>) -> Call;

    /// Reads the answer to a start. `None`: it cannot be read.
    fn started(&self, answer: &[u8]) -> Option<Started>;

    /// The call that polls a task.
    fn poll(&self, _about: &TaskRef<'_>) -> Option<Call> {
        None
    }

    /// Reads the answer to a poll of a task. `None`: it cannot be read.
    fn polled(&self, _answer: &Answer, _about: &TaskRef<'_>) -> Option<Polled> {
        None
    }

    /// Reads the answer to the call that a poll has led to.
    fn polled_further(&self, _answer: &Answer, _about: &TaskRef<'_>) -> Option<Report> {
        None
    }

    /// The call that cancels a task. `None`: this provider cannot.
    fn cancel(&self, _about: &TaskRef<'_>) -> Option<Call> {
        None
    }

    /// Reads what the answer to a cancellation says of the task, if it does.
    fn canceled(&self, _answer: &Answer, _about: &TaskRef<'_>) -> Option<Report> {
        None
    }

    /// Whether a start of this task can be found in the list below if its answer was lost.
    fn finds(&self, task: &Task) -> bool {
        !task.images.is_empty()
    }

    /// The call that lists its tasks, newest first: from the newest on, or the page that is asked for by `after`.
    /// `None`: a start whose answer was lost cannot be found.
    fn list(&self, _after: Option<&str>) -> Option<Call> {
        None
    }

    /// A page of that list. `None`: it cannot be read.
    fn listed(&self, _answer: &[u8]) -> Option<Listing> {
        None
    }

    /// The call that estimates what a start would cost.
    fn estimate(&self, _request: &StartRequest) -> Option<Call> {
        None
    }

    /// Reads the answer to an estimate. `None`: it cannot be read.
    fn estimated(&self, _answer: &[u8]) -> Option<Value> {
        None
    }

    /// Reads from the same answer what the start would cost: a decimal, as the provider writes it.
    fn estimated_cost(&self, _answer: &[u8]) -> Option<String> {
        None
    }

    /// The call that lists its models.
    fn models(&self) -> Option<Call> {
        None
    }

    /// Reads the list of models. `None`: it cannot be read.
    fn listed_models(&self, _answer: &[u8]) -> Option<Models> {
        None
    }

    /// The body of the callback for an event that is recorded as the row `record_id`.
    fn callback_body(&self, _event: &Recorded, _record_id: &str) -> String {
        String::new()
    }

    /// What the status of the answer to a callback means.
    fn callback_reply(&self, _status: u16) -> Reply {
        Reply::Refused
    }

    /// The kind of this name, if it has it.
    fn kind(&self, word: &str) -> Option<&'static Kind> {
        self.kinds().iter().find(|kind| kind.word == word)
    }
}

/// What the answer to a poll comes to.
#[derive(Debug, PartialEq)]
pub enum Polled {
    Report(Box<Report>),
    /// The task is over. How it has ended is the answer to this call.
    Next(Call),
}

impl From<Report> for Polled {
    fn from(report: Report) -> Self {
        Self::Report(Box::new(report))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::channel::callback::Callback;
    use crate::provider::modelriver::ModelRiver;
    use crate::provider::mynth::Mynth;

    #[test]
    fn what_a_provider_does_not_support_is_neither_asked_for_nor_read() {
        let about = TaskRef { task_id: "c1", kind: "ai.workflow", model: None, links: None };
        let answer = Answer::from(b"{}".to_vec());
        assert!(ModelRiver.poll(&about).is_none() && ModelRiver.polled(&answer, &about).is_none());
        assert_eq!(Mynth.polled_further(&answer, &about), None);
        assert!(Mynth.cancel(&about).is_none() && Mynth.canceled(&answer, &about).is_none());
        assert_eq!(Mynth.claim(Raw::new(b"", &[])).err(), Some(SignatureError::Mismatch));
        assert!(ModelRiver.list(None).is_none() && ModelRiver.listed(b"[]").is_none());
        assert_eq!(ModelRiver.estimated(b"{}"), None);
        assert!(ModelRiver.models().is_none() && ModelRiver.listed_models(b"[]").is_none());
        let event = Recorded {
            key: "image.generate".into(),
            at: 0,
            is_public: false,
            content: None,
            error: None,
            callback: Callback::default(),
            first_version: 1,
            version: 1,
        };
        assert_eq!(Mynth.callback_body(&event, "row_1"), "");
        assert_eq!(Mynth.callback_reply(200), Reply::Refused);
    }

    #[test]
    fn a_kind_is_found_by_its_own_name() {
        assert_eq!(Mynth.kind("image.alt").map(|kind| kind.word), Some("image.alt"));
        assert!(Mynth.kind("ai.workflow").is_none());
    }
}
