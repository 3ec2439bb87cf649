//! The whole state of one channel's object, stored as one value, so that every change is one commit.

use crate::domain::channel::callback::Callback;
use crate::domain::channel::erase::Gone;
use crate::domain::channel::event::{Generated, first_provider};
use crate::domain::erase::Deletion;
use crate::domain::id::TaskKey;
use crate::domain::outbox::state::Outbox;
use crate::domain::task::{Status, TaskError};
use crate::domain::time::{Millis, iso_json};
use crate::domain::usage::owed::Owed;
use crate::domain::usage::word::{Charge, End, Word};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Most events of one channel, one of each type. A request has one that counts, and few others.
pub const EVENT_LIMIT: usize = 16;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChannelState {
    /// `None`: nothing was ever stored here, or it was cleaned up.
    pub channel: Option<Channel>,
    /// The events that were delivered, one of each type, in order of arrival.
    pub events: Vec<Recorded>,
    /// The version that D1 is known to have. Less than the channel's version: the rows are behind.
    pub flushed: u64,
    /// When to write to D1 again, and how often in a row that failed.
    pub flush_at: Millis,
    pub flush_failures: u32,
    /// The channel was erased, and nothing that comes later brings it back: there is no channel, and no
    /// event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased_at: Option<Millis>,
    /// What has to go from D1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deletions: Vec<Deletion<Gone>>,
    /// What the app's own backend is still to be told.
    #[serde(default, skip_serializing_if = "Outbox::is_empty")]
    pub outbox: Outbox,
    /// What the owner's book is still to be told of a channel that was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owed: Option<Owed>,
}

/// The state of the request as a whole, as watchers see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Channel {
    /// The provider's id of it.
    pub channel_id: String,
    /// The name of the provider that has it.
    #[serde(default = "first_provider")]
    pub provider: String,
    /// The owner. `None`: every signed-in user may read it. [`NOBODY`]: no user may.
    ///
    /// [`NOBODY`]: crate::domain::owner::NOBODY
    pub user_id: Option<String>,
    /// Our own key of its start, where it was started through us: the owner's book has an entry under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<TaskKey>,
    /// The workflow. Known only for a request that was started through us.
    pub workflow: Option<String>,
    pub status: Status,
    /// Incremented with every visible change.
    pub version: u64,
    pub error: Option<TaskError>,
    #[serde(with = "iso_json")]
    pub created_at: Millis,
    #[serde(with = "iso_json")]
    pub updated_at: Millis,
}

/// One recorded event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// The deduplication key, within the channel.
    pub key: String,
    pub at: Millis,
    /// The result, if the event has one. It becomes a row.
    pub content: Option<Generated>,
    /// The error, if the event reports a failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<TaskError>,
    pub callback: Callback,
    /// Whether its row is everyone's if it names no owner. Events that were stored before there was a
    /// choice are: their rows were shown to everyone.
    #[serde(default = "yes")]
    pub is_public: bool,
    /// The channel's version when the event arrived or got another owner, and when it last changed.
    pub first_version: u64,
    pub version: u64,
}

fn yes() -> bool {
    true
}

impl ChannelState {
    /// The channel's version, 0 without one.
    pub fn version(&self) -> u64 {
        self.channel.as_ref().map_or(0, |channel| channel.version)
    }

    /// Whether the rows in D1 may be behind.
    pub fn is_dirty(&self) -> bool {
        self.channel.as_ref().is_some_and(|channel| channel.version > self.flushed)
    }

    /// What the owner's book is told of the channel. A result may come after a failure, so only that is
    /// the last word.
    pub fn word(&self) -> Option<Word> {
        let channel = self.channel.as_ref()?;
        let (charge, is_final) = match (channel.status, &channel.error) {
            (Status::Pending, _) => return None,
            (Status::Completed, _) => (Charge::Reserved, true),
            (_, Some(error)) if error.is_provisional() => (Charge::Reserved, false),
            (Status::Failed, _) => (Charge::Nothing, false),
        };
        let (start, version) = (channel.start.clone()?, channel.version);
        Some(Word::new(start, version, Some(End { charge, is_final })))
    }

    /// That word, if the change that D1 lacks is the end itself.
    pub fn word_of_news(&self) -> Option<Word> {
        let is_timeout =
            self.channel.as_ref()?.error.as_ref().is_some_and(TaskError::is_provisional);
        let is_end = |event: &Recorded| {
            event.first_version > self.flushed && (event.content.is_some() || event.error.is_some())
        };
        let is_news = self.is_dirty() && (is_timeout || self.events.iter().any(is_end));
        self.word().filter(|_| is_news)
    }

    /// Whether D1 has deleted these rows, though it may have to do so once more.
    pub fn is_gone(&self, gone: &Gone) -> bool {
        let left = self.deletions.iter().find(|deletion| deletion.rows == *gone);
        left.is_none_or(|left| left.done_at.is_some())
    }

    /// Whether D1 has lacked something since `since` or longer.
    pub fn is_behind(&self, since: Millis) -> bool {
        let changed = self.channel.as_ref().map(|channel| channel.updated_at);
        self.is_dirty() && changed.is_some_and(|changed| changed <= since)
    }

    /// The newest version whose events may be sent. Of an erased channel nothing is waited for: they only
    /// name its rows. One that was cleaned up has all of its rows in D1.
    pub fn readable(&self) -> u64 {
        if self.channel.is_none() { u64::MAX } else { self.flushed }
    }

    /// The events that are rows, in order of arrival.
    pub fn contents(&self) -> impl Iterator<Item = (&Recorded, &Generated)> {
        self.events.iter().filter_map(|event| Some((event, event.content.as_ref()?)))
    }
}

/// The id of the row for one event of a channel. It is derived from the event, so that a late retry
/// cannot make a second row, even after the object was cleaned up.
pub fn record_id(channel_id: &str, key: &str) -> String {
    let hash = Sha256::new().chain_update(channel_id).chain_update([0]).chain_update(key);
    format!("cnt_{}", URL_SAFE_NO_PAD.encode(&hash.finalize()[..16]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_row_is_made_of_its_channel_and_its_type_alone() {
        let id = record_id("c1", "task.ai_generated");
        assert_eq!(id, record_id("c1", "task.ai_generated"));
        assert_eq!(id.len(), 26);
        assert_ne!(id, record_id("c1", "task.completed"));
        assert_ne!(id, record_id("c2", "task.ai_generated"));
        assert_ne!(record_id("a", "bc"), record_id("ab", "c"));
    }
}
