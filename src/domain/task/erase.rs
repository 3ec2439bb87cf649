//! A task that was erased: what is left to be done, and what its owner's book is still to be told.

use super::report::Report;
use crate::domain::erase::Deletion;
use crate::domain::id::TaskKey;
use crate::domain::task::Task;
use crate::domain::time::{HOUR, Millis};
use crate::domain::usage::owed::Owed;
use crate::domain::usage::word::{End, Word};
use serde::{Deserialize, Serialize};

/// Stored in place of the task, so that a late webhook does not bring it back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Erased {
    pub at: Millis,
    /// Until they are gone for good. Then nothing is kept of whose task it was.
    pub left: Option<Deletion<Rows>>,
    /// Until its owner's book has heard how it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owed: Option<Owed>,
}

/// Where the rows of a task are, and which feeds show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows {
    pub task_id: String,
    pub user_id: String,
    pub key: TaskKey,
    pub batch_id: Option<String>,
}

impl From<&Task> for Rows {
    fn from(task: &Task) -> Self {
        Self {
            task_id: task.id().to_owned(),
            user_id: task.user_id.clone(),
            key: task.key.clone(),
            batch_id: task.batch_id.clone(),
        }
    }
}

/// How long a start without the provider's id is searched for before its rows are erased all the same.
pub const SEARCHED_FOR: Millis = HOUR;

/// What the owner's book is to be told of a task without a room before its rows are erased. `None`: it is
/// still searched for at its provider, by its rows.
pub fn word_before_erasing(task: &Task, now: Millis) -> Option<Word> {
    let word = Word::of(task);
    match word.end {
        Some(_) => Some(word),
        None if now < task.created_at + SEARCHED_FOR => None,
        None => Some(Word::of_erased(task.key.clone(), task.version)),
    }
}

impl Erased {
    /// The provider says something about the erased task.
    pub(super) fn hear(&mut self, report: &Report) {
        if let Some(owed) = &mut self.owed {
            hear(owed, report);
        }
    }

    /// Whom the rows are of whose end the book does not know, and what it is told before they go.
    pub fn notice(&self) -> Option<(&str, Word)> {
        self.owed.as_ref().map(|owed| (owed.user_id.as_str(), owed.notice()))
    }

    /// When the book is to be told, if it has to be.
    pub(super) fn settle_at(&self, retry_at: Millis) -> Option<Millis> {
        self.owed.as_ref().map(|owed| owed.due_at(retry_at))
    }

    /// When the rows are to be deleted, if they have to be.
    pub(super) fn due_at(&self, retry_at: Millis) -> Option<Millis> {
        self.left.as_ref().map(|left| left.due_at(retry_at))
    }

    /// Whether D1 has deleted the rows, though it may have to do so once more.
    pub fn is_gone(&self) -> bool {
        self.left.as_ref().is_none_or(|left| left.done_at.is_some())
    }
}

pub(super) fn hear(owed: &mut Owed, report: &Report) {
    let is_its = owed.kind.as_ref().is_none_or(|kind| *kind == report.kind);
    if let (Some(end), true) = (End::of(report), is_its) {
        owed.hear(end);
    }
}
