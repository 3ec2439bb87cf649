//! `GET /tasks/{id}/live`: a socket on one task. Everything is refused before the upgrade.

use super::broken;
use super::caller::{Viewer, viewer};
use super::cors::is_foreign;
use super::tasks::find;
use crate::domain::id::is_task_id;
use crate::error::{ApiError, Code};
use crate::request::query;
use crate::room::client::Room;
use crate::signature::Scope;
use worker::{Env, Request, Response};

pub async fn watch(request: &Request, task_id: &str, env: &Env) -> Result<Response, ApiError> {
    if is_foreign(request, env) {
        let message = "Pages of this origin may not connect.";
        return Err(ApiError::new(Code::ForbiddenOrigin, message));
    }
    if !is_task_id(task_id) {
        return Err(ApiError::not_found());
    }
    let viewer = viewer(request, &Scope::Task(task_id.to_owned()), env).await?;
    let upgrade = request.headers().get("upgrade").map_err(broken)?.unwrap_or_default();
    if !upgrade.eq_ignore_ascii_case("websocket") {
        let message = "This is a WebSocket: connect with Upgrade: websocket.";
        return Err(ApiError::new(Code::UpgradeRequired, message));
    }
    if let Viewer::User(identity) = &viewer {
        find(identity, task_id, env).await?;
    }
    let version = query::value(&request.inner().url(), "version");
    let version = version.and_then(|version| version.parse().ok());
    let response = Room::of(env, task_id)?.watch(viewer.user_id(), version).await?;
    match response.status_code() {
        101 => Ok(response),
        404 => Err(ApiError::not_found()),
        _ => Err(ApiError::unavailable()),
    }
}
