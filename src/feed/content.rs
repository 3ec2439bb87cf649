//! The content feed: every row, to every watcher who may see it, once and in order of arrival.
//!
//! Each socket keeps the sequence number of the last row that it was sent. A room only pokes the feed,
//! which then reads the new rows from D1. So a late poke skips no row, and a repeated one sends no row
//! twice.

use super::full::{close_soon, is_open};
use crate::domain::channel::frame::content_frame;
use crate::domain::owner::may_see;
use crate::error::{ApiError, Issue};
use crate::platform::{log, with_deadline};
use crate::url::query;

use crate::object::socket::accept;
use crate::store::content::Placed;
use crate::store::{D1_DEADLINE, Store};
use futures_util::lock::Mutex;
use serde::{Deserialize, Serialize};
use worker::{Env, Request, Response, Result, State, WebSocket};

/// Rows that are read at once. One row may be a megabyte.
const PAGE: u32 = 25;

/// Most bytes that are queued in a new socket. The queue is in this object's memory, which all users
/// share.
const BACKLOG_BYTES: usize = 4 * 1024 * 1024;

/// What a socket keeps while the object sleeps.
#[derive(Serialize, Deserialize)]
struct Watcher {
    user: String,
    /// The sequence number of the last row that was sent or filtered out.
    seq: u64,
    /// Its backlog limit is reached: the socket is about to be closed.
    #[serde(default)]
    has_enough: bool,
}

/// Sends every watcher its new rows. `turn` serializes the calls, so that rows stay in order.
///
/// # Errors
///
/// `unavailable` if D1 fails, `internal_error` if a row cannot be read.
pub async fn catch_up(
    state: &State,
    env: &Env,
    turn: &Mutex<()>,
) -> std::result::Result<(), ApiError> {
    let _turn = turn.lock().await;
    let store = Store::new(env)?;
    let behind = watchers(state).iter().map(|(_, watcher)| watcher.seq).min();
    let Some(mut from) = behind else { return Ok(()) };
    loop {
        let page = with_deadline(D1_DEADLINE, store.content_after(from, PAGE)).await?;
        let Some(last) = page.last() else { return Ok(()) };
        // A watcher that is further behind has joined meanwhile and gets a turn of its own, or it
        // cannot be sent to. It must not hold up the others.
        let up_to_here = |(_, watcher): &(WebSocket, Watcher)| watcher.seq >= from;
        for (socket, mut watcher) in watchers(state).into_iter().filter(up_to_here) {
            if show(&socket, &mut watcher, &page).is_some() {
                keep(&socket, &watcher);
            }
        }
        from = last.seq;
        if page.len() < PAGE as usize {
            return Ok(());
        }
    }
}

/// Sends a watcher the rows of the page that it may see, and returns their bytes. `None`: the socket is
/// closed.
fn show(socket: &WebSocket, watcher: &mut Watcher, page: &[Placed]) -> Option<usize> {
    let (from, mut bytes) = (watcher.seq, 0);
    for Placed { seq, content } in page.iter().filter(|row| row.seq > from) {
        if may_see(content.user_id.as_deref(), &watcher.user) {
            let frame = content_frame(content);
            socket.send_with_str(&frame).ok()?;
            bytes += frame.len();
        }
        watcher.seq = *seq;
    }
    Some(bytes)
}

fn keep(socket: &WebSocket, watcher: &Watcher) {
    if let Err(error) = socket.serialize_attachment(watcher) {
        log("feed", error);
    }
}

/// The sockets that can be sent to. One that is closing has no more rows coming: whoever it was comes
/// back with the last row it has.
fn watchers(state: &State) -> Vec<(WebSocket, Watcher)> {
    of_watchers(state).filter(|(_, watcher)| !watcher.has_enough).collect()
}

fn of_watchers(state: &State) -> impl Iterator<Item = (WebSocket, Watcher)> {
    let watcher = |socket: WebSocket| {
        let watcher = socket.deserialize_attachment::<Watcher>().ok().flatten()?;
        Some((socket, watcher))
    };
    state.get_websockets().into_iter().filter(is_open).filter_map(watcher)
}

/// Accepts a watcher. It gets the rows after `after`, or only new rows without it.
pub async fn watch(
    state: &State,
    env: &Env,
    turn: &Mutex<()>,
    request: &Request,
) -> Result<Response> {
    let url = request.inner().url();
    let user = query::value(&url, "user").unwrap_or_default();
    let seq = match start(env, &user, query::value(&url, "after")).await {
        Ok(seq) => seq,
        Err(error) => return refused(&error),
    };
    let accepted = accept(state)?;
    let mut watcher = Watcher { user, seq, has_enough: false };
    let joined = match alone(env, &accepted.socket, &mut watcher).await {
        Ok(true) => {
            keep(&accepted.socket, &watcher);
            catch_up(state, env, turn).await
        }
        Ok(false) => {
            watcher.has_enough = true;
            keep(&accepted.socket, &watcher);
            close_soon(state).await
        }
        Err(error) => Err(error),
    };
    match joined {
        Ok(()) => accepted.response(request),
        Err(error) => {
            accepted.socket.close(Some(1011), Some("try again"))?;
            refused(&error)
        }
    }
}

/// Sends a reconnected watcher what it has missed, outside of `turn`, so that the others need not wait.
/// `false`: the backlog limit is reached.
async fn alone(
    env: &Env,
    socket: &WebSocket,
    watcher: &mut Watcher,
) -> std::result::Result<bool, ApiError> {
    let store = Store::new(env)?;
    let mut bytes = 0;
    loop {
        let page = with_deadline(D1_DEADLINE, store.content_after(watcher.seq, PAGE)).await?;
        let Some(sent) = show(socket, watcher, &page) else { return Ok(true) };
        bytes += sent;
        if page.len() < PAGE as usize {
            return Ok(true);
        }
        if bytes > BACKLOG_BYTES {
            return Ok(false);
        }
    }
}

async fn start(env: &Env, user: &str, after: Option<String>) -> std::result::Result<u64, ApiError> {
    let store = Store::new(env)?;
    let Some(after) = after else { return with_deadline(D1_DEADLINE, store.last_seq()).await };
    let unknown = || ApiError::validation(vec![Issue::new("after", "is not the id of a row")]);
    with_deadline(D1_DEADLINE, store.seq_of(&after, user)).await?.ok_or_else(unknown)
}

/// The error answer to a watcher or a room.
pub fn refused(error: &ApiError) -> Result<Response> {
    Ok(Response::from_bytes(error.body().into_bytes())?.with_status(error.status()))
}
