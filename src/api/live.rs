//! Sockets: on one task, on all tasks of a user, on a batch. Everything is refused before the
//! upgrade.

use super::broken;
use super::caller::{Viewer, viewer};
use super::cors::is_foreign;
use super::tasks::find;
use crate::domain::id::is_task_id;
use crate::error::{ApiError, Code};
use crate::feed;
use crate::feed::name::Feed;
use crate::request::query;
use crate::room::client::Room;
use crate::signature::Scope;
use crate::store::d1::Store;
use worker::{Env, Request, Response};

/// `GET /tasks/{id}/live`
pub async fn task(request: &Request, task_id: &str, env: &Env) -> Result<Response, ApiError> {
    if !is_task_id(task_id) {
        return Err(ApiError::not_found());
    }
    let viewer = watcher(request, &Scope::Task(task_id.to_owned()), env).await?;
    if let Viewer::User(identity) = &viewer {
        find(identity, task_id, env).await?;
    }
    let version = query::value(&request.inner().url(), "version");
    let version = version.and_then(|version| version.parse().ok());
    upgraded(Room::of(env, task_id)?.watch(viewer.user_id(), version).await?)
}

/// `GET /tasks/live`
pub async fn tasks(request: &Request, env: &Env) -> Result<Response, ApiError> {
    let viewer = watcher(request, &Scope::Tasks, env).await?;
    let feed = Feed::Tasks { user_id: viewer.user_id().to_owned() };
    upgraded(feed::client::watch(env, &feed).await?)
}

/// `GET /batches/{id}/live`
pub async fn batch(request: &Request, batch_id: &str, env: &Env) -> Result<Response, ApiError> {
    if !is_task_id(batch_id) {
        return Err(ApiError::not_found());
    }
    let viewer = watcher(request, &Scope::Batch(batch_id.to_owned()), env).await?;
    if let Viewer::User(identity) = &viewer {
        let tasks = Store::new(env)?.by_batch(batch_id).await?;
        if tasks.first().is_none_or(|task| task.user_id != identity.user_id()) {
            return Err(ApiError::not_found());
        }
    }
    let feed = Feed::Batch { batch_id: batch_id.to_owned() };
    upgraded(feed::client::watch(env, &feed).await?)
}

/// Who wants to watch: from a page that may, by a ticket or a token, over a WebSocket.
async fn watcher(request: &Request, scope: &Scope, env: &Env) -> Result<Viewer, ApiError> {
    if is_foreign(request, env) {
        let message = "Pages of this origin may not connect.";
        return Err(ApiError::new(Code::ForbiddenOrigin, message));
    }
    let viewer = viewer(request, scope, env).await?;
    let upgrade = request.headers().get("upgrade").map_err(broken)?.unwrap_or_default();
    if !upgrade.eq_ignore_ascii_case("websocket") {
        let message = "This is a WebSocket: connect with Upgrade: websocket.";
        return Err(ApiError::new(Code::UpgradeRequired, message));
    }
    Ok(viewer)
}

fn upgraded(response: Response) -> Result<Response, ApiError> {
    match response.status_code() {
        101 => Ok(response),
        404 => Err(ApiError::not_found()),
        _ => Err(ApiError::unavailable()),
    }
}
