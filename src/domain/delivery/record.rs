//! A row of the log.

use super::arrival::Arrival;
use super::mark::Mark;
use crate::domain::time::Millis;
use serde::Serialize;

/// A row of the log: a webhook, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Record<'a> {
    pub arrival: &'a Arrival,
    pub verdict: Mark,
    /// The HTTP status of the answer.
    pub status: u16,
    /// From its arrival until this was known.
    pub ms: Millis,
    /// Why it was refused, in words for people.
    pub reason: Option<&'a str>,
    /// What it has ended.
    pub settled: Option<&'a Settled>,
    /// When the room has committed that. D1 adds how long it took from then to its own commit.
    pub committed: Option<Millis>,
}

/// How a task has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Settled {
    #[serde(skip)]
    pub provider: String,
    #[serde(skip)]
    pub how: How,
    pub kind: String,
    /// `completed` or `failed`.
    pub status: &'static str,
    pub stages: Stages,
}

/// Where its time went, in milliseconds. Without a value: that is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stages {
    /// From the request until the provider had taken the task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Millis>,
    /// From then until its word was here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<Millis>,
    /// From then until it was committed, and shown to whoever watches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub apply: Option<Millis>,
}

/// What has told of an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Webhook,
    /// The provider was polled: its webhook has not come.
    Polled,
    /// Nothing has: the time was over.
    Timeout,
}

impl How {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Polled => "polled",
            Self::Timeout => "timeout",
        }
    }
}
