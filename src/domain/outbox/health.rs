//! A destination that answers nothing but failures is off after a while: nothing is sent to it until its
//! setting changes, or until somebody switches it on.

use super::road::{Road, mark};
use crate::domain::time::{HOUR, Millis};

/// For how long there must have been nothing but failures.
pub const LONGEST_FAILING: Millis = 120 * HOUR;

/// A destination is known to be failing after so many attempts at one event in vain. One that has restarted
/// is not, which saves the row.
pub const FAILING_AFTER: u32 = 3;

/// Whether it is off, given since when it has been failing.
pub fn is_off(failing_since: Option<Millis>, now: Millis) -> bool {
    failing_since.is_some_and(|since| now - since >= LONGEST_FAILING)
}

/// What a destination is known by: another address or another secret makes it another one. A queue has no
/// such thing, since it takes messages whatever becomes of them.
pub fn known_as(road: &Road, address: &str, secret: &str) -> Option<String> {
    match road {
        Road::Queue => None,
        Road::Url(..) => Some(format!("url:{}", mark(&format!("{address} {secret}")))),
        Road::Hook => Some(format!("hook:{}", mark(secret))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destination_is_off_after_five_days_of_failures_and_never_without_one() {
        assert!(!is_off(None, Millis::MAX));
        assert!(!is_off(Some(0), 120 * HOUR - 1));
        assert!(is_off(Some(0), 120 * HOUR));
    }

    #[test]
    fn another_address_or_secret_is_another_destination() {
        let known = |address, secret| known_as(&Road::to(0, address), address, secret).unwrap();
        let all = [known("a", "s"), known("b", "s"), known("a", "t")];
        assert!(all[0] != all[1] && all[0] != all[2] && all[1] != all[2], "{all:?}");
        assert_ne!(known_as(&Road::Hook, "", "s"), known_as(&Road::Hook, "", "t"));
        assert_eq!(known_as(&Road::Queue, "", "s"), None);
    }
}
