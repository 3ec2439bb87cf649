//! The callback: the provider is told what became of its event. An entry of an outbox, since the
//! process may die between any two lines, and the provider's endpoint may be away.

use crate::domain::time::{MINUTE, Millis, SECOND};
use serde::{Deserialize, Serialize};

/// How long after the webhook the provider takes a callback.
pub const WINDOW: Millis = 5 * MINUTE;
/// How long it has to answer one.
pub const PATIENCE: Millis = 10 * SECOND;

const FIRST_PAUSE: Millis = SECOND;
const LONGEST_PAUSE: Millis = MINUTE;

/// What has become of the callback of one event: whether the provider was told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(rename = "CallbackStatus"))]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The provider wants none.
    #[default]
    None,
    /// It is still to be told.
    Pending,
    /// It has been told: it said so with a 2xx.
    Delivered,
    /// It must not be told, or does not want to hear it.
    Failed,
    /// It could not be told in time.
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
    /// When to try next, and when to give up.
    pub next_at: Millis,
    pub until: Millis,
}

/// What came of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A 2xx.
    Delivered,
    /// No answer, or one that may be another in a moment.
    Retry,
    /// An answer that will not change.
    Refused,
}

impl Callback {
    /// One that is to be sent to `url`, at once.
    pub fn to(url: String, now: Millis) -> Self {
        let status = Status::Pending;
        Self { status, url, reason: None, attempts: 0, next_at: now, until: now + WINDOW }
    }

    /// One to an address that it must not be sent to.
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

    /// An attempt has ended. What is settled stays settled: an attempt may end after another.
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
                let pause = FIRST_PAUSE << (self.attempts - 1).min(10);
                // The last one goes out just before the window closes.
                let last = self.until - SECOND;
                let next = now + pause.min(LONGEST_PAUSE);
                self.next_at = if now < last { next.min(last) } else { self.until };
            }
        }
    }

    /// The window has closed.
    pub fn expire(&mut self) {
        self.status = Status::Expired;
    }

    /// When it needs attention next.
    pub fn wakes_at(&self) -> Option<Millis> {
        (self.status == Status::Pending).then(|| self.next_at.min(self.until))
    }
}
