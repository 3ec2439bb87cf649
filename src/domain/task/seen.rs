//! What a room knows of its task beside the task itself, for whoever wants to know what became of it.

use super::Task;
use super::schedule::last_poll;
use super::state::RoomState;
use crate::domain::time::Millis;
use serde::{Deserialize, Serialize};

/// What a room knows. The room of a task that has long ended knows nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    pub task: Option<Box<Task>>,
    /// How often the provider was asked, or has said by itself, and it was not the end.
    pub polls: u32,
    pub polled_at: Option<Millis>,
    /// When it is asked next.
    pub polls_at: Option<Millis>,
    /// Since when D1 has lacked something.
    pub behind_since: Option<Millis>,
    pub erased_at: Option<Millis>,
}

impl Seen {
    /// The same, given that D1 has the task at this version. A room is not told that the first write has succeeded.
    pub fn beside(mut self, version: u64) -> Self {
        if self.task.as_ref().is_none_or(|task| task.version <= version) {
            self.behind_since = None;
        }
        self
    }
}

impl RoomState {
    pub fn seen(&self) -> Seen {
        let task = self.task.as_ref();
        Seen {
            // The provider's token is the owner's alone.
            task: task.map(|task| Box::new(Task { access: None, ..task.clone() })),
            polls: self.clock.polls,
            polled_at: task.and_then(|task| last_poll(&self.clock, task.pace)),
            polls_at: self.is_pending().then_some(self.clock.poll_at),
            behind_since: task.filter(|_| self.is_dirty()).map(|task| task.updated_at),
            erased_at: self.erased.as_ref().map(|erased| erased.at),
        }
    }
}
