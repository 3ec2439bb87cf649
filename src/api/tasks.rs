//! Existing tasks: read, list, ticket.

use super::answer::{Response, json, versioned};
use super::caller::{Viewer, issue, viewer};
use super::incoming::Request;
use super::request::list;
use super::response::read::{BatchAnswer, TaskAnswer, TaskPage};
use crate::auth::claims::Identity;
use crate::domain::id::is_plain_id;
use crate::domain::task::frame::TaskView;
use crate::domain::task::{Status, Task};
use crate::domain::time::HOUR;
use crate::error::ApiError;
use crate::platform::now;
use crate::room::task::client::TaskClient;
use crate::signature::Scope;
use crate::store::Store;
use crate::url::query;
use worker::Env;

pub async fn read(request: &Request, task_id: &str, env: &Env) -> Result<Response, ApiError> {
    if !is_plain_id(task_id) {
        return Err(ApiError::not_found());
    }
    let viewer = viewer(request, &of_task(task_id), env).await?;
    let task = match &viewer {
        Viewer::User(identity) => find(identity, task_id, env).await?,
        Viewer::Holder { user_id, .. } => in_room(env, task_id, user_id).await?,
    };
    let view = TaskView::of(&task, viewer.right().is_guest);
    versioned(request, &TaskAnswer { task: view }, task.version)
}

/// `GET /batches/{id}`
pub async fn read_batch(
    request: &Request,
    batch_id: &str,
    env: &Env,
) -> Result<Response, ApiError> {
    if !is_plain_id(batch_id) {
        return Err(ApiError::not_found());
    }
    let viewer = viewer(request, &of_batch(batch_id), env).await?;
    let tasks = own_batch(viewer.user_id(), batch_id, env).await?;
    // Versions only rise, and a batch never gets other tasks: each change raises the sum, or takes a task.
    let versions: u64 = tasks.iter().map(|task| task.version).sum();
    let version = format!("{}.{versions}", tasks.len());
    versioned(request, &BatchAnswer::of(batch_id, &tasks), version)
}

pub async fn list(request: &Request, caller: &Identity, env: &Env) -> Result<Response, ApiError> {
    let query = list::parse(query::pairs(request.url()))?;
    let page = Store::new(env)?.list(caller.user_id(), &query).await?;
    json(200, &TaskPage::from(&page))
}

/// A ticket for one task, for its owner's own pages or for sharing.
pub async fn ticket(
    request: &Request,
    caller: &Identity,
    task_id: &str,
    env: &Env,
) -> Result<Response, ApiError> {
    if !is_plain_id(task_id) {
        return Err(ApiError::not_found());
    }
    // Whatever else it says: too little is shown rather than too much.
    let share = query::value(request.url(), "share");
    let is_shared = share.is_some_and(|share| share != "false");
    let task = find(caller, task_id, env).await?;
    let scope = if is_shared { Scope::Shared } else { Scope::Task };
    json(200, &issue(env, &task.user_id, scope(task.id().to_owned()))?)
}

/// `POST /tasks/{id}/cancel`: tells the provider. What came of it is in the task, now or later.
pub async fn cancel(caller: &Identity, task_id: &str, env: &Env) -> Result<Response, ApiError> {
    if !is_plain_id(task_id) {
        return Err(ApiError::not_found());
    }
    let task = find(caller, task_id, env).await?;
    // A result that came first stays.
    let task = match task.is_final() {
        true => task,
        false => TaskClient::of(env, task_id)?.cancel(caller.user_id()).await?,
    };
    json(202, &TaskAnswer { task: (&task).into() })
}

/// A ticket for the feed of all the caller's tasks.
pub fn feed_ticket(caller: &Identity, env: &Env) -> Result<Response, ApiError> {
    json(200, &issue(env, caller.user_id(), Scope::Tasks)?)
}

/// A ticket for the feed of a batch.
pub async fn batch_ticket(
    caller: &Identity,
    batch_id: &str,
    env: &Env,
) -> Result<Response, ApiError> {
    own_batch(caller.user_id(), batch_id, env).await?;
    json(200, &issue(env, caller.user_id(), Scope::Batch(batch_id.to_owned()))?)
}

/// The scopes that allow to see a task.
pub fn of_task(task_id: &str) -> [Scope; 2] {
    [Scope::Task(task_id.to_owned()), Scope::Shared(task_id.to_owned())]
}

/// The scopes that allow to see a batch: the batch itself, or all tasks of its owner.
pub fn of_batch(batch_id: &str) -> [Scope; 2] {
    [Scope::Batch(batch_id.to_owned()), Scope::Tasks]
}

/// The tasks of a user's batch.
///
/// # Errors
///
/// `not_found` for a missing batch and for another user's; `unavailable` if D1 fails.
pub async fn own_batch(user: &str, batch_id: &str, env: &Env) -> Result<Vec<Task>, ApiError> {
    let tasks = Store::new(env)?.by_batch(batch_id).await?;
    let is_own = tasks.first().is_some_and(|task| task.user_id == user);
    if is_own { Ok(tasks) } else { Err(ApiError::not_found()) }
}

/// The current state of the caller's task.
///
/// The room has the current state, but a message creates it. So a made-up id goes no further than D1,
/// unless D1 fails, or the caller has a start under way whose id D1 does not have yet.
///
/// # Errors
///
/// `not_found` for a missing task and for another user's; `unavailable` if D1 or the room fails.
pub async fn find(caller: &Identity, task_id: &str, env: &Env) -> Result<Task, ApiError> {
    let row = Store::new(env)?.by_provider_id(task_id).await;
    find_by(row, caller, task_id, env).await
}

/// As [`find`], by what D1 has said.
///
/// # Errors
///
/// Those of [`find`].
pub async fn find_by(
    row: Result<Option<Task>, ApiError>,
    caller: &Identity,
    task_id: &str,
    env: &Env,
) -> Result<Task, ApiError> {
    let user = caller.user_id();
    let Ok(row) = row else { return in_room(env, task_id, user).await };
    match row {
        Some(row) if row.user_id != user => Err(ApiError::not_found()),
        // Completed is final, so the room is not needed.
        Some(row) if row.status == Status::Completed => Ok(row),
        Some(_) => in_room(env, task_id, user).await,
        None if Store::new(env)?.has_unattached(user, now() - HOUR).await? => {
            in_room(env, task_id, user).await
        }
        None => Err(ApiError::not_found()),
    }
}

async fn in_room(env: &Env, task_id: &str, user_id: &str) -> Result<Task, ApiError> {
    TaskClient::of(env, task_id)?.read(user_id).await?.ok_or_else(ApiError::not_found)
}
