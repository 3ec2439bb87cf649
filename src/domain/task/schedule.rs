//! When the object's one alarm fires, and what is due then.
//!
//! Setting an alarm costs as much as writing a row, so a report only moves it if it would fire too
//! late. It is set when a task is attached, and again each time it fires.

use super::Pace;
use super::state::{Clock, RoomState};
use crate::domain::time::{HOUR, MINUTE, Millis, SECOND};

/// Delay of the first poll. Most webhooks have come by then.
pub const FIRST_POLL: Millis = 20 * SECOND;
/// The delay between polls grows by half each time, up to this: some 20 polls in an hour.
pub const LONGEST_POLL: Millis = 5 * MINUTE;
/// Delay before the rows of an early report are searched for. Usually the start call returns within
/// milliseconds, and no search is needed.
pub const FIRST_ADOPTION: Millis = 2 * SECOND;
/// Delays after a search that found no rows: the last one is ten minutes after the report. A start of
/// ours has its rows before the call, and its id in them within seconds; the sweep settles what was cut off
/// within minutes. What has no rows by then is of another app with the same account, and is deleted. A start
/// that is found later still gets its result when its room polls.
const SEARCHES: [Millis; 2] = [MINUTE - FIRST_ADOPTION, 9 * MINUTE];
/// Delay before a search is repeated that D1 did not answer. It grows sixfold with each.
const FIRST_RETRY: Millis = 10 * SECOND;
const LONGEST_RETRY: Millis = HOUR;
/// Providers retry a webhook for so long at most.
const RETRIES: Millis = 72 * HOUR;
/// Early reports are deleted then, though D1 never answers.
pub const EARLY_LIFETIME: Millis = RETRIES;
/// Delay before a failed flush is retried. It doubles with each failure.
pub const FIRST_FLUSH: Millis = 2 * SECOND;
/// A database that is away for long is not asked by every room each minute: the room of a task that is
/// over asks again this late. A reader or the sweep wakes it sooner.
const LONGEST_FLUSH: Millis = 4 * HOUR;
/// How long it is remembered that a task was erased: until its deadline, and its provider's last retry.
pub const ERASED_LIFETIME: Millis = RETRIES + 3 * HOUR;
/// How long a room outlives its task: long enough for watchers and most late deliveries.
pub const ROOM_LIFETIME: Millis = 24 * HOUR;

/// The stages of an alarm, in order. Time passes between two stages, so each checks what is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Adopt,
    Poll,
    GiveUp,
    Flush,
    Settle,
    End,
}

/// What an alarm has to do, in this order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// Look for the rows of a task that was never attached.
    pub adopt: bool,
    /// Poll the provider.
    pub poll: bool,
    /// Fail the task: its deadline has passed. A last poll comes first.
    pub give_up: bool,
    /// Write to D1.
    pub flush: bool,
    /// Delete the rows of an erased task.
    pub delete: bool,
    /// Send events.
    pub send: bool,
    /// Tell the owner's book how an erased task ended.
    pub settle: bool,
    /// Delete the state: it is in D1, or there is no task.
    pub clean: bool,
}

/// What is due at `now`.
pub fn due(room: &RoomState, now: Millis) -> Due {
    let send = room.outbox.has_due(room.readable(), now);
    let is_open = room.outbox.is_open();
    if let Some(erased) = &room.erased {
        let delete = erased.due_at(room.clock.flush_at).is_some_and(|at| now >= at);
        let settle = erased.settle_at(room.clock.flush_at).is_some_and(|at| now >= at);
        let is_done = erased.left.is_none() && erased.owed.is_none() && !is_open;
        let clean = is_done && now >= erased.at + ERASED_LIFETIME;
        return Due { delete, settle, send, clean, ..Due::default() };
    }
    let Some(task) = &room.task else {
        let expired = room.early.iter().all(|early| now >= early.at + EARLY_LIFETIME);
        return Due {
            adopt: !room.early.is_empty() && now >= room.clock.adopt_at,
            clean: expired || is_foreign(&room.clock),
            ..Due::default()
        };
    };
    let waits = !task.status.is_terminal();
    let late = now >= task.deadline();
    Due {
        poll: waits && (late || now >= room.clock.poll_at),
        give_up: waits && late,
        // Any alarm also writes what D1 lacks.
        flush: room.is_dirty(),
        send,
        clean: !waits && !room.is_dirty() && !is_open && now >= task.updated_at + ROOM_LIFETIME,
        adopt: false,
        delete: false,
        settle: false,
    }
}

/// When the alarm has to fire next, given what is stored; never before `now`.
pub fn next_alarm(room: &RoomState, now: Millis) -> Millis {
    let events = room.outbox.next_at(room.readable(), Millis::MIN).unwrap_or(Millis::MAX);
    // The clean-up waits for the events.
    let clean_at = |at: Millis| if room.outbox.is_open() { Millis::MAX } else { at };
    if let Some(erased) = &room.erased {
        let retry_at = room.clock.flush_at;
        let soonest = erased.due_at(retry_at).into_iter().chain(erased.settle_at(retry_at)).min();
        let at = soonest.unwrap_or_else(|| clean_at(erased.at + ERASED_LIFETIME));
        return at.min(events).max(now);
    }
    let at = match &room.task {
        None => {
            let newest = room.early.iter().map(|early| early.at).max().unwrap_or(now);
            room.clock.adopt_at.min(newest + EARLY_LIFETIME)
        }
        Some(task) => {
            let waits = !task.status.is_terminal();
            match (waits, room.is_dirty()) {
                (true, false) => room.clock.poll_at.min(task.deadline()),
                (true, true) => room.clock.poll_at.min(task.deadline()).min(room.clock.flush_at),
                // The clean-up waits for D1, however long that takes.
                (false, true) => room.clock.flush_at,
                (false, false) => clean_at(task.updated_at + ROOM_LIFETIME),
            }
        }
    };
    at.min(events).max(now)
}

/// Whether the early reports are about a task that is not ours: D1 has had no rows for them each time.
fn is_foreign(clock: &Clock) -> bool {
    clock.found_none as usize > SEARCHES.len()
}

/// The pace of tasks whose kind has none of its own.
const USUAL: Pace = Pace { first: FIRST_POLL, longest: LONGEST_POLL };

pub(super) fn start(clock: &mut Clock, pace: Option<Pace>, now: Millis) {
    // Changes are flushed at once. The alarm only repeats a failed flush, so it need not fire before
    // the first poll.
    let first = now + pace.unwrap_or(USUAL).first;
    *clock = Clock { poll_at: first, flush_at: first, ..Clock::default() };
}

pub(super) fn start_adoption(clock: &mut Clock, now: Millis) {
    *clock = Clock { adopt_at: now + FIRST_ADOPTION, ..Clock::default() };
}

pub(super) fn poll_now(clock: &mut Clock, now: Millis) {
    clock.poll_at = now;
}

/// The same, and the polls after this one follow closely again.
pub(super) fn poll_anew(clock: &mut Clock, now: Millis) {
    (clock.poll_at, clock.polls) = (now, 0);
}

pub(super) fn postpone_poll(clock: &mut Clock, pace: Option<Pace>, now: Millis) {
    let Pace { first, longest } = pace.unwrap_or(USUAL);
    clock.poll_at = now + grown(first, (3, 2), clock.polls, longest);
    clock.polls += 1;
}

/// When the provider was last asked, if it was.
pub(super) fn last_poll(clock: &Clock, pace: Option<Pace>) -> Option<Millis> {
    let Pace { first, longest } = pace.unwrap_or(USUAL);
    let before = clock.polls.checked_sub(1)?;
    Some(clock.poll_at - grown(first, (3, 2), before, longest))
}

pub(super) fn postpone_adoption(clock: &mut Clock, now: Millis) {
    let retry_at = now + grown(FIRST_RETRY, (6, 1), clock.adoptions, LONGEST_RETRY);
    // One that fails late does not bring the next forward: three in a row must not come too soon.
    clock.adopt_at = clock.adopt_at.max(retry_at);
    clock.adoptions += 1;
}

/// There are no rows yet, or none at all.
pub(super) fn search_again(clock: &mut Clock, now: Millis) {
    let delay = SEARCHES.get(clock.found_none as usize).copied().unwrap_or(0);
    (clock.adopt_at, clock.adoptions) = (now + delay, 0);
    clock.found_none += 1;
}

pub(super) fn postpone_flush(clock: &mut Clock, now: Millis) {
    clock.flush_at = now + grown(FIRST_FLUSH, (2, 1), clock.flush_failures, LONGEST_FLUSH);
    clock.flush_failures += 1;
}

/// Exponential backoff: `first` × `factor` to the power of `times`, `longest` at most.
fn grown(first: Millis, factor: (Millis, Millis), times: u32, longest: Millis) -> Millis {
    let mut delay = first;
    for _ in 0..times {
        if delay >= longest {
            break;
        }
        delay = delay * factor.0 / factor.1;
    }
    delay.min(longest)
}
