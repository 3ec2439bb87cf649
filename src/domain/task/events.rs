//! The events of a task: what its end tells the app's own backend.

use super::apply::{Decision, Effect, Input, Work};
use super::state::RoomState;
use super::{Status, Task};
use crate::domain::outbox::road::Road;
use crate::domain::outbox::state::{Event, Kind};
use crate::domain::time::Millis;

/// The decision with the event that it causes, in the same commit. `roads` is only asked if it causes one;
/// without any there is none.
pub fn with_events(
    before: &RoomState,
    mut decision: Decision,
    roads: impl FnOnce() -> Vec<Road>,
    now: Millis,
) -> Decision {
    let Some((kind, task)) = caused(before, &decision.state) else { return decision };
    let roads = roads();
    if roads.is_empty() {
        return decision;
    }
    let event = Event::new(kind, task.id().to_owned(), task.version, now, &roads);
    decision.state.outbox.add(event);
    // It can be sent once its row is there, so the success of this flush has to be noted.
    let mut flushes = false;
    for effect in &mut decision.effects {
        if let Effect::Do(Work::Flush { note }) = effect {
            (*note, flushes) = (true, true);
        }
    }
    // An alarm that has decided this comes to the events by itself.
    if flushes {
        decision.effects.push(Effect::Then(Input::EventsDue));
    }
    decision
}

/// A task has ended, or its end is another one than it was. Other versions of an end tell nothing new.
pub(super) fn caused<'a>(before: &RoomState, after: &'a RoomState) -> Option<(Kind, &'a Task)> {
    let task = after.task.as_ref()?;
    let kind = match task.status {
        Status::Pending => return None,
        Status::Completed => Kind::Completed,
        Status::Failed => Kind::Failed,
    };
    let is_news = match &before.task {
        Some(was) => (was.status, &was.error) != (task.status, &task.error),
        // It came with the version of its rows.
        None => task.version > after.flushed,
    };
    is_news.then_some((kind, task))
}
