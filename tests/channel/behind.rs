//! Whether an operator is to hear that D1 lacks what a room has; and how long an intent is kept.

use crate::{NOW, after, arrives, asked_by, generated};
use taskwire::domain::channel::apply::Input;
use taskwire::domain::channel::intent::LIFETIME;
use taskwire::domain::channel::state::ChannelState;

#[test]
fn a_room_is_behind_while_d1_lacks_a_change_for_that_long() {
    let inputs = || [asked_by("ada"), arrives(generated())];
    let dirty = after(inputs());
    let changed = dirty.channel.as_ref().expect("a channel").updated_at;
    assert!(changed >= NOW);
    assert!(dirty.is_behind(changed) && dirty.is_behind(changed + 1));
    assert!(!dirty.is_behind(changed - 1), "it is younger");
    let written = after(inputs().into_iter().chain([Input::Flushed(dirty.version())]));
    assert!(!written.is_behind(changed + 1));
    assert!(!ChannelState::default().is_behind(NOW));
}

#[test]
fn an_intent_is_kept_for_a_day() {
    assert_eq!(LIFETIME, 86_400_000);
}
