//! How long a watcher may watch, and when the object's alarm has to see to that. Pure.
//!
//! Before a frame is sent, sockets whose time is over are closed. So no alarm is needed to keep a frame
//! from them, only to close those that nothing is sent to. It costs a written row to set one, and so:
//!
//! - An alarm that is set anyway is set for no later than the first end of an open socket.
//! - One is set for the end of a new socket only if none fires by then. The room of a task under way has
//!   one within minutes, and each alarm closes what is over.
//! - Without an open socket nothing is set.

use crate::domain::effect::Arm;
use crate::domain::time::{Millis, SECOND};

/// How much later than the end of a socket its alarm fires: one alarm closes those that came together.
const SLACK: Millis = SECOND;

/// Whether the time of a socket is over. One without an end has no time at all.
pub fn is_over(until: Option<Millis>, now: Millis) -> bool {
    until.is_none_or(|until| now >= until)
}

/// When an alarm has to close the first of the open sockets, given their ends.
pub fn closing_at(ends: impl Iterator<Item = Millis>) -> Option<Millis> {
    ends.min().map(|end| end.saturating_add(SLACK))
}

/// The time to set the alarm to, given the one that is set; `None` leaves it. `closing` looks through all
/// sockets for when the first has to be closed, and is not asked if nothing is set.
pub fn alarm_at(
    arm: Arm,
    set: Option<Millis>,
    closing: impl FnOnce() -> Option<Millis>,
) -> Option<Millis> {
    let at = arm.over(set)?;
    Some(closing().map_or(at, |closing| closing.min(at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_is_over_at_its_end_and_at_once_without_one() {
        for (until, now, expected) in
            [(Some(5), 4, false), (Some(5), 5, true), (Some(5), 6, true), (None, 0, true)]
        {
            assert_eq!(is_over(until, now), expected, "{until:?} at {now}");
        }
    }

    #[test]
    fn the_alarm_fires_after_the_first_end_and_never_without_sockets() {
        assert_eq!(closing_at([7, 5, 9].into_iter()), Some(5 + SLACK));
        assert_eq!(closing_at([].into_iter()), None);
    }

    #[test]
    fn an_alarm_is_set_no_later_than_the_first_end_and_not_moved_for_one_that_it_precedes() {
        for (arm, set, closing, expected) in [
            // The room of a task that is over, with a watcher and without.
            (Arm::At(86_400), None, Some(3_600), Some(3_600)),
            (Arm::At(86_400), None, None, Some(86_400)),
            // A task under way is asked for before that.
            (Arm::At(300), None, Some(3_600), Some(300)),
            // A socket comes, and ends after the alarm that is set, before it, or there is none.
            (Arm::By(3_600), Some(20), Some(3_600), None),
            (Arm::By(3_600), Some(86_400), Some(3_600), Some(3_600)),
            (Arm::By(3_600), None, Some(3_600), Some(3_600)),
            // An alarm for a socket does not stand in for an earlier one of the room.
            (Arm::By(2), Some(3_600), Some(3_600), Some(2)),
        ] {
            let at = alarm_at(arm, set, || closing);
            assert_eq!(at, expected, "{arm:?} over {set:?}, {closing:?}");
        }
    }
}
