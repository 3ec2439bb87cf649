//! How a task changes: it is attached, its provider reports something, its deadline passes, or it is
//! erased.

use super::erase::{self, Erased, Rows};
use super::images::place;
use super::report::{Outcome, Report};
use super::schedule;
use super::state::{EARLY_LIMIT, Early, RoomState};
use super::{Image, ImageStatus, Status, TIMEOUT, Task, TaskError};
use crate::domain::erase::Deletion;
use crate::domain::outbox::state::Event;
use crate::domain::time::{HOUR, Millis};
use crate::domain::usage::book;
use crate::domain::usage::owed::Owed;
use crate::domain::usage::word::Word;
use crate::domain::verdict::Verdict;

pub(super) fn attach(room: &mut RoomState, task: Task, now: Millis) -> Verdict {
    if let Some(known) = &mut room.task {
        if known.key != task.key {
            return Verdict::Conflict;
        }
        // Its webhook was first and restored the task from its rows, which hold no token.
        known.access = known.access.take().or(task.access);
        known.links = known.links.take().or(task.links);
        known.estimate = known.estimate.or(task.estimate);
        return Verdict::AlreadyAttached;
    }
    // A task that is restored from its rows has their version.
    room.flushed = task.version;
    schedule::start(&mut room.clock, task.pace, now);
    let mut task = task;
    if task.version == 0 {
        task.version = 1;
    }
    if task.error.as_ref().is_some_and(TaskError::is_of_start) {
        reopen(&mut task, now);
    }
    room.task = Some(task);
    for early in std::mem::take(&mut room.early) {
        hear_of(room, early.report, Source::Event, now);
    }
    Verdict::Attached
}

/// Opens an event of the task again. Its room may have been cleaned.
pub(super) fn resend(room: &mut RoomState, task: Task, event: Event, now: Millis) -> Verdict {
    match attach(room, task, now) {
        Verdict::Conflict => Verdict::Conflict,
        _ => {
            room.outbox.reopen(event, now);
            Verdict::Applied
        }
    }
}

/// Undoes the failure of a start: the provider has the task after all, or it would not be attached.
fn reopen(task: &mut Task, now: Millis) {
    task.status = Status::Pending;
    task.error = None;
    task.images = (0..task.images.len()).map(|i| Image::pending(&task.key, i)).collect();
    touch(task, now);
}

/// Raises the task's version above that of its rows. A watcher that has seen theirs would otherwise
/// drop the healed task as older.
pub(super) fn overtake(room: &mut RoomState, version: u64, now: Millis) -> Verdict {
    match room.task.as_mut().filter(|task| task.version <= version) {
        Some(task) => {
            task.version = version;
            touch(task, now);
            Verdict::Applied
        }
        None => Verdict::Noted,
    }
}

pub(super) fn hear(
    room: &mut RoomState,
    delivery: Option<String>,
    report: Report,
    now: Millis,
) -> Verdict {
    if delivery.as_ref().is_some_and(|key| room.has_delivery(key)) {
        return Verdict::Duplicate;
    }
    let source = if delivery.is_some() { Source::Event } else { Source::Poll };
    let verdict = if room.task.is_some() {
        hear_of(room, report, source, now)
    } else if room.early.len() == EARLY_LIMIT {
        return Verdict::Full;
    } else {
        // Each report may be the one with our row ids, so the search starts over.
        schedule::start_adoption(&mut room.clock, now);
        room.early.push(Early { at: now, report });
        Verdict::Kept
    };
    if let Some(key) = delivery {
        room.record(key, now, verdict);
    }
    verdict
}

/// How a report was obtained.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    /// From a webhook, which may be about another kind of work on this task.
    Event,
    /// From a poll of this very task.
    Poll,
}

/// Applies what the provider said to a task that is attached.
fn hear_of(room: &mut RoomState, report: Report, source: Source, now: Millis) -> Verdict {
    let Some(task) = room.task.as_mut() else { return Verdict::Noted };
    if report.provider != task.provider {
        return Verdict::Noted;
    }
    let is_foreign = source == Source::Event && !task.images.is_empty() && report.kind != task.kind;
    let is_unknown = !report.is_known_kind;
    let verdict = match report.outcome {
        Outcome::Unknown { .. } => Verdict::Noted,
        // A kind that we do not know yet may return the pictures. If it has none, its result is shown
        // as it is, and the provider is polled for the pictures.
        Outcome::Completed { images, result, outputs, .. }
            if is_foreign && is_unknown && images.is_empty() && !task.is_final() =>
        {
            schedule::poll_now(&mut room.clock, now);
            if result.is_none() || task.result == result {
                return Verdict::Noted;
            }
            (task.result, task.outputs) = (result, outputs);
            Verdict::Applied
        }
        // The result of another kind says nothing about the pictures.
        Outcome::Completed { ref images, .. }
            if is_foreign && (!is_unknown || images.is_empty()) =>
        {
            Verdict::Noted
        }
        Outcome::Pending | Outcome::Failed { .. } if is_foreign => Verdict::Noted,
        Outcome::Pending if task.status.is_terminal() => Verdict::Noted,
        Outcome::Pending => {
            schedule::postpone_poll(&mut room.clock, task.pace, now);
            Verdict::Noted
        }
        _ if task.is_final() => Verdict::Stale,
        Outcome::Completed { model, images, result, outputs } => {
            place(task, images, &report.row_ids);
            if result.is_some() || !outputs.is_empty() {
                task.outputs = outputs;
            }
            task.status = Status::Completed;
            task.model = model.or_else(|| task.model.take());
            task.result = result.or_else(|| task.result.take());
            task.error = None;
            Verdict::Applied
        }
        Outcome::Failed { error } => {
            fail(task, error.of_provider());
            Verdict::Applied
        }
    };
    if verdict == Verdict::Applied {
        task.cost = report.cost.or_else(|| task.cost.take());
        touch(task, now);
    }
    verdict
}

/// Forgets the task and all that has come for it.
pub(super) fn erase(room: &mut RoomState, rows: Rows, now: Millis) {
    let owed = owed(room, &rows, now);
    let mut next = RoomState {
        erased: Some(Erased { at: now, left: Some(Deletion::of(rows)), owed }),
        // What has happened has happened, though the events that say so only name the task now.
        outbox: std::mem::take(&mut room.outbox),
        ..RoomState::default()
    };
    // The alarm repeats the deletion that follows at once, if the process dies during it.
    schedule::postpone_flush(&mut next.clock, now);
    *room = next;
}

/// How long the end of an erased task is waited for of which nothing is stored here.
const LONGEST_WAIT: Millis = 3 * HOUR;

/// What a room owes its owner's book when its task is erased. `None`: the book knows how it ended.
fn owed(room: &RoomState, rows: &Rows, now: Millis) -> Option<Owed> {
    let (user_id, start) = (rows.user_id.clone(), rows.key.clone());
    let Some(task) = &room.task else {
        // Its room could not be reached at its start, or has cleaned up after its end.
        let started = start.created_at().unwrap_or_default();
        let mut owed = Owed::new(user_id, start, started + LONGEST_WAIT);
        room.early.iter().for_each(|early| erase::hear(&mut owed, &early.report));
        // The book gives it up by itself then.
        return (owed.is_news() || now < started + book::LONGEST).then_some(owed);
    };
    let word = Some(Word::of(task)).filter(|word| word.end.is_some());
    if word.is_some() && !room.is_dirty() {
        return None;
    }
    let (kind, estimate) = (Some(task.kind.clone()), task.estimate);
    Some(Owed { kind, estimate, word, ..Owed::new(user_id, start, task.deadline()) })
}

pub(super) fn give_up(room: &mut RoomState, now: Millis) -> Verdict {
    match room.task.as_mut() {
        Some(task) if task.status == Status::Pending => {
            fail(task, TaskError::new(TIMEOUT, "The provider did not answer in time."));
            touch(task, now);
            Verdict::Applied
        }
        _ => Verdict::Noted,
    }
}

/// A task fails as a whole: every image that has not arrived fails for the same reason.
pub fn fail(task: &mut Task, error: TaskError) {
    for image in &mut task.images {
        if image.status != ImageStatus::Success {
            image.status = ImageStatus::Failed;
            image.error = Some(error.clone());
        }
    }
    task.status = Status::Failed;
    task.error = Some(error);
}

fn touch(task: &mut Task, now: Millis) {
    task.version += 1;
    // A clock that was set back does not make a newer state look older.
    task.updated_at = task.updated_at.max(now);
}
