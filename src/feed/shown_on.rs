//! Which feeds show a task.

use crate::object::name::ObjectName;

/// The feeds that show a task of this user, and of this batch. A task without an owner is on no user's
/// feed.
pub fn feeds_of(user_id: &str, batch_id: Option<&str>) -> impl Iterator<Item = ObjectName> {
    let user = Some(user_id.to_owned()).filter(|user_id| !user_id.is_empty());
    let batch = batch_id.map(|batch_id| ObjectName::BatchTasks(batch_id.to_owned()));
    user.map(ObjectName::UserTasks).into_iter().chain(batch)
}
