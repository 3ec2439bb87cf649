//! The sweep settles tasks that no room and no request takes care of.
//!
//! A process that dies before the provider's answer leaves pending rows. A room that could not be
//! reached at the start has no alarm. Every minute, both are found by an index of what is unsettled. One
//! sweep runs at a time, and ends within 45 s.

use super::lost::{Settled, settle_lost};
use super::ports::{Clock, Ports, Rooms, SIDE_BY_SIDE};
use super::wiring::{RoomClients, Runtime, with_ports};
use crate::domain::channel::schedule::DEADLINE;
use crate::domain::task::{START_LOST, Task};
use crate::domain::time::{MINUTE, Millis, SECOND};
use crate::erase::old::delete_old;
use crate::erase::user::erase_users;
use crate::error::ApiError;
use crate::log::{Line, What};
use crate::platform::{config, log, log_line, now};
use crate::provider::http::Http;
use crate::store::Store;
use futures_util::future::join_all;
use worker::Env;

/// How long one sweep may take: the next one is due after a minute.
const LONGEST: Millis = 45 * SECOND;

/// A start is given this long to get through by itself.
const START_PATIENCE: Millis = 2 * MINUTE;

/// Age of a task, or of a channel that should be over, before its room is woken: twice the longest interval of its polls.
const ROOM_PATIENCE: Millis = 10 * MINUTE;

/// What one sweep takes care of, of each sort.
const MOST_LOST: u32 = 200;
const MOST_WOKEN: u32 = 50;
const MOST_FORGOTTEN: u32 = 1000;

/// Pages of keys in one sweep: with fewer, more than that might be claimed between two sweeps.
const KEY_PAGES: usize = 10;

type Wired<'a> = Ports<'a, Store, Http<'a>, RoomClients<'a>, Runtime>;

/// Sweeps, unless another sweep has the turn. What fails now is found again.
///
/// # Errors
///
/// `unavailable` if D1 fails.
pub async fn sweep(env: &Env) -> Result<(), ApiError> {
    with_ports(env, async |ports| {
        let until = now() + LONGEST;
        let Some(mut turn) = ports.rows.take_turn(now(), until).await? else { return Ok(()) };
        let lost = ports.rows.lost(now() - START_PATIENCE, MOST_LOST).await?;
        for (task, settled) in lost.iter().zip(settle_lost(&ports, &lost, until).await) {
            log_start(task, &settled);
        }
        wake_channels(&ports).await?;
        turn.woken_after = wake_tasks(&ports, &turn.woken_after, until).await?;
        erase_users(env, until).await?;
        match config(env).retention() {
            Ok(Some(kept)) => {
                let before = now() - kept;
                turn.retained_after =
                    delete_old(ports.rows, &turn.retained_after, before, until).await?;
            }
            Ok(None) => turn.retained_after.clear(),
            // Nothing is deleted by guess.
            Err(error) => log("sweep", error),
        }
        ports.rows.forget_deliveries(now()).await?;
        ports.rows.forget_intents(now(), MOST_FORGOTTEN).await?;
        ports.rows.forget_events(now()).await?;
        // Keys have no index by time: they are gone through, some at a time.
        for _ in 0..KEY_PAGES {
            if now() >= until || !ports.rows.forget_keys(now(), MOST_FORGOTTEN).await? {
                break;
            }
        }
        ports.rows.end_turn(&turn).await
    })
    .await
}

/// Wakes rooms that may have no alarm: the key of the last task, or `""` after the last of all.
async fn wake_tasks(ports: &Wired<'_>, after: &str, until: Millis) -> Result<String, ApiError> {
    let pending = ports.rows.pending(after, now() - ROOM_PATIENCE, MOST_WOKEN).await?;
    let mut last = after.to_owned();
    for some in pending.chunks(SIDE_BY_SIDE) {
        if ports.clock.now() >= until {
            return Ok(last);
        }
        let woken = join_all(some.iter().map(|task| ports.rooms.wake(task))).await;
        for (task, woken) in some.iter().zip(woken) {
            if let Err(error) = woken {
                log("sweep", format_args!("{}: {error}", task.key));
            }
            task.key.as_str().clone_into(&mut last);
        }
    }
    Ok(if pending.len() < MOST_WOKEN as usize { String::new() } else { last })
}

/// Hands channels to their rooms again that should be over by now. A room that has an alarm settles its
/// channel itself, a little earlier.
async fn wake_channels(ports: &Wired<'_>) -> Result<(), ApiError> {
    let started = now() - DEADLINE - ROOM_PATIENCE;
    for channel in ports.rows.pending_channels(started, MOST_WOKEN).await? {
        let id = channel.channel_id.clone();
        if let Err(error) = ports.rooms.attach_channel(channel).await {
            log("sweep", format_args!("{id}: {error}"));
        }
    }
    Ok(())
}

fn log_start(task: &Task, settled: &Result<Settled, ApiError>) {
    let event = match settled {
        Ok(Settled::Found) => What::StartFound,
        Ok(Settled::GivenUp) => What::StartGivenUp,
        Ok(Settled::Open) => return log("sweep", format_args!("{}: not all was seen", task.key)),
        Err(error) => return log("sweep", format_args!("{}: {error}", task.key)),
    };
    log_line(&Line {
        event,
        provider: &task.provider,
        id: Some(task.key.as_str()),
        code: task.error.as_ref().map_or(START_LOST, |error| error.code.as_str()),
        reason: "The start was cut off, or had no answer.",
    });
}
