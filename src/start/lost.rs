//! Lost starts: the start call got no answer, or the process died.

use super::ports::{Clock, Ports, Rooms, Rows};
use crate::domain::task::{START_LOST, Task, TaskError};
use crate::error::ApiError;
use crate::provider::calls::{Calls, find};

/// Searches for a lost start at the provider. If the task is there, attaches and returns it.
///
/// # Errors
///
/// The search failed, or neither the room nor the row could be updated.
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

/// How the sweep settled a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Its room was woken.
    Woken,
    /// The provider has it, and it was attached to its room.
    Found,
    /// The provider does not have it, and its rows were failed.
    GivenUp,
}

/// Settles a task that has been pending for too long.
///
/// # Errors
///
/// The task is still unsettled. A later sweep finds it again.
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
    // Only a task with image rows can be searched for. It is unknown whether another was started.
    let message = match task.images.is_empty() {
        false => "The provider has no such task: it was never started.",
        true => "The start was cut off: it is not known whether the provider has started it.",
    };
    let lost = TaskError::new(START_LOST, message);
    ports.rows.give_up(task, task.error.as_ref().unwrap_or(&lost), ports.now()).await?;
    Ok(Settled::GivenUp)
}
