//! The second safety net: what no room and no request takes care of any more.
//!
//! A start that died before the provider's answer leaves rows that nobody will ever settle; a room
//! that could not be reached when its task was started has no alarm. Every minute, a page of the
//! tasks is gone through for both.

use crate::api::start::settle;
use crate::domain::task::{START_LOST, Task, TaskError};
use crate::domain::time::{MINUTE, Millis};
use crate::error::ApiError;
use crate::platform::{config, note, now};
use crate::provider::mynth::client::Client;
use crate::room::client::Room;
use crate::store::d1::Store;
use worker::Env;

/// A start is given this long to get through by itself.
const START_PATIENCE: Millis = 2 * MINUTE;

/// A room is given this long before it is asked whether it has an alarm: twice its own longest pause.
const ROOM_PATIENCE: Millis = 10 * MINUTE;

/// Goes through one page. What fails now is found again on the next way through.
pub async fn sweep(env: &Env) -> Result<(), ApiError> {
    let store = Store::new(env)?;
    let page = store.sweep_page(now() - START_PATIENCE, now() - ROOM_PATIENCE).await?;
    for task in &page.unsettled {
        let settled = match task.task_id.is_empty() {
            true => find_start(env, &store, task).await,
            false => Room::of(env, &task.task_id)?.wake(task).await,
        };
        if let Err(error) = settled {
            note("sweep", format_args!("{}: {error}", task.key));
        }
    }
    if page.is_last {
        store.forget_keys(now()).await?;
    }
    store.sweep_on(&page).await
}

/// A start without an answer: attached if the provider has it, failed if not.
async fn find_start(env: &Env, store: &Store, task: &Task) -> Result<(), ApiError> {
    let client = Client::new(&config(env))?;
    if settle(env, store, &client, task).await?.is_some() {
        note("sweep", format_args!("{}: found at the provider", task.key));
        return Ok(());
    }
    let lost = TaskError::new(START_LOST, "The provider has no such task: it was never started.");
    store.give_up_start(task, task.error.as_ref().unwrap_or(&lost), now()).await
}
