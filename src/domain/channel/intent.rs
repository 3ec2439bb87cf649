//! Intents: what is known of a request before the provider is called.
//!
//! The id of an intent travels with the request and comes back with its events. So an event that comes
//! before the provider's answer finds its owner, and so does one of a start that was cut off.

use super::state::Channel;
use crate::domain::id::TaskKey;
use crate::domain::task::Status;
use crate::domain::time::{HOUR, Millis};
use serde::{Deserialize, Serialize};

/// How long an intent is kept: longer than any webhook is retried.
pub const LIFETIME: Millis = 24 * HOUR;

/// A request that is about to be started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    pub id: TaskKey,
    pub user_id: String,
    pub workflow: String,
}

impl Intent {
    /// The channel that the provider has opened for it.
    pub fn channel(self, channel_id: String, provider: String, now: Millis) -> Channel {
        Channel {
            channel_id,
            provider,
            user_id: Some(self.user_id),
            start: Some(self.id),
            workflow: Some(self.workflow),
            status: Status::Pending,
            version: 1,
            error: None,
            created_at: now,
            updated_at: now,
        }
    }
}
