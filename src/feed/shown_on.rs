//! Which feeds show a task.

use crate::domain::task::Task;
use crate::object::name::ObjectName;

/// The feeds that show `task`. A task without an owner is on no user's feed.
pub fn feeds_of(task: &Task) -> impl Iterator<Item = ObjectName> {
    let user = Some(task.user_id.clone()).filter(|user_id| !user_id.is_empty());
    let batch = task.batch_id.clone().map(ObjectName::BatchTasks);
    user.map(ObjectName::UserTasks).into_iter().chain(batch)
}
