//! The second safety net: what no room and no request takes care of any more.
//!
//! A start that died before the provider's answer leaves rows that nobody will ever settle; a room
//! that could not be reached when its task was started has no alarm. Every minute, a page of the
//! tasks is gone through for both.

use super::lost::{Settled, settle};
use super::wiring::with_ports;
use crate::domain::task::{START_LOST, Task};
use crate::domain::time::{MINUTE, Millis};
use crate::error::ApiError;
use crate::log::{Line, What};
use crate::platform::{log, log_line, now};
use worker::Env;

/// A start is given this long to get through by itself.
const START_PATIENCE: Millis = 2 * MINUTE;

/// A room is given this long before it is asked whether it has an alarm: twice its own longest pause.
const ROOM_PATIENCE: Millis = 10 * MINUTE;

/// Goes through one page. What fails now is found again on the next way through.
///
/// # Errors
///
/// D1 is away.
pub async fn sweep(env: &Env) -> Result<(), ApiError> {
    with_ports(env, async |ports| {
        let store = ports.rows;
        let page = store.sweep_page(now() - START_PATIENCE, now() - ROOM_PATIENCE).await?;
        for task in &page.unsettled {
            match settle(&ports, task).await {
                Ok(Settled::Woken) => {}
                Ok(Settled::Found) => log_start(What::StartFound, task),
                Ok(Settled::GivenUp) => log_start(What::StartGivenUp, task),
                Err(error) => log("sweep", format_args!("{}: {error}", task.key)),
            }
        }
        if page.is_last {
            store.forget_keys(now()).await?;
        }
        store.sweep_on(&page).await
    })
    .await
}

fn log_start(event: What, task: &Task) {
    let reason = match event {
        What::StartFound => "Its answer was lost, and the provider has the task.",
        _ => "It had no answer, and the provider is not known to have the task.",
    };
    log_line(&Line {
        event,
        provider: &task.provider,
        id: Some(task.key.as_str()),
        code: task.error.as_ref().map_or(START_LOST, |error| error.code.as_str()),
        reason,
    });
}
