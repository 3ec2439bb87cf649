//! Amounts of money: decimals, exact to twelve places. No float is ever made of one.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Sub};

const PLACES: usize = 12;
const ONE: i128 = 1_000_000_000_000;
/// Digits before the point. Sums of a billion such amounts are still far from the type's end.
const WHOLE_DIGITS: usize = 15;
/// Places that are always written, as of money.
const FEWEST_PLACES: usize = 2;

/// An amount. It may be negative: what is left of a budget that was made smaller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Amount(i128);

impl Amount {
    pub const ZERO: Self = Self(0);

    /// Reads a decimal such as `0.03`. `None`: it is none, is negative, or has more digits than an amount.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, places) = text.split_once('.').unwrap_or((text, "0"));
        let places = if places.len() > 1 { places.trim_end_matches('0') } else { places };
        let is_digits = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        let fits = (1..=WHOLE_DIGITS).contains(&whole.len()) && places.len() <= PLACES;
        if !fits || text.ends_with('.') || !is_digits(whole) || !is_digits(places) {
            return None;
        }
        format!("{whole}{places:0<PLACES$}").parse().ok().map(Self)
    }

    /// That many times this.
    pub fn times(self, count: usize) -> Self {
        Self(self.0.saturating_mul(count as i128))
    }

    /// The 64th part of it, rounded down.
    pub fn small_part(self) -> Self {
        Self(self.0 >> 6)
    }

    pub fn is_positive(self) -> bool {
        self.0 > 0
    }
}

impl Add for Amount {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Amount {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, rest) = (self.0.abs() / ONE, self.0.abs() % ONE);
        let places = format!("{rest:0PLACES$}");
        let places = places.trim_end_matches('0');
        write!(f, "{sign}{whole}.{places:0<FEWEST_PLACES$}")
    }
}

impl From<Amount> for String {
    fn from(amount: Amount) -> Self {
        amount.to_string()
    }
}

impl TryFrom<String> for Amount {
    type Error = &'static str;

    /// What was stored may be negative.
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let read = match text.strip_prefix('-') {
            Some(positive) => Self::parse(positive).map(|it| Self(-it.0)),
            None => Self::parse(&text),
        };
        read.ok_or("not a decimal")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn amount(text: &str) -> Amount {
        Amount::parse(text).expect(text)
    }

    #[test]
    fn a_decimal_is_read_to_its_last_digit_and_written_without_spare_zeros() {
        for (text, written) in [
            ("0.03", "0.03"),
            ("0.01250000", "0.0125"),
            ("2", "2.00"),
            ("2.5", "2.50"),
            ("0.000000000001", "0.000000000001"),
            ("0.0000000000010000", "0.000000000001"),
            ("00.10", "0.10"),
            ("0.0", "0.00"),
            ("0.00", "0.00"),
            ("999999999999999", "999999999999999.00"),
        ] {
            assert_eq!(amount(text).to_string(), written);
        }
    }

    #[test]
    fn what_is_negative_or_no_decimal_is_no_amount() {
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "-1",
            "-0.03",
            "+1",
            "1e3",
            "1,5",
            "0x1",
            "NaN",
            "Infinity",
            " 1",
            "1 ",
            "1.2.3",
            "0.0000000000001",
            "1000000000000000",
            "1.-5",
            "١",
        ] {
            assert_eq!(Amount::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn tenths_add_up() {
        let sum: Amount = (0..10).map(|_| amount("0.1")).sum();
        assert_eq!(sum, amount("1"));
        assert_eq!(amount("0.1").times(3), amount("0.3"));
        assert_eq!((amount("0.1") - amount("0.3")).to_string(), "-0.20");
    }

    proptest! {
        #[test]
        fn an_amount_survives_being_stored(units in -10i128.pow(27) + 1..10i128.pow(27)) {
            let text = serde_json::to_string(&Amount(units)).unwrap();
            prop_assert_eq!(serde_json::from_str::<Amount>(&text).unwrap(), Amount(units));
        }
    }
}
