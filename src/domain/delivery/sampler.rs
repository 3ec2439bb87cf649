//! Which of the refused webhooks get a row. Anybody can send one, so an attacker must not be able to buy rows.

use super::mark::Mark;
use crate::domain::time::{MINUTE, Millis, SECOND};

/// Most rows in a minute.
pub const ROWS: u32 = 10;
/// How long the others are counted before the count is written.
pub const COUNTED: Millis = 15 * SECOND;

/// What becomes of one more that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// It gets a row.
    Row,
    /// It is counted.
    Count,
    /// It is counted, and [`Sampler::counted`] is to be asked in [`COUNTED`].
    CountLater,
}

/// A provider's name and a verdict, with how many there were.
pub type Count = (&'static str, &'static str, u64);

/// What was refused in this isolate.
#[derive(Debug, Default)]
pub struct Sampler {
    /// When the first row of the minute was kept.
    since: Millis,
    rows: u32,
    counts: Vec<Count>,
    /// When somebody was last told to ask for the counts.
    told: Millis,
}

impl Sampler {
    pub const fn new() -> Self {
        Self { since: 0, rows: 0, counts: Vec::new(), told: 0 }
    }

    /// One more was refused.
    pub fn one_more(&mut self, provider: &'static str, mark: Mark, now: Millis) -> Keep {
        if now - self.since >= MINUTE {
            (self.since, self.rows) = (now, 0);
        }
        if self.rows < ROWS {
            self.rows += 1;
            return Keep::Row;
        }
        let is_it =
            |(known, verdict, _): &&mut Count| (*known, *verdict) == (provider, mark.as_str());
        match self.counts.iter_mut().find(is_it) {
            Some((_, _, count)) => *count += 1,
            None => self.counts.push((provider, mark.as_str(), 1)),
        }
        // Whoever was told to ask may be gone.
        if now - self.told < 2 * COUNTED {
            return Keep::Count;
        }
        self.told = now;
        Keep::CountLater
    }

    /// How many were counted since it was last asked. There are few providers and few verdicts.
    pub fn counted(&mut self) -> Vec<Count> {
        self.told = 0;
        std::mem::take(&mut self.counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_795_168_800_000;

    fn send(sampler: &mut Sampler, count: u32, now: Millis) -> Vec<Keep> {
        (0..count).map(|_| sampler.one_more("mynth", Mark::BadSignature, now)).collect()
    }

    #[test]
    fn ten_of_a_minute_are_kept_and_the_others_counted() {
        let mut sampler = Sampler::new();
        let kept = send(&mut sampler, 25, NOW);
        assert_eq!(kept.iter().filter(|keep| **keep == Keep::Row).count(), 10);
        assert_eq!(kept.iter().filter(|keep| **keep == Keep::CountLater).count(), 1);
        assert_eq!(sampler.counted(), [("mynth", "bad_signature", 15)]);
        assert_eq!(sampler.counted(), []);
        assert_eq!(send(&mut sampler, 1, NOW + MINUTE), [Keep::Row]);
    }

    #[test]
    fn each_provider_and_verdict_has_its_count() {
        let mut sampler = Sampler::new();
        send(&mut sampler, 10, NOW);
        sampler.one_more("mynth", Mark::TooLarge, NOW);
        sampler.one_more("fal", Mark::BadSignature, NOW);
        sampler.one_more("fal", Mark::BadSignature, NOW);
        let counts = [("mynth", "too_large", 1), ("fal", "bad_signature", 2)];
        assert_eq!(sampler.counted(), counts);
    }

    #[test]
    fn somebody_else_is_told_to_ask_if_the_first_one_never_did() {
        let mut sampler = Sampler::new();
        send(&mut sampler, 11, NOW);
        assert_eq!(send(&mut sampler, 2, NOW + COUNTED), [Keep::Count; 2]);
        assert_eq!(send(&mut sampler, 1, NOW + 2 * COUNTED), [Keep::CountLater]);
    }

    #[test]
    fn after_the_counts_were_asked_for_the_next_one_tells_somebody_again() {
        let mut sampler = Sampler::new();
        send(&mut sampler, 11, NOW);
        sampler.counted();
        assert_eq!(send(&mut sampler, 1, NOW + COUNTED), [Keep::CountLater]);
    }
}
