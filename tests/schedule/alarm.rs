//! The one alarm, whatever it is for.

use crate::support::{NOW, after, completed, decide, delivery, failed, picture, unknown};
use crate::world::{done, pending};
use taskwire::domain::task::schedule::{FIRST_POLL, due, next_alarm};
use taskwire::domain::task::state::RoomState;
use taskwire::domain::time::{HOUR, SECOND};

#[test]
fn no_alarm_is_ever_set_in_the_past() {
    for room in [pending(), done(), after([delivery("evt_1", unknown())]), RoomState::default()] {
        for later in [0, 1, SECOND, HOUR, 24 * HOUR, 90 * HOUR, 1_000 * HOUR] {
            assert!(next_alarm(&room, NOW + later) >= NOW + later);
        }
    }
}

#[test]
fn an_event_leaves_the_alarm_where_it_is() {
    let room = pending();
    for report in [unknown(), completed(vec![picture("a")]), failed("internal")] {
        let (next, _) = decide(&room, delivery("evt_1", report), NOW + 5 * SECOND);
        // Dirty since then: the alarm that was set at attach drains it, no later than it polls.
        let alarm = NOW + FIRST_POLL;
        let drains = due(&next, alarm).flush == next.is_dirty();
        assert!(drains && (!next.is_dirty() || next_alarm(&next, NOW + 5 * SECOND) <= alarm));
    }
}
