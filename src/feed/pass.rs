//! How the feed of public rows goes round those who follow it: in pages, so that there may be any
//! number of them, and again where one did not answer. Pure.

use crate::domain::time::{HOUR, MINUTE, Millis, SECOND};
use serde::{Deserialize, Serialize};

/// Followers that are told in one run of the alarm.
pub const PAGE: u32 = 500;

/// Who has gone is found out at the next row, or after this long: there may be no next row.
pub const REVIEW: Millis = HOUR;

const FIRST_PAUSE: Millis = 2 * SECOND;
const LONGEST_PAUSE: Millis = 2 * MINUTE;

/// Where the feed is on its way round. It is stored: a pass goes on after a crash.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pass {
    /// The last follower that was told, empty before the first.
    pub after: String,
    /// Whether only those are told who did not answer before.
    pub only_behind: bool,
    /// A row has come in since the pass began: another one follows.
    again: bool,
    /// Somebody has not answered in this pass.
    has_failed: bool,
    /// Passes in a row in which somebody did not answer.
    failures: u32,
}

/// How a page went.
#[derive(Debug)]
pub struct Told<'a> {
    /// The last follower of a page after which there may be more.
    pub last: Option<&'a str>,
    /// Whether there is anybody to tell later.
    pub is_followed: bool,
    /// Whether somebody on it has not answered.
    pub has_failed: bool,
}

impl Pass {
    /// A row has come in.
    pub fn row(&mut self) {
        self.again = true;
    }

    /// The alarm has fired: a pass begins, or goes on.
    pub fn begin(&mut self) {
        if self.after.is_empty() && self.again {
            (self.again, self.only_behind) = (false, false);
        }
    }

    /// A page has been told: when to go on, or not at all.
    pub fn told(&mut self, told: &Told<'_>) -> Option<Millis> {
        self.has_failed |= told.has_failed;
        if let Some(last) = told.last {
            last.clone_into(&mut self.after);
            return Some(0);
        }
        self.after.clear();
        self.only_behind = std::mem::take(&mut self.has_failed);
        self.failures = if self.only_behind { self.failures + 1 } else { 0 };
        if self.again {
            return Some(0);
        }
        if self.only_behind {
            return Some((FIRST_PAUSE << (self.failures - 1).min(10)).min(LONGEST_PAUSE));
        }
        told.is_followed.then_some(REVIEW)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Told<'_> = Told { last: None, is_followed: true, has_failed: false };
    const NOT_ALL: Told<'_> = Told { has_failed: true, ..ALL };
    const NOBODY: Told<'_> = Told { is_followed: false, ..ALL };

    fn page(last: &str) -> Told<'_> {
        Told { last: Some(last), ..ALL }
    }

    /// A pass that a row began.
    fn begun() -> Pass {
        let mut pass = Pass::default();
        pass.row();
        pass.begin();
        pass
    }

    #[test]
    fn a_row_is_told_page_by_page_and_then_the_followers_are_reviewed() {
        let mut pass = begun();
        assert_eq!(pass.told(&page("m")), Some(0));
        pass.begin();
        assert_eq!(pass.after, "m");
        assert_eq!(pass.told(&ALL), Some(REVIEW));
        assert_eq!(pass, Pass::default());
    }

    #[test]
    fn a_row_that_comes_during_a_pass_is_told_to_all_after_it_and_does_not_begin_it_anew() {
        let mut pass = begun();
        pass.told(&page("m"));
        pass.row();
        pass.begin();
        assert_eq!(pass.after, "m", "the others still hear of the first");
        assert_eq!(pass.told(&NOT_ALL), Some(0));
        pass.begin();
        assert_eq!((pass.after.as_str(), pass.only_behind), ("", false));
        assert_eq!(pass.told(&ALL), Some(REVIEW));
    }

    #[test]
    fn who_does_not_answer_is_told_again_later_and_later_without_an_end() {
        let mut pass = begun();
        let pauses: Vec<_> = (0..40)
            .map(|_| {
                let pause = pass.told(&NOT_ALL);
                pass.begin();
                assert!(pass.only_behind);
                pause.unwrap() / SECOND
            })
            .collect();
        assert_eq!(pauses[..8], [2, 4, 8, 16, 32, 64, 120, 120]);
        assert_eq!(pauses[39], 120);
        assert_eq!(pass.told(&ALL), Some(REVIEW));
        assert_eq!(pass, Pass::default());
    }

    #[test]
    fn who_does_not_answer_on_an_early_page_is_told_again_after_the_last() {
        let mut pass = begun();
        pass.told(&Told { has_failed: true, ..page("m") });
        pass.begin();
        assert!(!pass.only_behind, "the others are told first");
        assert_eq!(pass.told(&ALL), Some(2 * SECOND));
        assert!(pass.only_behind);
    }

    #[test]
    fn without_followers_nothing_is_left_to_do() {
        assert_eq!(begun().told(&NOBODY), None);
    }
}
