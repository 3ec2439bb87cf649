//! How rooms and the Worker reach a feed.

use super::name::Feed;
use crate::api::live::Watcher;
use crate::domain::frame::task_frame;
use crate::domain::task::Task;
use crate::domain::time::Millis;
use crate::error::ApiError;
use crate::object::Address;
use worker::{Env, Response};

/// Path of a frame for every watcher of a feed. Its query names the `task` and the `version`.
const PUBLISH_PATH: &str = "/publish";
/// Path of a watcher's upgrade.
pub const LIVE_PATH: &str = "/live";

fn address(env: &Env, feed: &Feed) -> Result<Address, ApiError> {
    Address::of(env, "FEEDS", feed.to_string())
}

/// Shows `task` as it is now on every feed that it belongs to.
pub async fn publish(env: &Env, task: &Task) -> Result<(), ApiError> {
    let frame = task_frame(task);
    let path = format!("{PUBLISH_PATH}?task={}&version={}", task.task_id, task.version);
    for feed in Feed::of(task) {
        address(env, &feed)?.post(&path, &frame).await?;
    }
    Ok(())
}

/// Tells the content feed that there is a new row.
pub async fn poke_content(env: &Env) -> Result<(), ApiError> {
    address(env, &Feed::Content)?.post(PUBLISH_PATH, "").await.map(drop)
}

/// Opens a socket on the content feed, from the row on that the watcher has.
pub async fn watch_content(
    env: &Env,
    watcher: &Watcher,
    after: Option<&str>,
) -> Result<Response, ApiError> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("user", watcher.viewer.user_id());
    if let Some(after) = after {
        query.append_pair("after", after);
    }
    let path = format!("{LIVE_PATH}?{}", query.finish());
    address(env, &Feed::Content)?.upgrade(&path, watcher.offers).await
}

/// Opens a socket on a feed, for a watcher who has seen what changed before `since`. Who may see it
/// has been decided.
pub async fn watch(
    env: &Env,
    feed: &Feed,
    since: Option<Millis>,
    watcher: &Watcher,
) -> Result<Response, ApiError> {
    let since = since.map(|since| format!("?since={since}")).unwrap_or_default();
    address(env, feed)?.upgrade(&format!("{LIVE_PATH}{since}"), watcher.offers).await
}
