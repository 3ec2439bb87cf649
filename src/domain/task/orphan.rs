//! Tasks that only the provider knows: of a kind that we cannot start yet, so that no row of ours is
//! on its way. They are shown as they came, to whoever their metadata names.

use crate::domain::id::TaskKey;
use crate::domain::task::report::Outcome;
use crate::domain::task::state::RoomState;
use crate::domain::task::{Status, Task};
use serde_json::Map;

/// How often the rows of such a task are looked for first: a start of ours is over by then.
const SEARCHES: u32 = 2;

/// The task that the early events of this room are about, if it is one of these and has just been
/// looked for in vain. `key` is to be its own.
pub fn orphan(room: &RoomState, key: TaskKey) -> Option<Task> {
    if room.task.is_some() || room.clock.adoptions + 1 < SEARCHES {
        return None;
    }
    let ends =
        |outcome: &Outcome| matches!(outcome, Outcome::Completed { .. } | Outcome::Failed { .. });
    let early = room
        .early
        .iter()
        .find(|early| !early.report.is_known_kind && ends(&early.report.outcome))?;
    Some(Task {
        task_id: Some(early.report.task_id.clone()),
        provider: early.report.provider.clone(),
        key,
        user_id: early.report.owner.clone().unwrap_or_default(),
        batch_id: None,
        kind: early.report.kind.clone(),
        status: Status::Pending,
        version: 0,
        prompt: None,
        requested_model: None,
        model: None,
        error: None,
        cost: None,
        metadata: Map::new(),
        created_at: early.at,
        updated_at: early.at,
        images: Vec::new(),
        result: None,
        access: None,
        patience: None,
    })
}
