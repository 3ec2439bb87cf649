//! What the room of something that was erased still owes its owner's book.
//!
//! The end is paid for, though nobody wants its result. So it is remembered whose it was until the provider
//! says how it ended, or its deadline.

use super::amount::Amount;
use super::word::{End, Word};
use crate::domain::id::TaskKey;
use crate::domain::time::Millis;
use serde::{Deserialize, Serialize};

/// The version of a word on what was erased: no room says anything after it.
const LAST: u64 = 1 << 53;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    pub user_id: String,
    pub start: TaskKey,
    /// What it was started as, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    pub until: Millis,
    /// What the provider has estimated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Amount>,
    /// What the book is to be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub word: Option<Word>,
    /// It was told that. A last word may follow.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_told: bool,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

impl Owed {
    pub fn new(user_id: String, start: TaskKey, until: Millis) -> Self {
        let (kind, estimate, word) = (None, None, None);
        Self { user_id, start, kind, until, estimate, word, is_told: false }
    }

    /// The provider says how it has ended. Its last word stands.
    pub fn hear(&mut self, end: End) {
        let is_over = |word: &Word| word.end.is_some_and(|known| known.is_final || known == end);
        if !self.word.as_ref().is_some_and(is_over) {
            (self.word, self.is_told) = (Some(self.word_of(Some(end))), false);
        }
    }

    /// What the book is told when it is due.
    pub fn last_word(&self) -> Word {
        self.word.clone().unwrap_or_else(|| self.word_of(Some(End::UNHEARD)))
    }

    /// What the book is told before the rows go: it would take a start without rows for one that was never
    /// made.
    pub fn notice(&self) -> Word {
        let erased = Word::of_erased(self.start.clone(), LAST - 1);
        let word = self.word.clone().unwrap_or(Word { estimate: self.estimate, ..erased });
        Word { is_erased: true, ..word }
    }

    /// Whether there is something that the book can be told at once.
    pub fn is_news(&self) -> bool {
        self.word.is_some() && !self.is_told
    }

    /// When it is to be told. `retry_at` is when it may be, after a failure.
    pub fn due_at(&self, retry_at: Millis) -> Millis {
        if self.is_news() { retry_at } else { retry_at.max(self.until) }
    }

    /// The book knows `word`: what is owed still.
    pub fn told(self, word: &Word, now: Millis) -> Option<Self> {
        // Another one has come meanwhile.
        if self.last_word() != *word {
            return Some(self);
        }
        let is_last = word.end.is_some_and(|end| end.is_final) || now >= self.until;
        (!is_last).then_some(Self { is_told: true, ..self })
    }

    fn word_of(&self, end: Option<End>) -> Word {
        Word { estimate: self.estimate, ..Word::new(self.start.clone(), LAST, end) }
    }
}
