//! A cache of answers by key, each for the same time, where failures are not cached; and what was made of the
//! latest key. Pure.

use crate::domain::time::{Millis, SECOND};
use std::collections::BTreeMap;

/// Deadline of a fetch that others wait for. Its request may have been cancelled.
const PATIENCE: Millis = 5 * SECOND;

pub struct Cache<T> {
    good_for: Millis,
    known: BTreeMap<&'static str, Known<T>>,
}

struct Known<T> {
    answer: Option<(Millis, T)>,
    /// When the fetch that is under way began.
    asked: Option<Millis>,
}

impl<T> Cache<T> {
    pub const fn new(good_for: Millis) -> Self {
        Self { good_for, known: BTreeMap::new() }
    }

    /// The cached answer, unless it has expired.
    pub fn get(&self, about: &str, now: Millis) -> Option<&T> {
        let (at, answer) = self.known.get(about)?.answer.as_ref()?;
        (now - at < self.good_for).then_some(answer)
    }

    /// When the fetch began that is worth waiting for.
    pub fn awaited(&self, about: &str, now: Millis) -> Option<Millis> {
        self.known.get(about)?.asked.filter(|asked| now - asked < PATIENCE)
    }

    /// Records that a fetch begins.
    pub fn asks(&mut self, about: &'static str, now: Millis) {
        let known = self.known.entry(about).or_insert(Known { answer: None, asked: None });
        known.asked = Some(now);
    }

    /// Records the result of a fetch. `None`: it failed.
    pub fn hears(&mut self, about: &'static str, answer: Option<T>, now: Millis) {
        let answer = answer.map(|answer| (now, answer));
        self.known.insert(about, Known { answer, asked: None });
    }
}

/// What was made of a key, until another key comes.
pub struct Latest<K, T> {
    made: Option<(K, T)>,
}

impl<K: PartialEq + Clone, T> Latest<K, T> {
    pub const fn new() -> Self {
        Self { made: None }
    }

    /// What was made of `key`, or what is made of it now. Nothing is left of another key.
    pub fn of(&mut self, key: &K, make: impl FnOnce() -> T) -> &mut T {
        let made = self.made.take().filter(|(known, _)| known == key);
        &mut self.made.insert(made.unwrap_or_else(|| (key.clone(), make()))).1
    }
}

impl<K: PartialEq + Clone, T> Default for Latest<K, T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::rc::Rc;

    #[test]
    fn a_thing_is_made_once_for_its_key_and_never_serves_another() {
        let mut latest = Latest::default();
        let first = latest.of(&"a", || Rc::new(1)).clone();
        assert_eq!(**latest.of(&"a", || unreachable!("it was made")), 1);
        let old = Rc::downgrade(&first);
        drop(first);
        assert_eq!(**latest.of(&"b", || Rc::new(2)), 2);
        assert!(old.upgrade().is_none(), "nothing is left of the other");
        assert_eq!(**latest.of(&"a", || Rc::new(3)), 3);
    }

    const GOOD_FOR: Millis = 60 * SECOND;

    #[test]
    fn an_answer_is_good_for_its_time_and_for_what_it_is_about() {
        let mut cache = Cache::new(GOOD_FOR);
        assert_eq!(cache.get("a", 0), None);
        cache.asks("a", 0);
        assert_eq!(cache.get("a", 1), None);
        cache.hears("a", Some("yes"), 5);
        assert_eq!(cache.get("a", 5 + GOOD_FOR - 1), Some(&"yes"));
        assert_eq!(cache.get("a", 5 + GOOD_FOR), None);
        assert_eq!(cache.get("b", 6), None);
    }

    #[test]
    fn no_answer_is_not_remembered() {
        let mut cache = Cache::<&str>::new(GOOD_FOR);
        cache.asks("a", 0);
        cache.hears("a", None, 1);
        assert_eq!((cache.get("a", 1), cache.awaited("a", 1)), (None, None));
    }

    #[test]
    fn who_asks_is_waited_for_and_not_for_ever() {
        let mut cache = Cache::<&str>::new(GOOD_FOR);
        assert_eq!(cache.awaited("a", 0), None);
        cache.asks("a", 3);
        assert_eq!(cache.awaited("a", 3 + PATIENCE - 1), Some(3));
        assert_eq!(cache.awaited("a", 3 + PATIENCE), None);
        cache.hears("a", Some("yes"), 4);
        assert_eq!(cache.awaited("a", 4), None);
    }

    #[test]
    fn an_old_answer_is_gone_while_a_new_one_is_asked_for() {
        let mut cache = Cache::new(GOOD_FOR);
        cache.hears("a", Some("yes"), 0);
        cache.asks("a", GOOD_FOR);
        assert_eq!(
            (cache.get("a", GOOD_FOR), cache.awaited("a", GOOD_FOR)),
            (None, Some(GOOD_FOR))
        );
        cache.hears("a", None, GOOD_FOR + 1);
        assert_eq!(cache.get("a", GOOD_FOR + 1), None);
    }
}
