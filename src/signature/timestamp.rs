//! The signed time of a webhook: its syntax and its tolerance.
//!
//! It must not know a clock: `now` is given.

use crate::signature::error::SignatureError;

/// Seconds that a signed time may be off, either way, inclusive: what the schemes document.
pub const TOLERANCE_SECONDS: u64 = 300;

/// Digits of the largest `i64`.
const MAX_DIGITS: usize = 19;

/// A Unix time in seconds, with the very text that was signed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timestamp<'a> {
    text: &'a str,
    seconds: i64,
}

impl<'a> Timestamp<'a> {
    /// Reads ASCII digits, and nothing else: no sign, no space, no fraction.
    pub(super) fn parse(text: &'a str) -> Result<Self, SignatureError> {
        let digits =
            (1..=MAX_DIGITS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        match text.parse() {
            Ok(seconds) if digits => Ok(Self { text, seconds }),
            _ => Err(SignatureError::Malformed),
        }
    }

    /// The digits as they were sent, for the signed text.
    pub(super) fn as_bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    /// Refuses a time that is too far from `now` (Unix seconds). Call it only after the signature was
    /// verified: a stranger then cannot tell a stale request from a forged one, and learns nothing of
    /// our clock.
    pub(super) fn check(&self, now: i64) -> Result<(), SignatureError> {
        if self.seconds.abs_diff(now) <= TOLERANCE_SECONDS {
            Ok(())
        } else if self.seconds < now {
            Err(SignatureError::Stale)
        } else {
            Err(SignatureError::Future)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;
    use crate::signature::error::SignatureError::{Future, Malformed, Stale};

    const T: i64 = 1_614_265_330;

    #[test]
    fn three_hundred_seconds_pass_and_three_hundred_and_one_do_not() {
        let time = Timestamp::parse("1614265330").expect("a time");
        for now in [T - 300, T - 299, T, T + 299, T + 300] {
            assert_eq!(time.check(now), Ok(()), "{now}");
        }
        for now in [T + 301, T + 86_400, i64::MAX] {
            assert_eq!(time.check(now), Err(Stale), "{now}");
        }
        for now in [T - 301, 0, -1, i64::MIN] {
            assert_eq!(time.check(now), Err(Future), "{now}");
        }
    }

    #[test]
    fn the_ends_of_the_number_range_do_not_overflow() {
        let last = Timestamp::parse("9223372036854775807").expect("a time");
        assert_eq!(last.check(i64::MIN), Err(Future));
        assert_eq!(last.check(i64::MAX), Ok(()));
        let first = Timestamp::parse("0").expect("a time");
        assert_eq!(first.check(i64::MAX), Err(Stale));
        assert_eq!(first.check(i64::MIN), Err(Future));
    }

    #[test]
    fn only_digits_that_fit_are_a_time() {
        let zeros = "0".repeat(20);
        let nines = "9".repeat(4000);
        for bad in [
            "",
            " ",
            "+1614265330",
            "-1",
            " 1614265330",
            "1614265330 ",
            "1614265330.0",
            "0x10",
            "1e9",
            "１６",
            "9223372036854775808",
            "9999999999999999999",
            &zeros,
            &nines,
        ] {
            assert_eq!(Timestamp::parse(bad).err(), Some(Malformed), "{bad:?}");
        }
    }

    #[test]
    fn the_signed_text_keeps_leading_zeros() {
        let time = Timestamp::parse("0001614265330").expect("a time");
        assert_eq!(time.as_bytes(), b"0001614265330");
        assert_eq!(time.check(T), Ok(()));
    }
}
