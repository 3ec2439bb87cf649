//! A task that was erased: what is left to be done, and what its owner's book is still to be told.

use super::report::Report;
use crate::domain::erase::Deletion;
use crate::domain::id::TaskKey;
use crate::domain::task::Task;
use crate::domain::time::Millis;
use crate::domain::usage::word::{Charge, End, Word};
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

/// The end of a task is paid for, though nobody wants its result. So it is remembered whose it was until
/// its provider says how it ended, or its deadline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    pub user_id: String,
    pub start: TaskKey,
    /// What it was started as, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    pub until: Millis,
    /// What the book is to be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub word: Option<Word>,
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

/// The version of a word on a task that was erased: nothing comes after it.
const LAST: u64 = 1 << 53;

impl Owed {
    /// The provider says something about the erased task.
    pub(super) fn hear(&mut self, report: &Report) {
        let is_its = self.kind.as_ref().is_none_or(|kind| *kind == report.kind);
        if let (Some(end), true, None) = (End::of(report), is_its, &self.word) {
            self.word = Some(Word { start: self.start.clone(), version: LAST, end: Some(end) });
        }
    }

    /// What the book is told when it is due.
    pub fn last_word(&self) -> Word {
        let end = End { charge: Charge::Reserved, is_final: false };
        let unheard = || Word { start: self.start.clone(), version: LAST, end: Some(end) };
        self.word.clone().unwrap_or_else(unheard)
    }

    fn due_at(&self, retry_at: Millis) -> Millis {
        if self.word.is_some() { retry_at } else { retry_at.max(self.until) }
    }
}

impl Erased {
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
