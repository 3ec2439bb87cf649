//! Starts that did not come to an end: a start call without an answer, a process that died.

use super::ports::{Clock, Ports, Rooms, Rows};
use crate::domain::task::{START_LOST, Task, TaskError};
use crate::error::ApiError;
use crate::provider::calls::{Calls, find};

/// Searches for a start without an answer at the provider: the task, attached, if it is there.
///
/// # Errors
///
/// The provider did not say, or neither the room nor the row could be told.
pub async fn find_lost<R: Rows, C: Calls, O: Rooms, T: Clock>(
    ports: &Ports<'_, R, C, O, T>,
    task: &Task,
) -> Result<Option<Task>, ApiError> {
    let provider = ports.providers.of(task)?;
    match find(ports.calls, provider, task).await? {
        Some(task_id) => ports.attach(task.clone().named(task_id)).await.map(Some),
        None => Ok(None),
    }
}

/// What became of a start that nobody takes care of any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Its room has been woken.
    Woken,
    /// The provider has it, and so has its room now.
    Found,
    /// The provider does not have it: its rows have failed.
    GivenUp,
}

/// Settles a task that is pending for too long.
///
/// # Errors
///
/// It is still unsettled, and is found again.
pub async fn settle<R: Rows, C: Calls, O: Rooms, T: Clock>(
    ports: &Ports<'_, R, C, O, T>,
    task: &Task,
) -> Result<Settled, ApiError> {
    if task.task_id.is_some() {
        ports.rooms.wake(task).await?;
        return Ok(Settled::Woken);
    }
    if find_lost(ports, task).await?.is_some() {
        return Ok(Settled::Found);
    }
    // Only a task with rows can be searched for. Of another it is not known whether it was started.
    let message = match task.images.is_empty() {
        false => "The provider has no such task: it was never started.",
        true => "The start was cut off: it is not known whether the provider has started it.",
    };
    let lost = TaskError::new(START_LOST, message);
    ports.rows.give_up(task, task.error.as_ref().unwrap_or(&lost), ports.now()).await?;
    Ok(Settled::GivenUp)
}
