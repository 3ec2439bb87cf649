//! The keys that were fetched, and when to fetch them again. Pure.
//!
//! Keys outlive the issuer's absence: what was fetched once is used until a newer set comes, for a
//! day at most. A key id that is not known is a reason to look once more, since issuers rotate
//! their keys; but not a way to make us knock on the issuer's door at will.

use crate::domain::time::{HOUR, MINUTE, Millis, SECOND};
use serde_json::Value;
use std::collections::VecDeque;

/// Keys younger than this are not looked up again without a reason.
const FRESH: Millis = 10 * MINUTE;
/// Keys older than this are not used any more, whatever the issuer's state.
const USABLE: Millis = 24 * HOUR;
/// A key id that the issuer did not know is not asked for again before this has passed.
const UNKNOWN: Millis = 30 * SECOND;
/// Fetches in one such span: a flood of made-up key ids costs no more.
const BUDGET: usize = 10;
const BUDGET_SPAN: Millis = 10 * SECOND;
/// Unknown key ids that are remembered.
const UNKNOWN_LIMIT: usize = 64;

#[derive(Debug, Default)]
pub struct KeyCache {
    keys: Option<(Millis, Value)>,
    fetches: VecDeque<Millis>,
    unknown: VecDeque<(Millis, String)>,
}

impl KeyCache {
    /// The keys, if they may still be used.
    pub fn keys(&self, now: Millis) -> Option<&Value> {
        self.keys.as_ref().filter(|(at, _)| now - at < USABLE).map(|(_, keys)| keys)
    }

    /// Whether to fetch before looking: there are no keys, or they are old.
    pub fn is_due(&self, now: Millis) -> bool {
        match &self.keys {
            None => true,
            Some((at, _)) => now - at >= FRESH && self.has_budget(now),
        }
    }

    /// Whether to fetch because a token names a key that is not among ours.
    pub fn may_look_for(&self, key_id: &str, now: Millis) -> bool {
        let asked = |(at, id): &(Millis, String)| id == key_id && now - at < UNKNOWN;
        self.has_budget(now) && !self.unknown.iter().any(asked)
    }

    /// Remembers a key id that the issuer does not know.
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
    fn keys_are_fetched_once_and_again_after_ten_minutes() {
        assert!(KeyCache::default().is_due(0));
        let cache = filled(0);
        assert!(!cache.is_due(FRESH - 1));
        assert!(cache.is_due(FRESH));
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
