//! Lost starts: the start call got no answer, or the process died.

use super::ports::{Clock, Ports, Rooms, Rows};
use super::search::{Found, search};
use crate::domain::task::change::fail;
use crate::domain::task::{START_LOST, Task, TaskError};
use crate::domain::time::Millis;
use crate::domain::usage::word::Word;
use crate::error::ApiError;
use crate::provider::calls::Calls;

/// The version of rows that were given up: they have been searched for.
const SEARCHED: u64 = 2;

/// Searches for a lost start at the provider. If the task is there, attaches and returns it.
///
/// # Errors
///
/// The search failed, or neither the room nor the row could be updated.
pub async fn find_lost<R: Rows, C: Calls, O: Rooms, T: Clock>(
    ports: &Ports<'_, R, C, O, T>,
    task: &Task,
    until: Millis,
) -> Result<Option<Task>, ApiError> {
    let provider = ports.providers.of(task)?;
    let found = search(ports, provider, &[task], until).await?;
    match id_of(&found, task) {
        Some(task_id) => ports.attach(task.clone().named(task_id)).await.map(Some),
        None => Ok(None),
    }
}

fn id_of(found: &Found, task: &Task) -> Option<String> {
    found.ids.get(task.key.as_str()).cloned()
}

/// What became of a start that nobody takes care of any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The provider has it, and so has its room now.
    Found,
    /// The provider does not have it, or it cannot be searched for: its rows were failed.
    GivenUp,
    /// Not all was seen: it is searched for again.
    Open,
}

/// Settles starts that have no provider's id for too long, with one search for each provider, until the
/// time `until`. What became of each, in order; an error leaves it as it was.
pub async fn settle_lost<R: Rows, C: Calls, O: Rooms, T: Clock>(
    ports: &Ports<'_, R, C, O, T>,
    lost: &[Task],
    until: Millis,
) -> Vec<Result<Settled, ApiError>> {
    let mut settled: Vec<Result<Settled, ApiError>> =
        lost.iter().map(|_| Ok(Settled::Open)).collect();
    for provider in ports.providers.all() {
        let is_its = |task: &Task| task.provider == provider.name();
        let its: Vec<&Task> = lost.iter().filter(|task| is_its(task)).collect();
        if its.is_empty() {
            continue;
        }
        let found = search(ports, *provider, &its, until).await;
        for (task, outcome) in lost.iter().zip(&mut settled).filter(|(task, _)| is_its(task)) {
            *outcome = match &found {
                Ok(found) => settle(ports, task, found).await,
                Err(error) => Err(error.clone()),
            };
        }
    }
    settled
}

async fn settle<R: Rows, C: Calls, O: Rooms, T: Clock>(
    ports: &Ports<'_, R, C, O, T>,
    task: &Task,
    found: &Found,
) -> Result<Settled, ApiError> {
    if let Some(task_id) = id_of(found, task) {
        ports.attach(task.clone().named(task_id)).await?;
        return Ok(Settled::Found);
    }
    // Of a task that cannot be searched for it is not known whether it was started.
    let provider = ports.providers.of(task)?;
    let is_searched = provider.list(None).is_some() && provider.finds(task);
    if is_searched && !found.is_whole {
        return Ok(Settled::Open);
    }
    let message = match is_searched {
        true => "The provider has no such task: it was never started.",
        false => "The start was cut off: it is not known whether the provider has started it.",
    };
    let lost = TaskError::new(START_LOST, message);
    let reason = task.error.as_ref().unwrap_or(&lost);
    ports.rows.give_up(task, reason, ports.now()).await?;
    // If the book does not hear of it, it asks the rows.
    let _ = ports.rooms.tell(&task.user_id, vec![Word::of(&given_up(task, reason))]).await;
    Ok(Settled::GivenUp)
}

/// The task as its rows have it now.
fn given_up(task: &Task, reason: &TaskError) -> Task {
    let version = task.version.max(SEARCHED);
    let mut task = Task { version, ..task.clone() };
    fail(&mut task, reason.clone());
    task
}
