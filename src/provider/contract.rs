//! The interface to a provider.
//!
//! It is pure: a provider turns requests into calls, and bytes into events. What awaits, stores or
//! decides is the same for every provider and lies elsewhere.

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

    /// Verifies that `webhook` comes from this provider. `now` is in Unix seconds.
    ///
    /// # Errors
    ///
    /// The reason. A signature that does not match is always a mismatch, whatever its time.
    fn verify<'a>(
        &self,
        webhook: Raw<'a>,
        secrets: &SecretSet,
        now: i64,
    ) -> Result<Verified<'a>, SignatureError>;

    /// Reads a webhook.
    ///
    /// # Errors
    ///
    /// The field of a signed body that cannot be read.
    fn read(&self, webhook: &Verified<'_>) -> Result<Event, Malformed>;

    /// The call that starts a task or a channel.
    fn start(&self, order: &Order<'_>) -> Call;

    /// Reads the answer to a start. `None`: it cannot be read.
    fn started(&self, answer: &[u8]) -> Option<Started>;

    /// The call that polls a task.
    fn poll(&self, _task_id: &str) -> Option<Call> {
        None
    }

    /// Reads the answer to a poll of a task of `kind`. `None`: it cannot be read.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::channel::callback::Callback;
    use crate::provider::modelriver::ModelRiver;
    use crate::provider::mynth::Mynth;

    #[test]
    fn what_a_provider_does_not_support_is_neither_asked_for_nor_read() {
        assert!(
            ModelRiver.poll("c1").is_none() && ModelRiver.polled(b"{}", "ai.workflow").is_none()
        );
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
