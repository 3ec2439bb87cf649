//! The whole state of one task's object, stored as one value, so that every change is one commit.

use super::Task;
use super::erase::Erased;
use super::report::Report;
use crate::domain::outbox::state::Outbox;
use crate::domain::time::Millis;
use crate::domain::verdict::Verdict;
use serde::{Deserialize, Serialize};

/// Most reports that are kept for a task that is not attached yet. A task has one terminal event and
/// few others, so more than this is an error.
pub const EARLY_LIMIT: usize = 16;

/// Most delivery keys that are kept. They only save work: a duplicate that is not recognized is
/// still checked against the task's state.
pub const DELIVERY_LIMIT: usize = 64;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RoomState {
    pub task: Option<Task>,
    /// Reports that came before the task was attached, in order of arrival.
    pub early: Vec<Early>,
    /// What has been delivered, newest last.
    pub deliveries: Vec<Delivery>,
    /// The version that D1 is known to have. Less than the task's version: the rows are behind.
    pub flushed: u64,
    pub clock: Clock,
    /// The task was erased, and nothing that comes later brings it back: there is no task, and no early
    /// reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased: Option<Erased>,
    /// What the app's own backend is still to be told.
    #[serde(default, skip_serializing_if = "Outbox::is_empty")]
    pub outbox: Outbox,
}

/// A report kept for a task that is not attached yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Early {
    pub at: Millis,
    pub report: Report,
}

/// One delivery that was accepted, and its verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// The provider's own id of the delivery, or a hash of its body.
    pub key: String,
    pub at: Millis,
    pub verdict: Verdict,
}

/// When each job of the object's one alarm is due.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    /// When to poll the provider next, and how often it was polled.
    #[serde(rename = "look_at")]
    pub poll_at: Millis,
    #[serde(rename = "looks")]
    pub polls: u32,
    /// When to look for the rows of a task that was never attached, how often D1 could not say, and how
    /// often it had none.
    pub adopt_at: Millis,
    pub adoptions: u32,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub found_none: u32,
    /// When to write to D1 again, and how often in a row that failed.
    pub flush_at: Millis,
    pub flush_failures: u32,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl RoomState {
    /// Whether the task is under way.
    pub(super) fn is_pending(&self) -> bool {
        self.task.as_ref().is_some_and(|task| !task.status.is_terminal())
    }

    /// Whether something is still to come or to be done: without an alarm it might never be.
    pub(super) fn is_open(&self) -> bool {
        match &self.task {
            Some(_) => self.is_pending() || self.is_dirty() || self.outbox.is_open(),
            None => !self.early.is_empty(),
        }
    }

    /// Whether the rows in D1 may be behind the task.
    pub fn is_dirty(&self) -> bool {
        self.task.as_ref().is_some_and(|task| task.version > self.flushed)
    }

    /// Whether nothing was ever stored here, or it was cleaned up.
    pub fn is_empty(&self) -> bool {
        self.task.is_none() && self.early.is_empty() && self.erased.is_none()
    }

    /// Whether D1 has lacked something since `since` or longer.
    pub fn is_behind(&self, since: Millis) -> bool {
        self.is_dirty() && self.task.as_ref().is_some_and(|task| task.updated_at <= since)
    }

    /// The newest version whose events may be sent. Of an erased task nothing is waited for: they only name
    /// it.
    pub fn readable(&self) -> u64 {
        if self.erased.is_some() { u64::MAX } else { self.flushed }
    }

    pub(super) fn has_delivery(&self, key: &str) -> bool {
        self.deliveries.iter().any(|delivery| delivery.key == key)
    }

    pub(super) fn record(&mut self, key: String, at: Millis, verdict: Verdict) {
        if self.deliveries.len() == DELIVERY_LIMIT {
            self.deliveries.remove(0);
        }
        self.deliveries.push(Delivery { key, at, verdict });
    }
}
