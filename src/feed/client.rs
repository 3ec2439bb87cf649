//! The client for feeds, used by rooms and the API.

use super::shown_on::feeds_of;
use crate::domain::task::Task;
use crate::domain::task::frame::task_frame;
use crate::domain::time::Millis;
use crate::error::ApiError;
use crate::object::address::Address;
use crate::object::name::ObjectName;
use crate::object::watcher::{LIVE_PATH, Watcher};
use std::time::Duration;
use worker::{Env, Response};

/// The path of a published frame. Its query has the `task` and the `version`.
const PUBLISH_PATH: &str = "/publish";

/// Deadline for publishing to the feeds.
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

/// Tells the content feed that there is a new row.
///
/// # Errors
///
/// `unavailable` if the feed cannot be reached, or cannot read D1.
pub async fn poke_content(env: &Env) -> Result<(), ApiError> {
    Address::of(env, &ObjectName::Content)?.post(PUBLISH_PATH, "").await.map(drop)
}

/// Opens a socket on the content feed. `after` is the id of the last row that the watcher has.
///
/// # Errors
///
/// `unavailable` if the feed cannot be reached.
pub async fn watch_content(
    env: &Env,
    watcher: &Watcher,
    after: Option<&str>,
) -> Result<Response, ApiError> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("user", &watcher.user_id);
    if let Some(after) = after {
        query.append_pair("after", after);
    }
    let path = format!("{LIVE_PATH}?{}", query.finish());
    Address::of(env, &ObjectName::Content)?.upgrade(&path, watcher.offers).await
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
