//! Sockets: on a task, on all tasks of a user, on a batch, on a channel, on the content feed. Requests
//! are refused before the upgrade.

use super::answer::Response;
use super::caller::{Viewer, viewer};
use super::content::known_channel;
use super::cors::is_foreign;
use super::incoming::Request;
use super::request::content::is_row_id;
use super::tasks::{find, of_batch, of_task, own_batch};
use crate::domain::id::is_plain_id;
use crate::domain::time::parse_iso;
use crate::error::{ApiError, Code, Issue};
use crate::feed::client as feed;
use crate::object::name::ObjectName;
use crate::object::socket::{PROTOCOL, PROTOCOL_HEADER};
use crate::object::watcher::Watcher;
use crate::platform::config;
use crate::provider::registry::PROVIDERS;
use crate::room::channel::client::ChannelClient;
use crate::room::task::client::TaskClient;
use crate::signature::Scope;
use crate::url::query;
use worker::Env;

/// `GET /tasks/{id}/live`
pub async fn task(request: &Request, task_id: &str, env: &Env) -> Result<Response, ApiError> {
    if !is_plain_id(task_id) {
        return Err(ApiError::not_found());
    }
    let (watcher, viewer) = watcher(request, &of_task(task_id), env).await?;
    if let Viewer::User(identity) = &viewer {
        find(identity, task_id, env).await?;
    }
    upgraded(TaskClient::of(env, task_id)?.watch(&watcher).await?)
}

/// `GET /tasks/live`
pub async fn tasks(request: &Request, env: &Env) -> Result<Response, ApiError> {
    let (watcher, _) = watcher(request, &[Scope::Tasks], env).await?;
    let since = query::value(request.url(), "since");
    let since = since.map(|text| parse_iso(&text).ok_or_else(no_time)).transpose()?;
    let feed = ObjectName::UserTasks(watcher.user_id.clone());
    upgraded(feed::watch(env, &feed, since, &watcher).await?)
}

/// `GET /batches/{id}/live`
pub async fn batch(request: &Request, batch_id: &str, env: &Env) -> Result<Response, ApiError> {
    if !is_plain_id(batch_id) {
        return Err(ApiError::not_found());
    }
    let (watcher, _) = watcher(request, &of_batch(batch_id), env).await?;
    own_batch(&watcher.user_id, batch_id, env).await?;
    let feed = ObjectName::BatchTasks(batch_id.to_owned());
    upgraded(feed::watch(env, &feed, None, &watcher).await?)
}

/// `GET /channels/{id}/live`
pub async fn channel(request: &Request, channel_id: &str, env: &Env) -> Result<Response, ApiError> {
    if !is_plain_id(channel_id) {
        return Err(ApiError::not_found());
    }
    let scopes = [Scope::Channel(channel_id.to_owned())];
    let (watcher, viewer) = watcher(request, &scopes, env).await?;
    if let Viewer::User(identity) = &viewer {
        known_channel(identity, channel_id, env).await?;
    }
    upgraded(ChannelClient::of(env, channel_id)?.watch(&watcher).await?)
}

/// `GET /content/live`
pub async fn content(request: &Request, env: &Env) -> Result<Response, ApiError> {
    let (watcher, _) = watcher(request, &[Scope::Content], env).await?;
    let after = query::value(request.url(), "after");
    if after.as_deref().is_some_and(|id| !is_row_id(id)) {
        return Err(ApiError::validation(vec![Issue::new("after", "is not the id of a row")]));
    }
    let follows = PROVIDERS.has_public_rows(&config(env));
    upgraded(feed::watch_content(env, &watcher, after.as_deref(), follows).await?)
}

/// Checks an upgrade: its origin, its ticket or token, and its headers.
async fn watcher(
    request: &Request,
    scopes: &[Scope],
    env: &Env,
) -> Result<(Watcher, Viewer), ApiError> {
    if is_foreign(request, env) {
        let message = "Pages of this origin may not connect.";
        return Err(ApiError::new(Code::ForbiddenOrigin, message));
    }
    let viewer = viewer(request, scopes, env).await?;
    let upgrade = request.header("upgrade")?.unwrap_or_default();
    if !upgrade.eq_ignore_ascii_case("websocket") {
        let message = "This is a WebSocket: connect with Upgrade: websocket.";
        return Err(ApiError::new(Code::UpgradeRequired, message));
    }
    let version = query::value(request.url(), "version");
    let offered = request.header(PROTOCOL_HEADER)?.unwrap_or_default();
    let watcher = Watcher {
        user_id: viewer.user_id().to_owned(),
        version: version.and_then(|version| version.parse().ok()),
        right: viewer.right(),
        offers: offered.split(',').any(|one| one.trim() == PROTOCOL),
    };
    Ok((watcher, viewer))
}

fn no_time() -> ApiError {
    ApiError::validation(vec![Issue::new("since", "must be a time as in RFC 3339")])
}

fn upgraded(response: worker::Response) -> Result<Response, ApiError> {
    match response.status_code() {
        101 => Ok(response.into()),
        404 => Err(ApiError::not_found()),
        422 => Err(ApiError::validation(vec![Issue::new("after", "is not the id of a row")])),
        429 => Err(ApiError::too_many_sockets()),
        _ => Err(ApiError::unavailable()),
    }
}
