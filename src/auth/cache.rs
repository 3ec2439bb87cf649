//! The cache of the issuer's keys: when to fetch them. Pure.
//!
//! It is stale-while-revalidate and stale-if-error: the last keys are used while new ones are fetched,
//! and for up to a day if the issuer is down. An unknown key id causes a fetch, since issuers rotate
//! their keys. A budget keeps made-up key ids from flooding the issuer.

use crate::auth::keys::{Key, keys_of};
use crate::domain::time::{HOUR, MINUTE, Millis, SECOND};
use serde_json::Value;
use std::collections::VecDeque;
use std::rc::Rc;

/// Younger keys are not fetched again, unless a key id is unknown.
const FRESH: Millis = 10 * MINUTE;
/// Keys that could not be renewed are not tried again before this has passed.
const AFTER_FAILURE: Millis = MINUTE;
/// Keys older than this are not used any more, whatever the issuer's state.
const USABLE: Millis = 24 * HOUR;
/// An unknown key id is not looked for again before this has passed.
const UNKNOWN: Millis = 30 * SECOND;
/// Most fetches in one [`BUDGET_SPAN`].
const BUDGET: usize = 10;
const BUDGET_SPAN: Millis = 10 * SECOND;
/// Deadline of a fetch.
pub const PATIENCE: Millis = 5 * SECOND;
/// How long others wait for a fetch. Its failure is recorded a moment after its deadline. A caller that
/// stopped waiting at the deadline would start a second fetch.
const WAITED_FOR: Millis = PATIENCE + SECOND;
/// Most unknown key ids that are kept.
const UNKNOWN_LIMIT: usize = 64;

/// The cache of one issuer's keys. An imported key, an `I`, lives as long as its set.
#[derive(Debug)]
pub struct KeyCache<I> {
    keys: Option<(Millis, Vec<Rc<Key<I>>>)>,
    fetches: VecDeque<Millis>,
    /// When the last failed fetch ended.
    failed: Option<Millis>,
    unknown: VecDeque<(Millis, String)>,
}

impl<I> Default for KeyCache<I> {
    fn default() -> Self {
        Self { keys: None, fetches: VecDeque::new(), failed: None, unknown: VecDeque::new() }
    }
}

impl<I> KeyCache<I> {
    /// The keys, if they may still be used.
    pub fn keys(&self, now: Millis) -> Option<&[Rc<Key<I>>]> {
        self.keys.as_ref().filter(|(at, _)| now - at < USABLE).map(|(_, keys)| keys.as_slice())
    }

    /// Whether to fetch before looking: there are no keys.
    pub fn is_empty(&self, now: Millis) -> bool {
        self.keys(now).is_none() && self.has_budget(now) && !self.is_awaited(now)
    }

    /// Whether the cached keys should be renewed in the background.
    pub fn is_stale(&self, now: Millis) -> bool {
        let is_old = self.keys.as_ref().is_some_and(|(at, _)| now - at >= FRESH);
        let is_under_way = self.fetches.back().is_some_and(|begun| now - begun < PATIENCE);
        let has_failed = self.failed.is_some_and(|failed| now - failed < AFTER_FAILURE);
        is_old && !is_under_way && !has_failed && self.has_budget(now)
    }

    /// Whether another request is fetching the first keys, so that this one should wait for them. Only for a
    /// time, since that request may have been cancelled.
    pub fn is_awaited(&self, now: Millis) -> bool {
        let begun = self.fetches.back().filter(|begun| now - **begun < WAITED_FOR);
        let is_open = begun.is_some_and(|begun| self.failed.is_none_or(|failed| failed < *begun));
        is_open && self.keys(now).is_none()
    }

    /// Whether a request that has waited since `began` should give up. A request of its own would make those
    /// behind it wait for another [`PATIENCE`], one after the other.
    pub fn has_failed_since(&self, began: Millis) -> bool {
        self.failed.is_some_and(|failed| failed >= began)
    }

    /// Whether to fetch because a token names an unknown key id.
    pub fn may_look_for(&self, key_id: &str, now: Millis) -> bool {
        let asked = |(at, id): &(Millis, String)| id == key_id && now - at < UNKNOWN;
        self.has_budget(now) && !self.unknown.iter().any(asked)
    }

    /// Records a key id that the issuer does not know.
    pub fn not_found(&mut self, key_id: &str, now: Millis) {
        if self.unknown.len() == UNKNOWN_LIMIT {
            self.unknown.pop_front();
        }
        self.unknown.push_back((now, key_id.to_owned()));
    }

    /// Records that a fetch begins.
    pub fn fetching(&mut self, now: Millis) {
        if self.fetches.len() == BUDGET {
            self.fetches.pop_front();
        }
        self.fetches.push_back(now);
    }

    /// Records that the fetch has failed.
    pub fn failed(&mut self, now: Millis) {
        self.failed = Some(now);
    }

    /// Replaces the keys by the set that was fetched.
    pub fn fetched(&mut self, jwks: Value, now: Millis) {
        self.keys = Some((now, keys_of(jwks)));
    }

    fn has_budget(&self, now: Millis) -> bool {
        self.fetches.len() < BUDGET
            || self.fetches.front().is_some_and(|at| now - at >= BUDGET_SPAN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// An ordinary time. Starting at 0 would hide mistakes in sums.
    const T: Millis = 1_795_168_800_000;

    fn filled(at: Millis) -> KeyCache<&'static str> {
        let mut cache = KeyCache::default();
        cache.fetching(at);
        cache.fetched(json!({"keys": []}), at);
        cache
    }

    #[test]
    fn keys_are_fetched_once_and_renewed_after_ten_minutes() {
        assert!(KeyCache::<()>::default().is_empty(T));
        let cache = filled(T);
        let old = T + 10 * MINUTE;
        assert!(!cache.is_empty(old) && !cache.is_stale(old - 1));
        assert!(cache.is_stale(old));
    }

    #[test]
    fn while_the_issuer_is_away_nobody_waits_and_it_is_asked_once_a_minute() {
        let mut cache = filled(T);
        let old = T + FRESH;
        cache.fetching(old);
        assert!(!cache.is_empty(old + 1), "the old keys serve");
        assert!(!cache.is_stale(old + 1), "one fetch at a time");
        cache.failed(old + PATIENCE);
        assert!(!cache.is_stale(old + PATIENCE + MINUTE - 1));
        assert!(cache.is_stale(old + PATIENCE + MINUTE));
    }

    #[test]
    fn a_fetch_that_was_cancelled_is_begun_again_after_five_seconds() {
        let mut cache = filled(T);
        cache.fetching(T + FRESH);
        assert!(!cache.is_stale(T + FRESH + 5 * SECOND - 1));
        assert!(cache.is_stale(T + FRESH + 5 * SECOND));
    }

    #[test]
    fn a_flood_while_there_are_no_keys_is_ten_fetches_in_ten_seconds() {
        let mut cache = KeyCache::<()>::default();
        for _ in 0..10 {
            assert!(cache.is_empty(T));
            cache.fetching(T);
            cache.failed(T);
        }
        assert!(!cache.is_empty(T + 10 * SECOND - 1));
        assert!(cache.is_empty(T + 10 * SECOND));
    }

    #[test]
    fn the_first_keys_are_waited_for_while_somebody_may_be_fetching_them() {
        let mut cache = KeyCache::<()>::default();
        cache.fetching(T);
        assert!(cache.is_awaited(T + 1) && !cache.is_empty(T + 1));
        assert!(cache.is_awaited(T + PATIENCE), "its failure is recorded a moment later");
        assert!(cache.is_awaited(T + WAITED_FOR - 1));
        assert!(!cache.is_awaited(T + WAITED_FOR) && cache.is_empty(T + WAITED_FOR));
        cache.failed(T + 2);
        assert!(!cache.is_awaited(T + 3) && cache.is_empty(T + 3));
        cache.fetching(T + 4);
        cache.fetched(json!({"keys": []}), T + 5);
        assert!(!cache.is_awaited(T + 6) && !cache.is_empty(T + 6));
    }

    #[test]
    fn whoever_has_waited_for_a_fetch_that_failed_does_not_begin_another() {
        let mut cache = KeyCache::<()>::default();
        assert!(!cache.has_failed_since(T));
        cache.fetching(T);
        assert!(!cache.has_failed_since(T));
        cache.failed(T + PATIENCE);
        assert!(cache.has_failed_since(T + 1) && cache.has_failed_since(T + PATIENCE));
        assert!(!cache.has_failed_since(T + PATIENCE + 1), "who comes later may try");
    }

    #[test]
    fn old_keys_serve_for_a_day_while_the_issuer_is_away() {
        let mut cache = filled(T);
        cache.fetching(T + FRESH);
        assert!(cache.keys(T + 24 * HOUR - 1).is_some());
        assert!(cache.keys(T + 24 * HOUR).is_none());
    }

    #[test]
    fn what_a_key_was_imported_as_lives_as_long_as_its_set() {
        let set = || json!({"keys": [{"kty": "EC", "crv": "P-256"}]});
        let mut cache = KeyCache::default();
        cache.fetched(set(), T);
        let first = |cache: &KeyCache<_>, at| cache.keys(at).map(|keys| keys[0].clone());
        let key = first(&cache, T).unwrap();
        key.imported.set("imported").unwrap();
        assert_eq!(first(&cache, T + FRESH).unwrap().imported.get(), Some(&"imported"));
        assert!(first(&cache, T + USABLE).is_none());
        let old = Rc::downgrade(&key);
        drop(key);
        cache.fetched(set(), T + FRESH);
        assert!(old.upgrade().is_none(), "though the new set has the same key");
        assert_eq!(first(&cache, T + FRESH).unwrap().imported.get(), None);
    }

    #[test]
    fn an_unknown_key_id_is_looked_for_once_in_half_a_minute() {
        let mut cache = filled(T);
        assert!(cache.may_look_for("new", T));
        cache.fetching(T);
        cache.not_found("new", T);
        assert!(!cache.may_look_for("new", T + 30 * SECOND - 1));
        assert!(cache.may_look_for("other", T + 1));
        assert!(cache.may_look_for("new", T + 30 * SECOND));
    }

    #[test]
    fn of_many_unknown_key_ids_the_oldest_is_forgotten() {
        let mut cache = filled(T);
        for i in 0..=UNKNOWN_LIMIT {
            cache.not_found(&format!("made-up-{i}"), T);
        }
        assert_eq!(cache.unknown.len(), UNKNOWN_LIMIT);
        assert!(cache.may_look_for("made-up-0", T));
        assert!(!cache.may_look_for("made-up-1", T));
    }

    #[test]
    fn a_flood_of_made_up_key_ids_is_ten_fetches() {
        let mut cache = filled(T);
        let mut fetches = 1;
        for i in 0..1000 {
            let id = format!("made-up-{i}");
            if cache.may_look_for(&id, T) {
                cache.fetching(T);
                cache.not_found(&id, T);
                fetches += 1;
            }
        }
        assert_eq!(fetches, BUDGET);
        assert!(cache.may_look_for("later", T + BUDGET_SPAN));
    }
}
