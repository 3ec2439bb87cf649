//! The messages between the Worker and a channel's room: JSON over the object's own `fetch`.

use crate::domain::channel::erase::Gone;
use crate::domain::channel::event::ChannelEvent;
use crate::domain::channel::frame::Content;
use crate::domain::channel::state::Channel;
use crate::domain::delivery::arrival::Arrival;
use crate::domain::outbox::state::Event;
use crate::domain::verdict::Verdict;
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// The provider has opened this channel for a request of ours.
    Attach { channel: Channel },
    /// A verified event from the provider, and what is to be logged of its webhook.
    Ingest {
        event: ChannelEvent,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        arrival: Option<Box<Arrival>>,
    },
    /// Read the channel, for a user who may see it.
    Read { user_id: String },
    /// Send an event again, on the roads of the settings now.
    Resend { event: Box<Event> },
    /// Erase a row or all of the channel. The caller has checked whose it is.
    Erase { gone: Gone },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// `is_logged`: D1 has the row of the webhook.
    Done {
        verdict: Verdict,
        #[serde(default, skip_serializing_if = "is_false")]
        is_logged: bool,
    },
    /// The channel and its first row.
    Channel { channel: Box<Channel>, content: Option<Box<Content>> },
    /// The event as it stands.
    Event { event: Box<Event> },
    /// No such channel, or not for this user.
    NotFound,
    /// Nothing brings it back. `is_gone`: its rows are deleted; otherwise they will be.
    Erased { is_gone: bool },
}

fn is_false(flag: &bool) -> bool {
    !flag
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
            arrival: None,
        };
        let literal = r#"{"ingest":{"event":{"channel_id":"c1","provider":"modelriver","kind":"task.progress","outcome":"unknown","callback_url":null}}}"#;
        assert_eq!(serde_json::to_string(&ask).unwrap(), literal);
        assert_eq!(serde_json::from_str::<Ask>(literal).unwrap(), ask);
        let answer = Answer::Done { verdict: Verdict::Applied, is_logged: false };
        assert_eq!(serde_json::to_string(&answer).unwrap(), r#"{"done":{"verdict":"applied"}}"#);
    }
}
