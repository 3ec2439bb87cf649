//! The content feed: every row, to everyone who may see it, once and in the order of arrival.
//!
//! The feed keeps nothing but how far each socket has come, and D1 says in what order rows came in.
//! Whoever has a new row says only that there is one; what is sent is read from there. So a row that
//! was told of late is not skipped, and one that was told of twice is not sent twice.

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

/// Rows that are read at once. One may be a megabyte.
const PAGE: u32 = 25;

/// What waits in a socket that nobody reads from yet is in this object's memory, and all users share it.
const BACKLOG_BYTES: usize = 4 * 1024 * 1024;

/// What a socket keeps while the object sleeps.
#[derive(Serialize, Deserialize)]
struct Watcher {
    user: String,
    /// The last row that it has been shown, or was not for it.
    seq: u64,
    /// It gets no more on this socket.
    #[serde(default)]
    has_enough: bool,
}

/// Sends every watcher what has come in since it was sent something. One at a time, so that rows stay
/// in order.
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
        // Who is further back has joined meanwhile, and misses what is before this page: it waits for
        // a turn of its own. Or it does not take its rows, and must not keep the others waiting.
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

/// Sends a watcher what there is for it: how many bytes. None: it cannot be sent to any more.
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

/// Accepts a watcher. It is sent what came in after the row that it names, or from now on.
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

/// Sends a watcher who comes back after long what it has missed, by itself: the others go on meanwhile.
/// False: there is more than can be sent at once.
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

/// The answer to a watcher or a room that got nothing.
pub fn refused(error: &ApiError) -> Result<Response> {
    Ok(Response::from_bytes(error.body().into_bytes())?.with_status(error.status()))
}
