//! ModelRiver's rows and channels: read one, list them, get a ticket for them.

use super::answer::{json, versioned};
use super::caller::{Viewer, issue, viewer};
use crate::auth::claims::Identity;
use crate::channel::client::ChannelRoom;
use crate::domain::channel::frame::Shown;
use crate::domain::id::is_task_id;
use crate::error::ApiError;
use crate::request::content::{ContentQuery, is_row_id};
use crate::request::query;
use crate::response::read::{ContentAnswer, ContentPage};
use crate::signature::Scope;
use crate::store::d1::Store;
use worker::{Env, Request, Response};

/// `GET /content`
pub async fn list(request: &Request, caller: &Identity, env: &Env) -> Result<Response, ApiError> {
    let query = ContentQuery::parse(query::pairs(&request.inner().url()))?;
    let and_next = ContentQuery { limit: query.limit + 1, ..query.clone() };
    let content = Store::new(env)?.list_content(caller.user_id(), &and_next).await?;
    json(200, &ContentPage::of(&content, query.limit))
}

/// `GET /content/{id}`
pub async fn read(caller: &Identity, id: &str, env: &Env) -> Result<Response, ApiError> {
    if !is_row_id(id) {
        return Err(ApiError::not_found());
    }
    let content = Store::new(env)?.content(id, caller.user_id()).await?;
    json(200, &ContentAnswer { content: content.ok_or_else(ApiError::not_found)? })
}

/// `POST /content/ticket`
pub fn feed_ticket(caller: &Identity, env: &Env) -> Result<Response, ApiError> {
    json(200, &issue(env, caller.user_id(), Scope::Content)?)
}

/// `GET /channels/{id}`
pub async fn channel(request: &Request, channel_id: &str, env: &Env) -> Result<Response, ApiError> {
    if !is_task_id(channel_id) {
        return Err(ApiError::not_found());
    }
    let viewer = viewer(request, &[Scope::Channel(channel_id.to_owned())], env).await?;
    if let Viewer::User(identity) = &viewer {
        known_channel(identity, channel_id, env).await?;
    }
    let seen = ChannelRoom::of(env, channel_id)?.read(viewer.user_id()).await?;
    let (channel, content) = seen.ok_or_else(ApiError::not_found)?;
    let shown = Shown { channel: (&channel).into(), content: content.as_ref() };
    versioned(request, &shown, channel.version)
}

/// `POST /channels/{id}/ticket`
pub async fn channel_ticket(
    caller: &Identity,
    channel_id: &str,
    env: &Env,
) -> Result<Response, ApiError> {
    if !is_task_id(channel_id) {
        return Err(ApiError::not_found());
    }
    known_channel(caller, channel_id, env).await?;
    json(200, &issue(env, caller.user_id(), Scope::Channel(channel_id.to_owned()))?)
}

/// Whether D1 knows of a channel that the caller may see. An object that is asked exists from then on,
/// so one is only asked for such a channel.
pub async fn known_channel(caller: &Identity, channel_id: &str, env: &Env) -> Result<(), ApiError> {
    let store = Store::new(env)?;
    let owner = match store.channel(channel_id).await? {
        Some(channel) => channel.user_id,
        None => {
            let content = store.content_of(channel_id).await?;
            content.ok_or_else(ApiError::not_found)?.user_id
        }
    };
    match owner {
        Some(owner) if owner != caller.user_id() => Err(ApiError::not_found()),
        _ => Ok(()),
    }
}
