//! Frames that are published while a new watcher's snapshot is read from D1. The snapshot must not send
//! an older frame of a task after a newer one. Pure.

use std::collections::BTreeMap;

/// The snapshots being read, each with the versions published since it began. Each needs its own: a
/// watcher that connects later has missed earlier frames.
#[derive(Debug, Default)]
pub struct Overlap {
    begun: u64,
    readings: BTreeMap<u64, BTreeMap<String, u64>>,
}

impl Overlap {
    /// Begins to read a snapshot and returns its number.
    pub fn begin(&mut self) -> u64 {
        self.begun += 1;
        self.readings.insert(self.begun, BTreeMap::new());
        self.begun
    }

    /// A frame was sent to every connected watcher.
    pub fn published(&mut self, task_id: &str, version: u64) {
        for seen in self.readings.values_mut() {
            let newest = seen.entry(task_id.to_owned()).or_default();
            *newest = version.max(*newest);
        }
    }

    /// Whether the version that `reading` has of a task is newer than what was published meanwhile.
    pub fn is_news(&self, reading: u64, task_id: &str, version: u64) -> bool {
        let newest = self.readings.get(&reading).and_then(|seen| seen.get(task_id));
        newest.is_none_or(|newest| version > *newest)
    }

    /// A snapshot was sent, or has failed.
    pub fn end(&mut self, reading: u64) {
        self.readings.remove(&reading);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_not_shown_after_something_newer_was_published() {
        let mut overlap = Overlap::default();
        let reading = overlap.begin();
        overlap.published("tsk_1", 2);
        overlap.published("tsk_1", 1);
        assert!(!overlap.is_news(reading, "tsk_1", 1));
        assert!(!overlap.is_news(reading, "tsk_1", 2));
        assert!(overlap.is_news(reading, "tsk_1", 3));
        assert!(overlap.is_news(reading, "tsk_2", 1));
    }

    #[test]
    fn a_watcher_that_came_after_a_frame_is_shown_what_the_frame_showed() {
        let mut overlap = Overlap::default();
        let first = overlap.begin();
        overlap.published("tsk_1", 2);
        let second = overlap.begin();
        assert!(!overlap.is_news(first, "tsk_1", 2));
        assert!(overlap.is_news(second, "tsk_1", 2));
    }

    #[test]
    fn nothing_is_remembered_once_a_reading_has_ended() {
        let mut overlap = Overlap::default();
        overlap.published("tsk_1", 9);
        let reading = overlap.begin();
        assert!(overlap.is_news(reading, "tsk_1", 1));
        overlap.published("tsk_1", 9);
        overlap.end(reading);
        assert!(overlap.readings.is_empty());
    }
}
