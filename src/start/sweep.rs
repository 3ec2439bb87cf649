//! The sweep settles tasks that no room and no request takes care of.
//!
//! A process that dies before the provider's answer leaves pending rows. A room that could not be
//! reached at the start has no alarm. Every minute, one page of the tasks is searched for both.

use super::lost::{Settled, settle};
use super::wiring::with_ports;
use crate::domain::time::{MINUTE, Millis};
use crate::error::ApiError;
use crate::platform::{log, now};
use worker::Env;

/// How long a start may take before the sweep settles it.
const START_PATIENCE: Millis = 2 * MINUTE;

/// Age of a task before its room is woken: twice the longest interval of its polls.
const ROOM_PATIENCE: Millis = 10 * MINUTE;

/// Sweeps one page. A task that cannot be settled is found again by a later sweep.
///
/// # Errors
///
/// `unavailable` if D1 fails.
pub async fn sweep(env: &Env) -> Result<(), ApiError> {
    with_ports(env, async |ports| {
        let store = ports.rows;
        let page = store.sweep_page(now() - START_PATIENCE, now() - ROOM_PATIENCE).await?;
        for task in &page.unsettled {
            match settle(&ports, task).await {
                Ok(Settled::Found) => {
                    log("sweep", format_args!("{}: found at the provider", task.key));
                }
                Ok(Settled::Woken | Settled::GivenUp) => {}
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
