//! Erasing all that a user has: `DELETE /users/me` asks for it, and the sweep goes on until it is done.

use crate::domain::channel::erase::Gone;
use crate::domain::retention::Table;
use crate::domain::task::Task;
use crate::domain::task::erase::{Rows, word_before_erasing};
use crate::domain::time::{DAY, MINUTE, Millis};
use crate::error::ApiError;
use crate::feed::books;
use crate::platform::{log_error, now};
use crate::room::channel::client::ChannelClient;
use crate::room::task::client::TaskClient;
use crate::store::Store;
use crate::store::erase::Erasure;
use futures_util::future::{join_all, try_join_all};
use worker::Env;

/// Users who are erased in one run, rows that are read at once, and rooms that one run asks: the runtime
/// allows an invocation a thousand calls.
const MOST_USERS: u32 = 20;
const PAGE: u32 = 50;
const MOST_ROOMS: usize = 300;

/// Calls that are under way at once: the connections that the runtime allows.
const SIDE_BY_SIDE: usize = 6;

/// Age of rows whose rooms are gone, and whose providers send no webhook any more.
const ROOMLESS: Millis = 10 * DAY;

/// A start is given this long to get through: before that its task has no id and no room to be erased in.
const START_PATIENCE: Millis = 5 * MINUTE;

/// Erases what users want gone, until the time `until`. The next run goes on.
///
/// # Errors
///
/// `unavailable` if D1 fails.
pub async fn erase_users(env: &Env, until: Millis) -> Result<(), ApiError> {
    let store = Store::new(env)?;
    let mut run = Run { env, store: &store, until, rooms: MOST_ROOMS };
    for erasure in store.erasures(MOST_USERS).await? {
        if run.is_over() {
            break;
        }
        // One whose rooms cannot be reached does not hold up the others.
        if let Err(error) = run.erase(&erasure).await {
            log_error("erasing", error);
        }
    }
    Ok(())
}

struct Run<'a> {
    env: &'a Env,
    store: &'a Store,
    until: Millis,
    /// How many rooms may still be asked.
    rooms: usize,
}

impl Run<'_> {
    fn is_over(&self) -> bool {
        self.rooms == 0 || now() >= self.until
    }

    async fn erase(&mut self, erasure: &Erasure) -> Result<(), ApiError> {
        self.without_rooms(erasure).await?;
        let tasks_are_gone = self.tasks(erasure).await?;
        if self.channels(erasure).await? && tasks_are_gone {
            // With the intents goes all that is known of channels whose start had no answer.
            books::erased(self.env, &erasure.user_id, erasure.before).await?;
            self.store.end_erasure(erasure).await?;
        }
        Ok(())
    }

    /// Deletes what is so old that it has no room.
    async fn without_rooms(&self, erasure: &Erasure) -> Result<(), ApiError> {
        let before = erasure.before.min(now() - ROOMLESS);
        let owner = [Some(erasure.user_id.as_str())];
        for table in Table::ALL {
            while !self.is_over()
                && self.store.delete_old(table, &owner, before, PAGE as usize).await? > 0
            {
            }
        }
        Ok(())
    }

    /// Erases tasks: whether all are gone.
    async fn tasks(&mut self, erasure: &Erasure) -> Result<bool, ApiError> {
        let (mut after, mut are_gone) = (String::new(), true);
        while !self.is_over() {
            let tasks = self.store.tasks_before(erasure, &after, PAGE).await?;
            for some in tasks.chunks(SIDE_BY_SIDE) {
                let erased = join_all(some.iter().map(|task| self.task(task))).await;
                for is_gone in erased {
                    are_gone &= is_gone?;
                }
                self.rooms = self.rooms.saturating_sub(some.len());
            }
            match tasks.last().filter(|_| tasks.len() == PAGE as usize) {
                Some(last) => after = last.key.to_string(),
                None => return Ok(are_gone),
            }
        }
        Ok(false)
    }

    /// Erases a task: whether it is gone. One that is still searched for at its provider is not yet.
    async fn task(&self, task: &Task) -> Result<bool, ApiError> {
        let rows = Rows::from(task);
        if task.task_id.is_some() {
            gone(TaskClient::of(self.env, task.id())?.erase(rows).await?)?;
            return Ok(true);
        }
        // It has no room, so it is told here what it comes to.
        let word =
            word_before_erasing(task, now()).filter(|_| task.created_at < now() - START_PATIENCE);
        let Some(word) = word else { return Ok(false) };
        books::tell(self.env, &task.user_id, vec![word]).await?;
        self.store.delete_task(&rows).await?;
        Ok(true)
    }

    /// Erases channels and their content: whether all are gone.
    async fn channels(&mut self, erasure: &Erasure) -> Result<bool, ApiError> {
        while !self.is_over() {
            let channels = self.store.channels_before(erasure, PAGE).await?;
            let is_last = channels.len() < PAGE as usize;
            for some in channels.chunks(SIDE_BY_SIDE) {
                let erase = |id: &String| self.channel(id.clone(), erasure.user_id.clone());
                try_join_all(some.iter().map(erase)).await?;
                self.rooms = self.rooms.saturating_sub(some.len());
            }
            if is_last {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn channel(&self, channel_id: String, user_id: String) -> Result<(), ApiError> {
        let channel = ChannelClient::of(self.env, &channel_id)?;
        gone(channel.erase(Gone { channel_id, content_id: None, user_id }).await?)
    }
}

/// While D1 has the rows still, the erasure is not over.
fn gone(is_gone: bool) -> Result<(), ApiError> {
    if is_gone { Ok(()) } else { Err(ApiError::unavailable()) }
}
