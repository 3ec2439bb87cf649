//! The client for feeds, used by rooms and the API.

use super::books::is_kept;
use super::newest::ERASED;
use super::shown_on::feeds_of;
use crate::domain::channel::erase::Gone;
use crate::domain::channel::frame as content;
use crate::domain::task::Task;
use crate::domain::task::erase::Rows;
use crate::domain::task::frame::{erased_frame, task_frame};
use crate::domain::time::Millis;
use crate::domain::usage::word::Word;
use crate::error::ApiError;
use crate::object::address::Address;
use crate::object::name::ObjectName;
use crate::object::watcher::Watcher;
use std::collections::BTreeSet;
use std::time::Duration;
use worker::{Env, Response};

/// Path of a frame for every watcher of a feed. Its query names the `task` and the `version`. Content
/// feeds are told without a frame.
const PUBLISH_PATH: &str = "/publish";

/// Path, at a content feed, of a frame for every watcher: something was erased.
pub const ERASED_PATH: &str = "/erased";

/// Path, at the feed of public rows, of a user whose feed is to be told of them.
pub const FOLLOW_PATH: &str = "/follow";

/// What a feed answers that has no sockets.
pub const NOBODY: &str = "nobody";

/// How long whoever changes something waits for the feeds.
pub const FEED_DEADLINE: Duration = Duration::from_secs(1);

/// The field of its query with the word on the task, for the user's book.
pub const WORD: &str = "word";

/// Publishes the current state of `task` to each of its feeds. The user's own keeps the user's book, and is
/// told how the start stands: it answers once that is entered.
///
/// # Errors
///
/// `unavailable` if a feed cannot be reached.
pub async fn publish(env: &Env, task: &Task) -> Result<(), ApiError> {
    let frame = task_frame(task);
    let path = format!("{PUBLISH_PATH}?task={}&version={}", task.id(), task.version);
    for feed in feeds_of(&task.user_id, task.batch_id.as_deref()) {
        let word = matches!(feed, ObjectName::UserTasks(_)) && is_kept(env);
        let path = if word { format!("{path}&{}", word_of(task)) } else { path.clone() };
        Address::of(env, &feed)?.tell(&path, &frame).await?;
    }
    Ok(())
}

fn word_of(task: &Task) -> String {
    let word = serde_json::to_string(&Word::of(task)).expect("a word is plain JSON");
    form_urlencoded::Serializer::new(String::new()).append_pair(WORD, &word).finish()
}

/// Tells the feeds of a task that it was erased. Its version is above any other: what a feed is reading
/// from D1 meanwhile is not shown after this.
///
/// # Errors
///
/// `unavailable` if a feed cannot be reached.
pub async fn publish_erased(env: &Env, rows: &Rows) -> Result<(), ApiError> {
    let path = format!("{PUBLISH_PATH}?task={}&version={ERASED}", rows.task_id);
    let frame = erased_frame(&rows.task_id);
    for feed in feeds_of(&rows.user_id, rows.batch_id.as_deref()) {
        Address::of(env, &feed)?.tell(&path, &frame).await?;
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
        Address::of(env, &feed)?.tell(PUBLISH_PATH, "").await?;
    }
    Ok(())
}

/// Shows the watchers of the owner's content feed what was erased.
///
/// # Errors
///
/// `unavailable` when the feed does not hear.
pub async fn show_erased(env: &Env, gone: &Gone) -> Result<(), ApiError> {
    let feed = Address::of(env, &ObjectName::Content(gone.user_id.clone()))?;
    feed.tell(ERASED_PATH, &content::erased_frame(gone)).await.map(drop)
}

/// Tells the content feed of a user that there is a new row: whether anybody watches.
///
/// # Errors
///
/// `unavailable` when it does not hear.
pub async fn poke_follower(env: &Env, user: String) -> Result<bool, ApiError> {
    let answer = Address::of(env, &ObjectName::Content(user))?.tell(PUBLISH_PATH, "").await?;
    Ok(answer != NOBODY)
}

/// Asks for the feed of this user to be told of public rows, while it has sockets.
///
/// # Errors
///
/// `unavailable` when the feed of public rows cannot be reached.
pub async fn follow(env: &Env, user: &str) -> Result<(), ApiError> {
    Address::of(env, &ObjectName::PublicContent)?.tell(FOLLOW_PATH, user).await.map(drop)
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
    let feed = ObjectName::Content(watcher.user_id.clone());
    let after = after.map(|after| ("after", after));
    let follows = follows.then_some(("follows", ""));
    let of: Vec<_> = after.into_iter().chain(follows).collect();
    Address::of(env, &feed)?.upgrade(&watcher.path(&of), watcher.offers).await
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
    let since = since.map(|since| since.to_string());
    let since = since.as_deref().map(|since| ("since", since));
    Address::of(env, feed)?.upgrade(&watcher.path(since.as_slice()), watcher.offers).await
}
