//! The callback, which tells the provider what became of its event. It is a road of the outbox: the process
//! may die at any point, and the provider's endpoint may be down.

use crate::domain::outbox::pace;
use crate::domain::time::{MINUTE, Millis, SECOND};
use serde::{Deserialize, Serialize};

/// How long after the webhook the provider takes a callback.
pub const WINDOW: Millis = 5 * MINUTE;
/// How long one attempt may take.
pub const PATIENCE: Millis = 10 * SECOND;

const LONGEST_PAUSE: Millis = MINUTE;

/// Whether the provider has been told what became of one event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "CallbackStatus"))]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The provider wants no callback.
    #[default]
    None,
    /// Not delivered yet.
    Pending,
    /// The provider answered with a 2xx.
    Delivered,
    /// The address is not allowed, or the provider refused it.
    Failed,
    /// It could not be delivered in time.
    Expired,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callback {
    pub status: Status,
    pub url: String,
    /// Why it failed, in words for the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub attempts: u32,
    /// The time of the next attempt, and when to give up.
    pub next_at: Millis,
    pub until: Millis,
}

/// How one attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A 2xx.
    Delivered,
    /// No answer, or an error that may pass.
    Retry,
    /// A permanent error.
    Refused,
}

impl Callback {
    /// A callback to `url`, due at once.
    pub fn to(url: String, now: Millis) -> Self {
        let status = Status::Pending;
        Self { status, url, reason: None, attempts: 0, next_at: now, until: now + WINDOW }
    }

    /// A callback to an address that must not be called.
    pub fn refused(url: String, reason: &str, now: Millis) -> Self {
        let reason = Some(reason.to_owned());
        Self { status: Status::Failed, reason, ..Self::to(url, now) }
    }

    pub fn is_due(&self, now: Millis) -> bool {
        self.status == Status::Pending && now >= self.next_at && now < self.until
    }

    pub fn is_over(&self, now: Millis) -> bool {
        self.status == Status::Pending && now >= self.until
    }

    /// Records how an attempt ended. Only a pending callback changes: attempts may end out of order.
    pub fn answered(&mut self, reply: Reply, now: Millis) {
        if self.status != Status::Pending {
            return;
        }
        self.attempts += 1;
        match reply {
            Reply::Delivered => self.status = Status::Delivered,
            Reply::Refused => {
                self.status = Status::Failed;
                self.reason = Some("the provider refused it".to_owned());
            }
            Reply::Retry => {
                // The last attempt goes out just before the window closes.
                let last = self.until - SECOND;
                let next = now + pace::doubling(self.attempts, LONGEST_PAUSE);
                self.next_at = if now < last { next.min(last) } else { self.until };
            }
        }
    }

    /// The window has closed.
    pub fn expire(&mut self) {
        self.status = Status::Expired;
    }

    /// When it needs the alarm next.
    pub fn wakes_at(&self) -> Option<Millis> {
        (self.status == Status::Pending).then(|| self.next_at.min(self.until))
    }
}
