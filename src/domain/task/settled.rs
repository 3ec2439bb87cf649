//! How a task has ended, and where its time went.

use super::Status;
use super::events::caused;
use super::state::RoomState;
use crate::domain::delivery::record::{How, Settled, Stages};
use crate::domain::time::Millis;

/// The end of a task, if it is what has changed. `heard_at` is when the word of it came, `now` when it is
/// committed.
pub fn settled(
    before: &RoomState,
    after: &RoomState,
    how: How,
    heard_at: Millis,
    now: Millis,
) -> Option<Settled> {
    let (_, task) = caused(before, after)?;
    // Nothing has changed it since its provider took it.
    let accepted = before.task.as_ref().filter(|was| was.version == 1).map(|was| was.updated_at);
    let from = |at: Millis, to: Millis| (to - at).max(0);
    Some(Settled {
        provider: task.provider.clone(),
        how,
        kind: task.kind.clone(),
        status: match task.status {
            Status::Failed => "failed",
            _ => "completed",
        },
        stages: Stages {
            start: accepted.map(|at| from(task.created_at, at)),
            provider: accepted.map(|at| from(at, heard_at)),
            apply: Some(from(heard_at, now)),
        },
    })
}
