//! The messages between the Worker and a channel's room: JSON over the object's own `fetch`.

use crate::domain::channel::erase::Gone;
use crate::domain::channel::event::ChannelEvent;
use crate::domain::channel::frame::Content;
use crate::domain::channel::state::Channel;
use crate::domain::verdict::Verdict;
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// The provider has opened this channel for a request of ours.
    Attach { channel: Channel },
    /// A verified event from the provider.
    Ingest { event: ChannelEvent },
    /// Read the channel, for a user who may see it.
    Read { user_id: String },
    /// Erase a row or all of the channel. The caller has checked whose it is.
    Erase { gone: Gone },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Done {
        verdict: Verdict,
    },
    /// The channel and its first row.
    Channel {
        channel: Box<Channel>,
        content: Option<Box<Content>>,
    },
    /// No such channel, or not for this user.
    NotFound,
    /// Nothing brings it back. `is_gone`: its rows are deleted; otherwise they will be.
    Erased {
        is_gone: bool,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::channel::event::Outcome;

    #[test]
    fn a_channels_messages_are_pinned() {
        let ask = Ask::Ingest {
            event: ChannelEvent {
                channel_id: "c1".into(),
                provider: "modelriver".into(),
                kind: "task.progress".into(),
                outcome: Outcome::Unknown,
                callback_url: None,
                intent: None,
            },
        };
        let literal = r#"{"ingest":{"event":{"channel_id":"c1","provider":"modelriver","kind":"task.progress","outcome":"unknown","callback_url":null}}}"#;
        assert_eq!(serde_json::to_string(&ask).unwrap(), literal);
        assert_eq!(serde_json::from_str::<Ask>(literal).unwrap(), ask);
        let answer = Answer::Done { verdict: Verdict::Applied };
        assert_eq!(serde_json::to_string(&answer).unwrap(), r#"{"done":{"verdict":"applied"}}"#);
    }
}
