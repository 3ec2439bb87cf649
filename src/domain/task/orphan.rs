//! Orphans: tasks that only the provider knows, of a kind that cannot be started through us, so that
//! no rows of ours exist. They are shown as reported, to the user that their metadata names.

use crate::domain::id::TaskKey;
use crate::domain::task::report::Outcome;
use crate::domain::task::state::RoomState;
use crate::domain::task::{Status, Task};
use serde_json::Map;

/// Searches for rows before a task counts as an orphan. A start of ours is over by then.
const SEARCHES: u32 = 2;

/// The orphan that this room's early reports are about, if there is one. Its rows have just been
/// searched for in vain. `key` becomes its key.
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
