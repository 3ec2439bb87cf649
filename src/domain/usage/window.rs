//! The windows in which starts and money are counted: of a fixed length, aligned to the epoch plus an
//! offset of the user's own, so that the windows of all users do not end at once.

use crate::domain::time::{DAY, HOUR, MINUTE, Millis};
use serde::{Deserialize, Serialize};

/// The length of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Per {
    #[serde(rename = "1m")]
    Minute,
    #[serde(rename = "1h")]
    Hour,
    #[serde(rename = "1d")]
    Day,
    #[serde(rename = "30d")]
    Month,
}

impl Per {
    /// The length of this name.
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "1m" => Some(Self::Minute),
            "1h" => Some(Self::Hour),
            "1d" => Some(Self::Day),
            "30d" => Some(Self::Month),
            _ => None,
        }
    }

    pub fn length(self) -> Millis {
        match self {
            Self::Minute => MINUTE,
            Self::Hour => HOUR,
            Self::Day => DAY,
            Self::Month => 30 * DAY,
        }
    }

    /// When the window began that `now` is in. `seed` makes the offset.
    pub fn since(self, seed: u32, now: Millis) -> Millis {
        let offset = Millis::from(seed) * SPREAD % self.length();
        now - (now - offset).rem_euclid(self.length())
    }
}

/// Spreads the seeds over the longest window: they are fewer than its milliseconds.
const SPREAD: Millis = 7919;

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_795_168_834_567;

    #[test]
    fn a_window_is_aligned_to_the_epoch_plus_an_offset() {
        for per in [Per::Minute, Per::Hour, Per::Day, Per::Month] {
            assert_eq!(per.since(0, NOW), NOW - NOW % per.length());
            for seed in [1, 77, u32::MAX] {
                let since = per.since(seed, NOW);
                assert!(since <= NOW && NOW < since + per.length());
                assert_eq!(per.since(seed, since), since);
                assert_eq!(per.since(seed, since - 1), since - per.length());
                assert_eq!(per.since(seed, since + per.length()), since + per.length());
            }
            assert_ne!(per.since(1, NOW), per.since(77, NOW), "each has its own");
        }
    }

    #[test]
    fn a_length_has_one_name_in_the_setting_and_in_what_is_stored() {
        for name in ["1m", "1h", "1d", "30d"] {
            let per = Per::of(name).expect(name);
            assert_eq!(serde_json::to_string(&per).unwrap(), format!("{name:?}"));
        }
        assert_eq!(Per::of("2d"), None);
    }
}
