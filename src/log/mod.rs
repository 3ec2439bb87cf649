//! Structured log lines, for what an operator searches for: JSON with the same fields in every line. A
//! line never holds a secret, a ticket, a token or a body.

pub mod flood;

use serde::Serialize;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A webhook was not taken. Its provider is told so, and sends it again or gives up.
    WebhookRefused,
    /// A task ended because its provider did not answer in time.
    GaveUp,
    /// A task ended because its provider was polled: its webhook has not come.
    SettledByPolling,
    /// An operator has had a webhook repeated.
    Replayed,
    /// What a room has was not taken by D1, or by a feed, for a day. It tries again, less and less often.
    Behind,
    /// An event was given up on one of its roads.
    EventGivenUp,
    /// Nothing is sent to a destination of events any more.
    DestinationOff,
    /// A start without an answer was found at the provider.
    StartFound,
    /// A start without an answer is not at the provider, or cannot be searched for.
    StartGivenUp,
    /// A provider has named a cost that is negative or no decimal.
    CostUnreadable,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line<'a> {
    pub event: What,
    /// The provider's name.
    pub provider: &'a str,
    /// The id of the task or the channel, or our key of a task without one. Null where none is known.
    pub id: Option<&'a str>,
    /// In a word for programs.
    pub code: &'a str,
    /// In words for people.
    pub reason: &'a str,
}

impl Line<'_> {
    /// The line as it is written.
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("a line is plain JSON")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_the_same_fields() {
        let line = Line {
            event: What::WebhookRefused,
            provider: "p",
            id: None,
            code: "invalid_signature",
            reason: "no signature matches",
        };
        let literal = r#"{"event":"webhook_refused","provider":"p","id":null,"code":"invalid_signature","reason":"no signature matches"}"#;
        assert_eq!(line.text(), literal);
    }
}
