//! The cache of the issuer's keys: when to fetch them. Pure.
//!
//! It is stale-while-revalidate and stale-if-error: the last keys are used while new ones are fetched,
//! and for up to a day if the issuer is down. An unknown key id causes a fetch, since issuers rotate
//! their keys. A budget keeps made-up key ids from flooding the issuer.

use crate::domain::time::{HOUR, MINUTE, Millis, SECOND};
use serde_json::Value;
use std::collections::VecDeque;

/// Younger keys are not fetched again, unless a key id is unknown.
const FRESH: Millis = 10 * MINUTE;
/// Keys that could not be renewed are not tried again before this has passed.
const AFTER_FAILURE: Millis = MINUTE;
/// Keys older than this are not used any more, whatever the issuer's state.
const USABLE: Millis = 24 * HOUR;
/// How long an unknown key id causes no other fetch.
const UNKNOWN: Millis = 30 * SECOND;
/// Most fetches in one [`BUDGET_SPAN`].
const BUDGET: usize = 10;
const BUDGET_SPAN: Millis = 10 * SECOND;
/// Deadline of a fetch.
pub const PATIENCE: Millis = 5 * SECOND;
/// Most unknown key ids that are kept.
const UNKNOWN_LIMIT: usize = 64;

#[derive(Debug, Default)]
pub struct KeyCache {
    keys: Option<(Millis, Value)>,
    fetches: VecDeque<Millis>,
    /// When the last failed fetch ended.
    failed: Option<Millis>,
    unknown: VecDeque<(Millis, String)>,
}

impl KeyCache {
    /// The keys, if they may still be used.
    pub fn keys(&self, now: Millis) -> Option<&Value> {
        self.keys.as_ref().filter(|(at, _)| now - at < USABLE).map(|(_, keys)| keys)
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

    /// Whether another request is fetching the first keys, so that this one should wait for them. Only up
    /// to the deadline, since that request may have been cancelled.
    pub fn is_awaited(&self, now: Millis) -> bool {
        let begun = self.fetches.back().filter(|begun| now - **begun < PATIENCE);
        let is_open = begun.is_some_and(|begun| self.failed.is_none_or(|failed| failed < *begun));
        is_open && self.keys(now).is_none()
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

    /// A fetch begins.
    pub fn fetching(&mut self, now: Millis) {
        if self.fetches.len() == BUDGET {
            self.fetches.pop_front();
        }
        self.fetches.push_back(now);
    }

    /// The fetch has failed.
    pub fn failed(&mut self, now: Millis) {
        self.failed = Some(now);
    }

    pub fn fetched(&mut self, keys: Value, now: Millis) {
        self.keys = Some((now, keys));
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

    fn filled(at: Millis) -> KeyCache {
        let mut cache = KeyCache::default();
        cache.fetching(at);
        cache.fetched(json!({"keys": []}), at);
        cache
    }

    #[test]
    fn keys_are_fetched_once_and_renewed_after_ten_minutes() {
        assert!(KeyCache::default().is_empty(0));
        let cache = filled(0);
        assert!(!cache.is_empty(FRESH) && !cache.is_stale(FRESH - 1));
        assert!(cache.is_stale(FRESH));
    }

    #[test]
    fn while_the_issuer_is_away_nobody_waits_and_it_is_asked_once_a_minute() {
        let mut cache = filled(0);
        cache.fetching(FRESH);
        assert!(!cache.is_empty(FRESH + 1), "the old keys serve");
        assert!(!cache.is_stale(FRESH + 1), "one fetch at a time");
        cache.failed(FRESH + PATIENCE);
        assert!(!cache.is_stale(FRESH + PATIENCE + AFTER_FAILURE - 1));
        assert!(cache.is_stale(FRESH + PATIENCE + AFTER_FAILURE));
    }

    #[test]
    fn a_flood_while_there_are_no_keys_is_ten_fetches() {
        let mut cache = KeyCache::default();
        for _ in 0..BUDGET {
            assert!(cache.is_empty(1));
            cache.fetching(1);
            cache.failed(1);
        }
        assert!(!cache.is_empty(BUDGET_SPAN));
        assert!(cache.is_empty(1 + BUDGET_SPAN));
    }

    #[test]
    fn the_first_keys_are_waited_for_while_somebody_may_be_fetching_them() {
        let mut cache = KeyCache::default();
        cache.fetching(1);
        assert!(cache.is_awaited(2) && !cache.is_empty(2));
        assert!(cache.is_awaited(PATIENCE));
        assert!(!cache.is_awaited(1 + PATIENCE) && cache.is_empty(1 + PATIENCE));
        cache.failed(3);
        assert!(!cache.is_awaited(4) && cache.is_empty(4));
        cache.fetching(5);
        cache.fetched(json!({"keys": []}), 6);
        assert!(!cache.is_awaited(7) && !cache.is_empty(7));
    }

    #[test]
    fn old_keys_serve_for_a_day_while_the_issuer_is_away() {
        let mut cache = filled(0);
        cache.fetching(FRESH);
        assert!(cache.keys(USABLE - 1).is_some());
        assert!(cache.keys(USABLE).is_none());
    }

    #[test]
    fn an_unknown_key_id_is_looked_for_once() {
        let mut cache = filled(0);
        assert!(cache.may_look_for("new", 1));
        cache.fetching(1);
        cache.not_found("new", 1);
        assert!(!cache.may_look_for("new", 2));
        assert!(cache.may_look_for("other", 2));
        assert!(cache.may_look_for("new", 1 + UNKNOWN));
    }

    #[test]
    fn a_flood_of_made_up_key_ids_is_ten_fetches() {
        let mut cache = filled(0);
        let mut fetches = 1;
        for i in 0..1000 {
            let id = format!("made-up-{i}");
            if cache.may_look_for(&id, 1) {
                cache.fetching(1);
                cache.not_found(&id, 1);
                fetches += 1;
            }
        }
        assert_eq!(fetches, BUDGET);
        assert!(cache.may_look_for("later", BUDGET_SPAN));
        assert!(cache.unknown.len() <= UNKNOWN_LIMIT);
    }
}
