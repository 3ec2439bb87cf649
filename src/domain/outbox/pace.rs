//! How long to wait after a failed attempt.

use crate::domain::time::{HOUR, MINUTE, Millis, SECOND};

/// The schedule of Standard Webhooks: the pause after the first failure, the second, and so on. After the
/// last one there are no more attempts.
pub const STANDARD: [Millis; 9] = [
    5 * SECOND,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
];

/// How long one attempt at an event may take.
pub const PATIENCE: Millis = 15 * SECOND;

/// The longest that a receiver may put an attempt off.
const LONGEST_WISH: Millis = 24 * HOUR;

/// The pause before the next attempt at an event, after so many failures. `None`: there is none. `wish` is
/// the receiver's `Retry-After`, and `seed` tells apart what must not come at the same moment.
pub fn standard(failures: u32, wish: Option<Millis>, seed: &str) -> Option<Millis> {
    let pause = *STANDARD.get(failures.checked_sub(1)? as usize)?;
    Some(jittered(pause, failures, seed).max(wish.unwrap_or(0).min(LONGEST_WISH)))
}

/// Up to a tenth more or less, always the same for the same attempt.
fn jittered(pause: Millis, failures: u32, seed: &str) -> Millis {
    // FNV-1a: spreads well enough, and is three lines.
    let bytes = seed.bytes().chain(failures.to_le_bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let share = ((hash >> 32) % 2001) as Millis - 1000;
    pause + pause * share / 10_000
}

/// The pause before the next attempt at a callback: it doubles from a second on.
pub fn doubling(failures: u32, longest: Millis) -> Millis {
    (SECOND << failures.saturating_sub(1).min(10)).min(longest)
}

/// The pause before a look at what cannot be sent yet, such as one whose settings are wrong: a quarter of
/// how long it has waited.
pub fn held(waited: Millis) -> Millis {
    (waited / 4).clamp(MINUTE, HOUR)
}

/// The pause before D1 is told again how an event stands: it doubles from a minute on.
pub fn noting(failures: u32) -> Millis {
    (MINUTE << failures.saturating_sub(1).min(8)).min(4 * HOUR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_attempts_are_spread_over_three_days_as_standard_webhooks_says() {
        assert_eq!(STANDARD.iter().sum::<Millis>(), 75 * HOUR + 35 * MINUTE + 5 * SECOND);
        for (failures, pause) in (1..).zip(STANDARD) {
            for seed in 0..500 {
                let found = standard(failures, None, &format!("evt_tsk_{seed}_2")).unwrap();
                assert!((found - pause).abs() * 10 <= pause, "{found} after {failures}");
            }
        }
        assert_eq!((standard(0, None, ""), standard(10, Some(SECOND), "")), (None, None));
    }

    #[test]
    fn the_jitter_is_the_same_for_one_attempt_and_spreads_many() {
        let pauses = |seed: &str| -> Vec<_> { (1..10).map(|n| standard(n, None, seed)).collect() };
        assert_eq!(pauses("evt_tsk_1_2"), pauses("evt_tsk_1_2"));
        let all: Vec<_> = (0..1000).filter_map(|n| standard(2, None, &n.to_string())).collect();
        let mean = all.iter().sum::<Millis>() / 1000;
        assert!((mean - 5 * MINUTE).abs() < 3 * SECOND, "{mean}");
        let (least, most) = (all.iter().min().unwrap(), all.iter().max().unwrap());
        assert!(*least < 275 * SECOND && *most > 325 * SECOND, "{least} to {most}");
    }

    #[test]
    fn a_receiver_can_put_an_attempt_off_for_a_day_and_never_forward() {
        let plain = standard(1, None, "x").unwrap();
        assert_eq!(standard(1, Some(SECOND), "x"), Some(plain));
        assert_eq!(standard(1, Some(MINUTE), "x"), Some(MINUTE));
        assert_eq!(standard(1, Some(365 * 24 * HOUR), "x"), Some(24 * HOUR));
    }

    #[test]
    fn what_cannot_be_sent_yet_is_looked_at_less_and_less_often() {
        assert_eq!([0, 8 * MINUTE, 100 * HOUR].map(held), [MINUTE, 2 * MINUTE, HOUR]);
        let pauses = [1, 2, 3, 7, 99].map(|failures| doubling(failures, MINUTE) / SECOND);
        assert_eq!(pauses, [1, 2, 4, 60, 60]);
        let pauses = [1, 2, 3, 8, 99].map(|failures| noting(failures) / MINUTE);
        assert_eq!(pauses, [1, 2, 4, 128, 240]);
    }
}
