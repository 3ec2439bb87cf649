//! When the object's one alarm fires, and what is due then.

use crate::domain::channel::callback;
use crate::domain::channel::erase::Gone;
use crate::domain::channel::state::ChannelState;
use crate::domain::erase::Deletion;
use crate::domain::task::Status;
use crate::domain::time::{HOUR, Millis, SECOND};

/// The provider retries a webhook for up to four hours, and may report a failure that late. It
/// cannot be polled.
pub const DEADLINE: Millis = 5 * HOUR;
/// How long a channel's state is kept. Its event types must be deduplicated for 8 days.
pub const LIFETIME: Millis = 9 * 24 * HOUR;
/// A change is flushed at once. The alarm flushes it after this delay, if that has failed.
const OWN_FLUSH: Millis = 4 * SECOND;
const FIRST_FLUSH: Millis = 2 * SECOND;
/// A database that is away for long is not asked by every room each minute.
const LONGEST_FLUSH: Millis = 4 * HOUR;

/// What an alarm has to do, in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// Fail the channel: its deadline has passed.
    pub give_up: bool,
    /// Write to D1.
    pub flush: bool,
    /// Send the callback of the event with this key.
    pub call: Option<String>,
    /// Expire the callbacks whose window has closed.
    pub expire: bool,
    /// Send events for the app's own backend.
    pub send: bool,
    /// Delete these rows.
    pub delete: Option<Gone>,
    /// Tell the owner's book how an erased channel ended.
    pub settle: bool,
    /// Delete the state: it is in D1.
    pub clean: bool,
}

/// What is due at `now`.
pub fn due(state: &ChannelState, now: Millis) -> Due {
    let is_due = |deletion: &&Deletion<Gone>| now >= deletion.due_at(state.flush_at);
    let delete = state.deletions.iter().find(is_due).map(|deletion| deletion.rows.clone());
    let send = state.outbox.has_due(state.readable(), now);
    let is_open = state.outbox.is_open();
    let Some(channel) = &state.channel else {
        let settle = state.owed.as_ref().is_some_and(|owed| now >= owed.due_at(state.flush_at));
        let is_done = state.deletions.is_empty() && state.owed.is_none() && !is_open;
        let clean = is_done && now >= over_at(state);
        return Due { send, delete, settle, clean, ..Due::default() };
    };
    let call = state.events.iter().find(|event| event.callback.is_due(now));
    let calls = state.events.iter().any(|event| event.callback.wakes_at().is_some());
    let waits = channel.status == Status::Pending;
    Due {
        give_up: waits && now >= channel.created_at + DEADLINE,
        flush: state.is_dirty() && now >= state.flush_at,
        call: call.map(|event| event.key.clone()),
        expire: state.events.iter().any(|event| event.callback.is_over(now)),
        clean: !waits
            && !calls
            && !is_open
            && !state.is_dirty()
            && state.deletions.is_empty()
            && now >= over_at(state),
        send,
        delete,
        settle: false,
    }
}

/// When the alarm has to fire next; never before `now`.
pub fn next_alarm(state: &ChannelState, now: Millis) -> Millis {
    let pending = state.channel.iter().filter(|channel| channel.status == Status::Pending);
    let wait = pending.map(|channel| channel.created_at + DEADLINE);
    let deletions = state.deletions.iter().map(|deletion| deletion.due_at(state.flush_at));
    let flush = state.is_dirty().then_some(state.flush_at);
    let calls = state.events.iter().filter_map(|event| event.callback.wakes_at());
    let events = state.outbox.next_at(state.readable(), Millis::MIN);
    let owed = state.owed.as_ref().map(|owed| owed.due_at(state.flush_at));
    let soonest = calls.chain(wait).chain(flush).chain(deletions).chain(owed).chain(events).min();
    soonest.unwrap_or_else(|| over_at(state)).max(now)
}

/// When the state may be deleted: all of its events are old enough.
fn over_at(state: &ChannelState) -> Millis {
    let events = state.events.iter().map(|event| event.at);
    let created = state.channel.iter().map(|channel| channel.created_at);
    let newest = events.chain(created).chain(state.erased_at).max();
    newest.map_or(0, |newest| newest + LIFETIME)
}

/// A flush is about to begin: the alarm leaves it some time.
pub(super) fn expect_flush(state: &mut ChannelState, now: Millis) {
    state.flush_at = now + OWN_FLUSH;
}

pub(super) fn postpone_flush(state: &mut ChannelState, now: Millis) {
    let pause = FIRST_FLUSH << state.flush_failures.min(13);
    state.flush_at = now + pause.min(LONGEST_FLUSH);
    state.flush_failures += 1;
}

/// The last alarm before a callback's window closes must leave time for an attempt.
const _: () = assert!(callback::PATIENCE < callback::WINDOW);
