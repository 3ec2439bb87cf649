//! How far a task has come. It is shown to whoever watches, and stored nowhere.

use crate::domain::time::Millis;
use serde::{Deserialize, Serialize};

/// Between two frames of progress: four a second at most.
pub const PAUSE: Millis = 250;

/// What a provider says of a task that is under way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Rises as the task goes on: reports come twice and in any order.
    pub rank: Vec<usize>,
    /// From 0 to 1, where the provider says so.
    pub fraction: Option<f64>,
    /// In a few words: a place in the queue, or the steps that are done.
    pub message: Option<String>,
}

/// What watchers have seen of a task's progress. It is forgotten when the room hibernates.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shown {
    at: Millis,
    last: Option<Progress>,
}

impl Shown {
    /// Whether `progress` is to be shown at `now`: it is news, and not too soon after the last. Then it is
    /// the last.
    pub fn admits(&mut self, progress: &Progress, now: Millis) -> bool {
        let is_news = match &self.last {
            Some(last) => {
                let said = (progress.fraction, &progress.message);
                progress.rank >= last.rank && said != (last.fraction, &last.message)
            }
            None => progress.fraction.is_some() || progress.message.is_some(),
        };
        // A clock that was set back does not silence a room.
        if !is_news || (0..PAUSE).contains(&(now - self.at)) {
            return false;
        }
        *self = Self { at: now, last: Some(progress.clone()) };
        true
    }

    /// What a new watcher is shown.
    pub fn last(&self) -> Option<&Progress> {
        self.last.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: Millis = 1_795_168_800_000;

    fn progress(rank: usize, fraction: f64) -> Progress {
        Progress { rank: vec![1, rank], fraction: Some(fraction), message: None }
    }

    #[test]
    fn progress_is_shown_four_times_a_second_at_most() {
        let mut shown = Shown::default();
        let admitted: Vec<i64> = (0..1000)
            .filter(|ms| shown.admits(&progress(*ms, *ms as f64 / 1000.0), T + *ms as Millis))
            .map(|ms| ms as i64)
            .collect();
        assert_eq!(admitted, [0, 250, 500, 750]);
    }

    #[test]
    fn progress_never_goes_back_and_is_not_repeated() {
        let mut shown = Shown::default();
        assert!(shown.admits(&progress(50, 0.5), T));
        assert!(!shown.admits(&progress(20, 0.2), T + 1000), "an earlier report that came late");
        assert!(!shown.admits(&progress(50, 0.5), T + 2000), "the same report twice");
        let queued = Progress { rank: vec![0, 9], fraction: None, message: Some("3".into()) };
        assert!(!shown.admits(&queued, T + 3000), "an earlier status");
        assert!(shown.admits(&progress(60, 0.6), T + 4000));
        assert_eq!(shown.last(), Some(&progress(60, 0.6)));
    }

    #[test]
    fn a_report_without_a_word_is_not_shown_and_a_clock_that_is_set_back_silences_nothing() {
        let mut shown = Shown::default();
        let silent = Progress { rank: vec![9], fraction: None, message: None };
        assert!(!shown.admits(&silent, T));
        assert!(shown.admits(&progress(1, 0.1), T));
        assert!(shown.admits(&progress(2, 0.2), T - 60_000));
    }
}
