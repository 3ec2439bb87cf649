//! The budget of the whole deployment, and what each user's book holds of it.
//!
//! A book uses no more than it holds, and the pool hands out no more than there is. It raises what a book
//! holds before the book may use it; a book lowers it first, and then says so. So what all of them use can
//! never be more than the budget, whichever message is lost or repeated, and no clock decides it.

use super::amount::Amount;
use super::terms::Budget;
use crate::domain::time::Millis;
use serde::{Deserialize, Serialize};

/// A book wants to hold so much in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// The window that it is about.
    pub since: Millis,
    /// It is of no use with less.
    pub at_least: Amount,
    /// It would like so much more, if there is plenty.
    pub ahead: Amount,
    /// The number of the ask, in this window.
    pub seq: u64,
}

/// What a book holds from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub since: Millis,
    pub total: Amount,
    pub seq: u64,
    /// There was not enough for what was asked.
    #[serde(default)]
    pub is_refused: bool,
}

/// What is handed out in the current window.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pool {
    pub since: Millis,
    pub held: Amount,
}

impl Grant {
    fn none(since: Millis) -> Self {
        Self { since, total: Amount::ZERO, seq: 0, is_refused: false }
    }
}

impl Pool {
    /// Begins the window that `now` or the ask is in: whether it is another one. Nothing is handed out of it
    /// yet. A clock that is set back begins none.
    pub fn roll(&mut self, ask: &Ask, budget: Budget, now: Millis) -> bool {
        let since = budget.per.since(0, now).max(ask.since);
        let is_next = since > self.since;
        if is_next {
            *self = Self { since, held: Amount::ZERO };
        }
        is_next
    }

    /// Answers an ask. `mine` is what the book was granted last.
    pub fn answer(&mut self, mine: Option<Grant>, ask: &Ask, budget: Budget) -> Grant {
        let mine = mine.filter(|mine| mine.since == self.since);
        let mine = mine.unwrap_or(Grant::none(self.since));
        // It is about a window that is over, or was answered before.
        if ask.since < self.since || ask.seq <= mine.seq {
            return mine;
        }
        let others = self.held - mine.total;
        let most = budget.amount - others;
        let spare = most - ask.at_least;
        let is_refused = spare < Amount::ZERO && ask.at_least > mine.total;
        let total = match is_refused {
            true => mine.total,
            // Only while there is plenty: near the end, what one holds ahead another would lack.
            false if ask.ahead <= spare.small_part() => ask.at_least + ask.ahead,
            false => ask.at_least,
        };
        self.held = others + total;
        Grant { since: self.since, total, seq: ask.seq, is_refused }
    }
}
