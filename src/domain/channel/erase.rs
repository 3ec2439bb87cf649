//! What was erased of a channel: one row, or all of it.

use serde::{Deserialize, Serialize};

/// What was erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// The provider's id of the channel.
    pub channel_id: String,
    /// The id of the row. `None`: all of the channel.
    pub content_id: Option<String>,
    /// The owner, whose content feed is told.
    pub user_id: String,
}
