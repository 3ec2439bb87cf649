//! How rooms and the Worker reach a feed.

use super::name::Feed;
use crate::api::live::Watcher;
use crate::domain::frame::task_frame;
use crate::domain::task::Task;
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

/// Opens a socket on a feed. Who may see it has been decided.
pub async fn watch(env: &Env, feed: &Feed, watcher: &Watcher) -> Result<Response, ApiError> {
    address(env, feed)?.upgrade(LIVE_PATH, watcher.offers).await
}
