//! The one function that changes a task: `(state, input, now) -> (state', verdict, effects)`.
//!
//! A terminal state is final: the provider's first word stands, whatever comes later, in any order
//! and however often. The exception is a provisional failure of ours, such as a timeout: the
//! provider's word replaces it.

use super::Task;
use super::change::{attach, erase, give_up, hear, overtake, resend};
use super::erase::{Erased, Rows};
use super::report::Report;
pub use super::schedule::Stage;
use super::schedule::{self, LONGEST_POLL, due, next_alarm};
use super::state::RoomState;
use crate::domain::effect::{self, Arm};
use crate::domain::erase::Deletion;
use crate::domain::outbox::state::{Event, Outcome, Parcel};
use crate::domain::time::Millis;
use crate::domain::usage::word::Word;
use crate::domain::verdict::Verdict;

#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The provider has given the task an id. Its rows exist, and this is what they hold.
    Attach(Box<Task>),
    /// The same for a task that is under way, whose room may have lost its state or its alarm.
    Wake(Box<Task>),
    /// The rows were found for the task whose early reports are kept here.
    Adopt(Box<Task>),
    /// D1 has no rows for the early reports that are kept here.
    NoRows,
    /// D1 could not be searched for rows.
    AdoptFailed,
    /// The provider said something: in a webhook (with the key of its delivery) or when polled.
    Report { delivery: Option<String>, report: Box<Report> },
    /// The poll failed: the provider was unreachable, or did not know the task.
    PollFailed,
    /// Somebody wants to know now: the provider was just told to cancel the task.
    AskNow,
    /// The provider was asked for that reason.
    Asked,
    /// The deadline has passed.
    GiveUp,
    /// D1 has this version, and it was published to the feeds.
    Flushed(u64),
    /// Writing to D1 or publishing to a feed failed or timed out.
    FlushFailed,
    /// Its rows are nobody's, and at this version say that the start failed: they were given up while
    /// D1 could not be told of the room.
    LeftBehind(u64),
    /// The owner wants the task gone, with all of its rows.
    Erase(Box<Rows>),
    /// D1 has deleted the rows, and the feeds were told.
    Deleted,
    /// Deleting the rows or telling a feed failed or timed out.
    DeleteFailed,
    /// An attempt at an event has ended.
    Sent(Parcel, Outcome),
    /// Events may be due now.
    EventsDue,
    /// An operator wants an event sent again. The task is what its rows hold.
    Resend(Box<Task>, Box<Event>),
    /// D1 was told how an event stands, or could not be.
    Noted(Box<Event>, bool),
    /// The owner's book knows this of an erased task.
    Settled(Word),
    /// The book could not be told.
    SettleFailed,
    /// The alarm has fired, and has come to this stage.
    Alarm(Stage),
}

/// The work that a task's room does, each with its outcomes.
#[derive(Clone, Debug, PartialEq)]
pub enum Work {
    /// Look for the rows of a task that was never attached: [`Input::Adopt`], [`Input::NoRows`] or
    /// [`Input::AdoptFailed`].
    Adopt,
    /// Poll the provider: [`Input::Report`] or [`Input::PollFailed`].
    Poll,
    /// Bring D1 up to date, and then the feeds: [`Input::Flushed`], [`Input::FlushFailed`] or
    /// [`Input::LeftBehind`]. Without `note`, a success is not reported back as an input.
    Flush { note: bool },
    /// Hang up on the watchers of an erased task, delete its rows, and tell the feeds:
    /// [`Input::Deleted`] or [`Input::DeleteFailed`].
    Delete,
    /// Send every event that is due: [`Input::Sent`] for each.
    Send,
    /// Tell the owner's book how an erased task ended: [`Input::Settled`] or [`Input::SettleFailed`].
    Settle,
}

pub type Effect = effect::Effect<Input, Work>;
pub type Decision = effect::Decision<RoomState, Input, Work>;

/// Decides what `input` changes in `state`, and which effects follow.
pub fn apply(state: &RoomState, input: Input, now: Millis) -> Decision {
    let mut next = state.clone();
    // A task that is restored from its rows was already shown in their version.
    let in_rows = match &input {
        Input::Attach(it) | Input::Wake(it) | Input::Adopt(it) | Input::Resend(it, _) => Some(it),
        _ => None,
    };
    let shown = state.task.as_ref().or(in_rows.map(AsRef::as_ref)).map(|task| task.version);
    let (verdict, follows) = decide(&mut next, input, now);
    let is_erased = next.erased.is_some() && state.erased.is_none();
    let is_news = is_erased || next.task.as_ref().is_some_and(|task| Some(task.version) != shown);
    Decision::of(state, next, verdict, is_news, follows)
}

fn decide(room: &mut RoomState, input: Input, now: Millis) -> (Verdict, Vec<Effect>) {
    match input {
        Input::Sent(ref parcel, outcome) => room.outbox.ended(parcel, outcome, now),
        Input::Noted(ref event, is_written) => room.outbox.noted(event, is_written, now),
        Input::EventsDue => {
            let next = room.outbox.next_at(room.readable(), Millis::MIN);
            let by = next.map(|at| Effect::Arm(Arm::By(at.max(now))));
            return (Verdict::Noted, by.into_iter().collect());
        }
        _ if room.erased.is_some() => return of_erased(room, input, now),
        _ => {}
    }
    match input {
        Input::Attach(task) => {
            let verdict = attach(room, *task, now);
            // The success of this flush is stored with the next change, or by the first alarm. Most
            // tasks are over by then, which saves a write.
            let follows = match verdict {
                Verdict::Attached => vec![arm(room, now), flush(false)],
                _ => vec![],
            };
            (verdict, follows)
        }
        Input::Wake(task) => {
            let in_rows = task.version;
            let verdict = attach(room, *task, now);
            if verdict == Verdict::Attached {
                return (verdict, vec![arm(room, now)]);
            }
            let mut follows = vec![Effect::Arm(Arm::By(now + LONGEST_POLL))];
            // A database that was restored from a backup has rows that were once newer.
            if verdict == Verdict::AlreadyAttached && in_rows < room.flushed {
                room.flushed = in_rows;
                follows.push(flush(true));
            }
            (verdict, follows)
        }
        Input::Adopt(task) => (attach(room, *task, now), vec![]),
        Input::NoRows => {
            schedule::search_again(&mut room.clock, now);
            (Verdict::Noted, vec![])
        }
        Input::AdoptFailed => {
            schedule::postpone_adoption(&mut room.clock, now);
            (Verdict::Noted, vec![])
        }
        Input::Report { delivery, report } => {
            let is_webhook = delivery.is_some();
            let verdict = hear(room, delivery, *report, now);
            let follows = match verdict {
                // A task that failed without the provider may only have the clean-up's alarm.
                Verdict::Applied if is_webhook => {
                    vec![Effect::Arm(Arm::By(now + LONGEST_POLL)), flush(true)]
                }
                Verdict::Kept => vec![arm(room, now)],
                // Whoever took it may have died before the alarm was set. The provider's retry sets it.
                Verdict::Duplicate if room.is_open() => {
                    vec![Effect::Arm(Arm::By(next_alarm(room, now)))]
                }
                _ => vec![],
            };
            (verdict, follows)
        }
        Input::PollFailed => {
            let pace = room.task.as_ref().and_then(|task| task.pace);
            schedule::postpone_poll(&mut room.clock, pace, now);
            (Verdict::Noted, vec![])
        }
        Input::AskNow => {
            // The alarm comes first: it polls if the process dies here.
            let mut follows = vec![Effect::Arm(Arm::By(now + LONGEST_POLL))];
            if room.is_pending() {
                schedule::poll_anew(&mut room.clock, now);
                follows.push(Effect::Do(Work::Poll));
            }
            follows.push(Effect::Then(Input::Asked));
            (Verdict::Noted, follows)
        }
        // Events are left to the alarm: it may be sending some, and whoever asks does not wait for a receiver.
        Input::Asked => {
            let next = Effect::Arm(Arm::By(next_alarm(room, now)));
            let flush = room.is_dirty().then(|| flush(true));
            let events = Effect::Then(Input::EventsDue);
            (Verdict::Noted, [next].into_iter().chain(flush).chain([events]).collect())
        }
        Input::Resend(task, event) => {
            (resend(room, *task, *event, now), vec![Effect::Then(Input::EventsDue)])
        }
        Input::GiveUp => (give_up(room, now), vec![]),
        Input::Flushed(version) => {
            room.flushed = room.flushed.max(version);
            room.clock.flush_failures = 0;
            (Verdict::Noted, vec![])
        }
        Input::FlushFailed => {
            schedule::postpone_flush(&mut room.clock, now);
            (Verdict::Noted, vec![arm(room, now)])
        }
        Input::LeftBehind(version) => (overtake(room, version, now), vec![flush(true)]),
        Input::Erase(rows) => {
            erase(room, *rows, now);
            // The alarm comes first: it repeats the deletion if the process dies during it.
            let delete = [arm(room, now), Effect::Do(Work::Delete)];
            (Verdict::Applied, delete.into_iter().chain(settle(room)).collect())
        }
        Input::Alarm(stage) => (Verdict::Noted, alarm(room, stage, now)),
        Input::Sent(..)
        | Input::Noted(..)
        | Input::EventsDue
        | Input::Deleted
        | Input::DeleteFailed
        | Input::Settled(_)
        | Input::SettleFailed => (Verdict::Noted, vec![]),
    }
}

/// What becomes of an input after that. Nothing is an error: a provider's retry would not help.
fn of_erased(room: &mut RoomState, input: Input, now: Millis) -> (Verdict, Vec<Effect>) {
    let Some(erased) = &mut room.erased else { return (Verdict::Noted, vec![]) };
    match input {
        Input::Erase(rows) => (Verdict::Erased, delete(erased, *rows)),
        // Its row is in D1 still, or once more.
        Input::Wake(task) => (Verdict::Erased, delete(erased, Rows::from(&*task))),
        Input::Deleted => {
            if erased.left.as_mut().is_some_and(|left| left.is_over(now)) {
                erased.left = None;
            }
            room.clock.flush_failures = 0;
            (Verdict::Noted, vec![arm(room, now)])
        }
        Input::Settled(word) => {
            erased.owed = erased.owed.take().and_then(|owed| owed.told(&word, now));
            room.clock.flush_failures = 0;
            (Verdict::Noted, vec![arm(room, now)])
        }
        Input::DeleteFailed | Input::SettleFailed => {
            schedule::postpone_flush(&mut room.clock, now);
            (Verdict::Noted, vec![arm(room, now)])
        }
        Input::Report { report, .. } => {
            erased.hear(&report);
            (Verdict::Erased, settle(room).into_iter().collect())
        }
        Input::Alarm(stage) => (Verdict::Noted, alarm(room, stage, now)),
        _ => (Verdict::Erased, vec![]),
    }
}

/// The rows of an erased task that have to be deleted, though they may have been already.
fn delete(erased: &mut Erased, rows: Rows) -> Vec<Effect> {
    erased.left.get_or_insert_with(|| Deletion::of(rows));
    vec![Effect::Do(Work::Delete)]
}

/// What follows if the book is to be told how an erased task ended.
fn settle(room: &RoomState) -> Option<Effect> {
    let owed = room.erased.as_ref()?.owed.as_ref()?;
    owed.is_news().then_some(Effect::Do(Work::Settle))
}

/// One stage of an alarm: its work if that is due, and the next stage.
fn alarm(room: &RoomState, stage: Stage, now: Millis) -> Vec<Effect> {
    let due = due(room, now);
    let (is_due, effect, next) = match stage {
        Stage::Adopt => (due.adopt, Effect::Do(Work::Adopt), Stage::Poll),
        Stage::Poll => (due.poll, Effect::Do(Work::Poll), Stage::GiveUp),
        Stage::GiveUp => (due.give_up, Effect::Then(Input::GiveUp), Stage::Flush),
        Stage::Flush if due.delete => (true, Effect::Do(Work::Delete), Stage::Settle),
        Stage::Flush if room.erased.is_some() => return alarm(room, Stage::Settle, now),
        Stage::Settle => (due.settle, Effect::Do(Work::Settle), Stage::End),
        Stage::Flush => (due.flush, flush(true), Stage::End),
        Stage::End if due.clean => return vec![Effect::Clean],
        Stage::End if due.send => (true, Effect::Do(Work::Send), stage),
        Stage::End => return vec![arm(room, now)],
    };
    let next = Effect::Then(Input::Alarm(next));
    if is_due { vec![effect, next] } else { vec![next] }
}

fn arm(room: &RoomState, now: Millis) -> Effect {
    Effect::Arm(Arm::At(next_alarm(room, now)))
}

fn flush(note: bool) -> Effect {
    Effect::Do(Work::Flush { note })
}
