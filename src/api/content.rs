//! Content and channels: read, list, ticket.

use super::answer::{Response, json, versioned};
use super::caller::{Viewer, issue, viewer};
use super::incoming::Request;
use super::request::content::{is_row_id, parse};
use super::response::read::{ContentAnswer, ContentPage};
use crate::auth::claims::Identity;
use crate::domain::channel::frame::Shown;
use crate::domain::id::is_plain_id;
use crate::domain::owner::may_see;
use crate::error::ApiError;
use crate::room::channel::client::ChannelClient;
use crate::signature::Scope;
use crate::store::Store;
use crate::url::query;
use std::time::Duration;
use worker::{Delay, Env};

/// `GET /content`
pub async fn list(request: &Request, caller: &Identity, env: &Env) -> Result<Response, ApiError> {
    let query = parse(query::pairs(request.url()))?;
    let page = Store::new(env)?.list_content(caller.user_id(), &query).await?;
    json(200, &ContentPage::from(&page))
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
    if !is_plain_id(channel_id) {
        return Err(ApiError::not_found());
    }
    let viewer = viewer(request, &[Scope::Channel(channel_id.to_owned())], env).await?;
    if let Viewer::User(identity) = &viewer {
        known_channel(identity, channel_id, env).await?;
    }
    let seen = ChannelClient::of(env, channel_id)?.read(viewer.user_id()).await?;
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
    if !is_plain_id(channel_id) {
        return Err(ApiError::not_found());
    }
    known_channel(caller, channel_id, env).await?;
    json(200, &issue(env, caller.user_id(), Scope::Channel(channel_id.to_owned()))?)
}

/// How often D1 is looked at for a channel, and the pause between two looks. Of one that was started a
/// moment ago it may have nothing yet: its room writes the row again 2 s after a write has failed.
const LOOKS: u32 = 4;
const PAUSE: Duration = Duration::from_secs(1);

/// Whether D1 knows of a channel that the caller may see. An object that is asked exists from then on,
/// so one is only asked for such a channel.
pub async fn known_channel(caller: &Identity, channel_id: &str, env: &Env) -> Result<(), ApiError> {
    let store = Store::new(env)?;
    for look in 1..=LOOKS {
        match is_seen(&store, caller.user_id(), channel_id).await? {
            Some(true) => return Ok(()),
            Some(false) => break,
            None if look < LOOKS => Delay::from(PAUSE).await,
            None => {}
        }
    }
    Err(ApiError::not_found())
}

/// Whether the user may see the channel. `None`: D1 does not have it.
async fn is_seen(store: &Store, user: &str, channel_id: &str) -> Result<Option<bool>, ApiError> {
    let owner = match store.channel(channel_id).await? {
        Some(channel) => channel.user_id,
        None => match store.content_of(channel_id).await? {
            Some(content) => content.user_id,
            None => return Ok(None),
        },
    };
    Ok(Some(may_see(owner.as_deref(), user)))
}
