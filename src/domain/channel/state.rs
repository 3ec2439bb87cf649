//! The whole state of one channel's object, stored as one value, so that every change is one commit.

use crate::domain::channel::callback::Callback;
use crate::domain::channel::event::{Generated, first_provider};
use crate::domain::task::{Status, TaskError};
use crate::domain::time::{Millis, iso_json};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Types of events that one channel takes. A request has one that counts, and few others.
pub const EVENT_LIMIT: usize = 16;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChannelState {
    /// None: nothing was ever stored here, or it was cleaned away.
    pub channel: Option<Channel>,
    /// What was delivered, one of each type, in the order it came.
    pub events: Vec<Recorded>,
    /// The version that D1 is known to have. Less than the channel's version: the rows are behind.
    pub flushed: u64,
    /// When to write to D1 again, and how often in a row that failed.
    pub flush_at: Millis,
    pub flush_failures: u32,
}

/// What is known of the request as a whole, and shown to whoever waits for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Channel {
    /// The provider's id of it.
    pub channel_id: String,
    /// The name of the provider that has it.
    #[serde(default = "first_provider")]
    pub provider: String,
    /// Whose it is. None: everyone's who is signed in.
    pub user_id: Option<String>,
    /// The workflow that it was asked of; known if it was asked through us.
    pub workflow: Option<String>,
    pub status: Status,
    /// One more with every change that can be seen.
    pub version: u64,
    pub error: Option<TaskError>,
    #[serde(with = "iso_json")]
    pub created_at: Millis,
    #[serde(with = "iso_json")]
    pub updated_at: Millis,
}

/// One event that was taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// What it is deduplicated by, within its channel.
    pub key: String,
    pub at: Millis,
    /// What was made, if anything was: that is a row.
    pub content: Option<Generated>,
    /// Why nothing was, if that is what it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<TaskError>,
    pub callback: Callback,
    /// The channel's version that brought it, and the one that changed it last.
    pub first_version: u64,
    pub version: u64,
}

impl ChannelState {
    /// The channel's version, 0 without one.
    pub fn version(&self) -> u64 {
        self.channel.as_ref().map_or(0, |channel| channel.version)
    }

    /// The rows in D1 may be behind.
    pub fn is_dirty(&self) -> bool {
        self.channel.as_ref().is_some_and(|channel| channel.version > self.flushed)
    }

    /// The events that are rows, in the order they came.
    pub fn contents(&self) -> impl Iterator<Item = (&Recorded, &Generated)> {
        self.events.iter().filter_map(|event| Some((event, event.content.as_ref()?)))
    }

    /// There is a row that D1 is not known to have, so that no feed has shown it.
    pub fn has_news(&self) -> bool {
        self.contents().any(|(event, _)| event.first_version > self.flushed)
    }
}

/// The id of the row for one event of a channel. The same event has the same id for ever, so that it
/// can never have two rows, not even when its object has long forgotten it.
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
