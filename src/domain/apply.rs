//! The one function that changes a task: `(state, input, now) -> (state', verdict)`.
//!
//! Terminal is final. What the provider said first stands, whatever comes later, in whatever
//! order and however often; only a failure of ours (we did not hear in time) gives way to the
//! provider's word.

use super::report::{ImageReport, Outcome, Report};
use super::room::{EARLY_LIMIT, Early, RoomState, Verdict};
use super::schedule;
use super::task::{Image, ImageStatus, MISSING_RESULT, Status, TIMEOUT, Task, TaskError};
use super::time::Millis;

/// Rows that one task can come to have: five times what a provider makes at once. A body of a
/// megabyte could name thousands.
const ROW_LIMIT: usize = 100;

#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The provider has named the task: its rows exist, this is what they hold.
    Attach(Box<Task>),
    /// The provider said something: in a webhook (with the key of its delivery) or when asked.
    Report { delivery: Option<String>, report: Box<Report> },
    /// The provider was asked and did not say: it was away, or did not know the task.
    LookFailed,
    /// Nothing came before the deadline.
    GiveUp,
    /// No row of ours was found for the events that wait here.
    AdoptFailed,
    /// D1 has this version.
    Flushed(u64),
    /// D1 did not take it, or not in time.
    FlushFailed,
    /// Its rows are nobody's, and at this version say that the start failed: they were given up while
    /// D1 could not be told of the room.
    LeftBehind(u64),
}

/// What `input` makes of `state`. Pure: the caller stores the result before it shows it.
pub fn apply(state: &RoomState, input: Input, now: Millis) -> (RoomState, Verdict) {
    let mut next = state.clone();
    let verdict = match input {
        Input::Attach(task) => attach(&mut next, *task, now),
        Input::Report { delivery, report } => hear(&mut next, delivery, *report, now),
        Input::LookFailed => {
            schedule::postpone_look(&mut next.clock, now);
            Verdict::Noted
        }
        Input::GiveUp => give_up(&mut next, now),
        Input::AdoptFailed => {
            schedule::postpone_adoption(&mut next.clock, now);
            Verdict::Noted
        }
        Input::Flushed(version) => {
            next.flushed = next.flushed.max(version);
            next.clock.flush_failures = 0;
            Verdict::Noted
        }
        Input::FlushFailed => {
            schedule::postpone_flush(&mut next.clock, now);
            Verdict::Noted
        }
        Input::LeftBehind(version) => overtake(&mut next, version, now),
    };
    (next, verdict)
}

fn attach(room: &mut RoomState, task: Task, now: Millis) -> Verdict {
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
        settle(room, early.report, Source::Event, now);
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
fn overtake(room: &mut RoomState, version: u64, now: Millis) -> Verdict {
    match room.task.as_mut().filter(|task| task.version <= version) {
        Some(task) => {
            task.version = version;
            touch(task, now);
            Verdict::Applied
        }
        None => Verdict::Noted,
    }
}

fn hear(room: &mut RoomState, delivery: Option<String>, report: Report, now: Millis) -> Verdict {
    if delivery.as_ref().is_some_and(|key| room.has_delivery(key)) {
        return Verdict::Duplicate;
    }
    let source = if delivery.is_some() { Source::Event } else { Source::Asked };
    let verdict = if room.task.is_some() {
        settle(room, report, source, now)
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
    /// When asked for this very task.
    Asked,
}

/// Applies what the provider said to a task that is attached.
fn settle(room: &mut RoomState, report: Report, source: Source, now: Millis) -> Verdict {
    let Some(task) = room.task.as_mut() else { return Verdict::Noted };
    let is_foreign = source == Source::Event && !task.images.is_empty() && report.kind != task.kind;
    let is_unknown = report.is_of_unknown_kind();
    let verdict = match report.outcome {
        Outcome::Unknown { .. } => Verdict::Noted,
        // What a kind from tomorrow returns may hold the pictures. If it does not, it is shown as it
        // is, and the provider is asked what became of them.
        Outcome::Completed { images, result, .. }
            if is_foreign && is_unknown && images.is_empty() && !task.is_final() =>
        {
            schedule::look_now(&mut room.clock, now);
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
            schedule::postpone_look(&mut room.clock, now);
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

fn give_up(room: &mut RoomState, now: Millis) -> Verdict {
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

/// Puts each image into its row. Rows without one fail; images without one get a row.
fn place(task: &mut Task, images: Vec<ImageReport>, row_ids: &[String]) {
    let rows = rows_for(task, row_ids);
    let mut filled = vec![false; task.images.len()];
    for (index, report) in images.into_iter().enumerate().take(ROW_LIMIT) {
        let row = rows.get(index).copied().unwrap_or_else(|| {
            let position = task.images.len();
            task.images.push(Image::pending(&task.key, position));
            filled.push(false);
            position
        });
        fill(&mut task.images[row], report);
        filled[row] = true;
    }
    for (image, _) in task.images.iter_mut().zip(&filled).filter(|(_, filled)| !**filled) {
        image.status = ImageStatus::Failed;
        image.error =
            Some(TaskError::new(MISSING_RESULT, "The provider returned no image for this one."));
    }
}

/// Which row the provider's image *i* belongs to. The echoed row ids are believed only as a
/// whole, and only where each is a row of this very task; otherwise images go by position.
fn rows_for(task: &Task, row_ids: &[String]) -> Vec<usize> {
    let known: Option<Vec<usize>> =
        row_ids.iter().map(|id| task.images.iter().position(|image| image.id == *id)).collect();
    match known {
        Some(rows) if rows.len() == task.images.len() && all_differ(&rows) => rows,
        _ => (0..task.images.len()).collect(),
    }
}

fn all_differ(rows: &[usize]) -> bool {
    rows.iter().enumerate().all(|(i, row)| !rows[..i].contains(row))
}

fn fill(image: &mut Image, report: ImageReport) {
    match report {
        ImageReport::Success { image_id, url } => {
            image.status = ImageStatus::Success;
            image.image_id = image_id;
            image.url = Some(url);
            image.error = None;
        }
        ImageReport::Failed { image_id, error } => {
            image.status = ImageStatus::Failed;
            image.image_id = image_id;
            image.url = None;
            image.error = Some(error);
        }
    }
}

fn touch(task: &mut Task, now: Millis) {
    task.version += 1;
    // A clock that was set back does not make a newer state look older.
    task.updated_at = task.updated_at.max(now);
}
