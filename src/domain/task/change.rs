//! How a task changes: when it is attached, when its provider says something, when nobody did in time.

use super::images::place;
use super::report::{Outcome, Report};
use super::schedule;
use super::state::{EARLY_LIMIT, Early, RoomState};
use super::{Image, ImageStatus, Status, TIMEOUT, Task, TaskError};
use crate::domain::time::Millis;
use crate::domain::verdict::Verdict;

pub(super) fn attach(room: &mut RoomState, task: Task, now: Millis) -> Verdict {
    if let Some(known) = &mut room.task {
        if known.key != task.key {
            return Verdict::Conflict;
        }
        // Its webhook was here first, and brought the task from its rows: those have no token.
        known.access = known.access.take().or(task.access);
        return Verdict::AlreadyAttached;
    }
    // A task that comes back from its rows has a version that they are known to have.
    room.flushed = task.version;
    schedule::start(&mut room.clock, now);
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

/// A start that seemed to have failed did not: the provider has the task, or there would be nothing
/// to attach. It is under way again.
fn reopen(task: &mut Task, now: Millis) {
    task.status = Status::Pending;
    task.error = None;
    task.images = (0..task.images.len()).map(|i| Image::pending(&task.key, i)).collect();
    touch(task, now);
}

/// The task goes on above a version that its rows were given: who has seen that one sees it heal.
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
        // Each may be the one that names our rows.
        schedule::start_adoption(&mut room.clock, now);
        room.early.push(Early { at: now, report });
        Verdict::Kept
    };
    if let Some(key) = delivery {
        room.record(key, now, verdict);
    }
    verdict
}

/// How the provider came to say something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    /// In a webhook: about anything that has to do with the task.
    Event,
    /// When polled for this very task.
    Poll,
}

/// Applies what the provider said to a task that is attached.
fn hear_of(room: &mut RoomState, report: Report, source: Source, now: Millis) -> Verdict {
    let Some(task) = room.task.as_mut() else { return Verdict::Noted };
    let is_foreign = source == Source::Event && !task.images.is_empty() && report.kind != task.kind;
    let is_unknown = !report.is_known_kind;
    let verdict = match report.outcome {
        Outcome::Unknown { .. } => Verdict::Noted,
        // What a kind from tomorrow returns may hold the pictures. If it does not, it is shown as it
        // is, and the provider is polled for what became of them.
        Outcome::Completed { images, result, .. }
            if is_foreign && is_unknown && images.is_empty() && !task.is_final() =>
        {
            schedule::poll_now(&mut room.clock, now);
            if result.is_none() || task.result == result {
                return Verdict::Noted;
            }
            task.result = result;
            Verdict::Applied
        }
        // What another kind of task returns says nothing about pictures.
        Outcome::Completed { ref images, .. }
            if is_foreign && (!is_unknown || images.is_empty()) =>
        {
            Verdict::Noted
        }
        Outcome::Pending | Outcome::Failed { .. } if is_foreign => Verdict::Noted,
        Outcome::Pending if task.status.is_terminal() => Verdict::Noted,
        Outcome::Pending => {
            schedule::postpone_poll(&mut room.clock, now);
            Verdict::Noted
        }
        _ if task.is_final() => Verdict::Stale,
        Outcome::Completed { model, images, result } => {
            place(task, images, &report.row_ids);
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
