//! Tasks that are there: read one, list them, get a ticket for one.

use super::answer::{json, versioned};
use super::broken;
use super::caller::{Viewer, issue, viewer};
use crate::auth::claims::Identity;
use crate::domain::frame::TaskView;
use crate::domain::id::is_task_id;
use crate::domain::task::{Status, Task};
use crate::domain::time::HOUR;
use crate::error::ApiError;
use crate::platform::now;
use crate::request::list::ListQuery;
use crate::request::query;
use crate::room::client::Room;
use crate::signature::Scope;
use crate::store::d1::Store;
use serde::Serialize;
use worker::{Env, Request, Response};

#[derive(Serialize)]
struct One<'a> {
    task: TaskView<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a> {
    tasks: Vec<TaskView<'a>>,
    next_cursor: Option<&'a str>,
}

pub async fn read(request: &Request, task_id: &str, env: &Env) -> Result<Response, ApiError> {
    if !is_task_id(task_id) {
        return Err(ApiError::not_found());
    }
    let task = match viewer(request, &Scope::Task(task_id.to_owned()), env).await? {
        Viewer::User(identity) => find(&identity, task_id, env).await?,
        Viewer::Holder { user_id } => in_room(env, task_id, &user_id).await?,
    };
    let known = request.headers().get("if-none-match").map_err(broken)?;
    versioned(&One { task: TaskView::from(&task) }, task.version, known.as_deref())
}

pub async fn list(request: &Request, caller: &Identity, env: &Env) -> Result<Response, ApiError> {
    let query = ListQuery::parse(query::pairs(&request.inner().url()))?;
    let tasks = Store::new(env)?.list(caller.user_id(), &query).await?;
    // A full page may be the last one; then the next is empty.
    let is_full = tasks.len() == query.limit as usize;
    let next = tasks.last().filter(|_| is_full).map(|task| task.key.as_str());
    let tasks = tasks.iter().map(TaskView::from).collect();
    json(200, &Page { tasks, next_cursor: next })
}

pub async fn ticket(caller: &Identity, task_id: &str, env: &Env) -> Result<Response, ApiError> {
    if !is_task_id(task_id) {
        return Err(ApiError::not_found());
    }
    let task = find(caller, task_id, env).await?;
    json(200, &issue(env, &task.user_id, Scope::Task(task.task_id.clone()))?)
}

/// A ticket for the feed of all the caller's tasks.
pub fn feed_ticket(caller: &Identity, env: &Env) -> Result<Response, ApiError> {
    json(200, &issue(env, caller.user_id(), Scope::Tasks)?)
}

/// The caller's task, as it is now. Another's is as good as none.
///
/// Its room knows best, but a room that is asked exists from then on, so an id that anybody could
/// have made up goes no further than D1: unless the caller has a start under way whose id D1 has
/// not got yet, or D1 is away.
pub async fn find(caller: &Identity, task_id: &str, env: &Env) -> Result<Task, ApiError> {
    let store = Store::new(env)?;
    let user = caller.user_id();
    let row = match store.by_provider_id(task_id).await {
        Ok(row) => row,
        Err(_) => return in_room(env, task_id, user).await,
    };
    match row {
        Some(row) if row.user_id != user => Err(ApiError::not_found()),
        // Completed is final: no room knows better.
        Some(row) if row.status == Status::Completed => Ok(row),
        Some(_) => in_room(env, task_id, user).await,
        None if store.has_unattached(user, now() - HOUR).await? => {
            in_room(env, task_id, user).await
        }
        None => Err(ApiError::not_found()),
    }
}

async fn in_room(env: &Env, task_id: &str, user_id: &str) -> Result<Task, ApiError> {
    Room::of(env, task_id)?.read(user_id).await?.ok_or_else(ApiError::not_found)
}
