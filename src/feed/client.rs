//! The client for feeds, used by rooms and the API.

use super::shown_on::feeds_of;
use crate::domain::task::Task;
use crate::domain::task::frame::task_frame;
use crate::domain::time::Millis;
use crate::error::ApiError;
use crate::object::address::Address;
use crate::object::name::ObjectName;
use crate::object::watcher::{LIVE_PATH, Watcher};
use std::collections::BTreeSet;
use std::time::Duration;
use worker::{Env, Response};

/// Path of a frame for every watcher of a feed. Its query names the `task` and the `version`. Content
/// feeds are told without a frame.
const PUBLISH_PATH: &str = "/publish";

/// Path, at the feed of public rows, of a user whose feed is to be told of them.
pub const FOLLOW_PATH: &str = "/follow";

/// What a feed answers that has no sockets.
pub const NOBODY: &str = "nobody";

/// How long whoever changes something waits for the feeds.
pub const FEED_DEADLINE: Duration = Duration::from_secs(1);

/// Publishes the current state of `task` to each of its feeds.
///
/// # Errors
///
/// `unavailable` if a feed cannot be reached.
pub async fn publish(env: &Env, task: &Task) -> Result<(), ApiError> {
    let frame = task_frame(task);
    let path = format!("{PUBLISH_PATH}?task={}&version={}", task.id(), task.version);
    for feed in feeds_of(task) {
        Address::of(env, &feed)?.post(&path, &frame).await?;
    }
    Ok(())
}

/// Tells the content feeds of these owners that there is a new row; without an owner, everyone's.
///
/// # Errors
///
/// `unavailable` when one does not hear.
pub async fn poke_content(env: &Env, owners: BTreeSet<Option<String>>) -> Result<(), ApiError> {
    for owner in owners {
        let feed = owner.map_or(ObjectName::PublicContent, ObjectName::Content);
        Address::of(env, &feed)?.post(PUBLISH_PATH, "").await?;
    }
    Ok(())
}

/// Tells the content feed of a user that there is a new row: whether anybody watches.
///
/// # Errors
///
/// `unavailable` when it does not hear.
pub async fn poke_follower(env: &Env, user: String) -> Result<bool, ApiError> {
    let answer = Address::of(env, &ObjectName::Content(user))?.post(PUBLISH_PATH, "").await?;
    Ok(answer != NOBODY)
}

/// Asks for the feed of this user to be told of public rows, while it has sockets.
///
/// # Errors
///
/// `unavailable` when the feed of public rows cannot be reached.
pub async fn follow(env: &Env, user: &str) -> Result<(), ApiError> {
    Address::of(env, &ObjectName::PublicContent)?.post(FOLLOW_PATH, user).await.map(drop)
}

/// Opens a socket on the content feed. `after` is the id of the last row that the watcher has. `follows`:
/// there may be rows that are everyone's, and the watcher is to be told of them.
///
/// # Errors
///
/// `unavailable` if the feed cannot be reached.
pub async fn watch_content(
    env: &Env,
    watcher: &Watcher,
    after: Option<&str>,
    follows: bool,
) -> Result<Response, ApiError> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(after.map(|after| ("after", after)));
    query.extend_pairs(follows.then_some(("follows", "")));
    let path = format!("{LIVE_PATH}?{}", query.finish());
    let feed = ObjectName::Content(watcher.user_id.clone());
    Address::of(env, &feed)?.upgrade(&path, watcher.offers).await
}

/// Opens a socket on a feed of tasks, for a watcher that has all changes before `since`. The caller has
/// checked that the watcher may see it.
///
/// # Errors
///
/// `unavailable` if the feed cannot be reached.
pub async fn watch(
    env: &Env,
    feed: &ObjectName,
    since: Option<Millis>,
    watcher: &Watcher,
) -> Result<Response, ApiError> {
    let since = since.map(|since| format!("?since={since}")).unwrap_or_default();
    Address::of(env, feed)?.upgrade(&format!("{LIVE_PATH}{since}"), watcher.offers).await
}
