//! Whether an operator is to hear that D1 lacks what a room has.

use crate::support::{NOW, after, attach, completed, delivery, new_task, picture};
use taskwire::domain::task::apply::Input;
use taskwire::domain::task::state::RoomState;

#[test]
fn a_room_is_behind_while_d1_lacks_a_change_for_that_long() {
    let done = delivery("evt_1", completed(vec![picture("a")]));
    // The webhook comes a second after the start.
    let dirty = after([attach(&new_task(1)), done.clone()]);
    assert!(dirty.is_behind(NOW + 1_000) && dirty.is_behind(NOW + 2_000));
    assert!(!dirty.is_behind(NOW + 999), "it is younger");
    let written = after([attach(&new_task(1)), done, Input::Flushed(2)]);
    assert!(!written.is_behind(NOW + 2_000));
    assert!(!RoomState::default().is_behind(NOW));
}
