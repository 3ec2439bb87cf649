//! The newest versions that a feed has passed on. A start and a webhook publish at the same time, and the
//! older version may come later: it is not shown then. Pure.
//!
//! In memory only, and of so many tasks: what comes late comes within seconds.

use std::collections::{HashMap, VecDeque};

/// The version under which it is published that a task was erased: above any other.
pub const ERASED: u64 = u64::MAX;

/// Tasks that are remembered.
const REMEMBERED: usize = 200;

#[derive(Debug, Default)]
pub struct Newest {
    versions: HashMap<String, u64>,
    /// The one that has changed last is at the end.
    order: VecDeque<String>,
}

impl Newest {
    /// Whether a version may be shown: no newer one was. The same one may be shown again.
    pub fn may_show(&self, task_id: &str, version: u64) -> bool {
        self.versions.get(task_id).is_none_or(|newest| version >= *newest)
    }

    /// Whether the task is known to be erased.
    pub fn is_erased(&self, task_id: &str) -> bool {
        self.versions.get(task_id) == Some(&ERASED)
    }

    /// A version was shown.
    pub fn shown(&mut self, task_id: &str, version: u64) {
        match self.versions.insert(task_id.to_owned(), version) {
            None => {}
            Some(newest) if newest < version => self.order.retain(|known| known != task_id),
            Some(newest) => {
                self.versions.insert(task_id.to_owned(), newest);
                return;
            }
        }
        self.order.push_back(task_id.to_owned());
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.versions.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_version_is_not_shown_after_a_newer_one_and_the_same_one_is() {
        let mut newest = Newest::default();
        assert!(newest.may_show("tsk_1", 1));
        newest.shown("tsk_1", 2);
        for (version, expected) in [(1, false), (2, true), (3, true)] {
            assert_eq!(newest.may_show("tsk_1", version), expected, "{version}");
        }
        assert!(newest.may_show("tsk_2", 1));
        newest.shown("tsk_1", 1);
        assert!(!newest.may_show("tsk_1", 1), "nothing takes a version back");
    }

    #[test]
    fn nothing_is_shown_of_a_task_after_its_erasing_but_that_again() {
        let mut newest = Newest::default();
        newest.shown("tsk_1", 3);
        assert!(!newest.is_erased("tsk_1"));
        newest.shown("tsk_1", ERASED);
        assert!(newest.is_erased("tsk_1"));
        assert!(!newest.may_show("tsk_1", 4));
        assert!(newest.may_show("tsk_1", ERASED));
    }

    #[test]
    fn so_many_tasks_are_remembered_and_the_one_that_has_not_changed_for_longest_is_forgotten() {
        let mut newest = Newest::default();
        for task in 0..REMEMBERED {
            newest.shown(&format!("tsk_{task}"), 2);
        }
        newest.shown("tsk_0", 3);
        newest.shown("tsk_1", 2);
        newest.shown("tsk_new", 2);
        assert!(!newest.may_show("tsk_0", 2));
        assert!(newest.may_show("tsk_1", 1));
        assert!(!newest.may_show("tsk_2", 1));
        assert_eq!((newest.versions.len(), newest.order.len()), (REMEMBERED, REMEMBERED));
    }
}
