//! The content feed of one user: every row that the user may see, once and in order of arrival.
//!
//! Each socket keeps the sequence number of the last row that it was sent. A room only pokes the feed,
//! which then reads the new rows from D1. So a late poke skips no row, and a repeated one sends no row
//! twice.

use super::client::{FEED_DEADLINE, NOBODY, follow};
use super::full::close_soon;
use crate::domain::channel::frame::content_frame;
use crate::domain::list::PAGE_BYTES;
use crate::error::{ApiError, Issue};
use crate::object::alarm::admit;
use crate::object::instance::Instance;
use crate::object::socket::{self, accept_of_user, kept, open_sockets};
use crate::platform::{log, with_deadline};
use crate::store::content::Placed;
use crate::store::{D1_DEADLINE, Store};
use crate::url::query;
use futures_util::lock::Mutex;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use worker::{Env, Error, Request, Response, Result, WebSocket};

/// Most bytes that a reconnected watcher is sent on one socket, unless one row is larger. They are queued
/// in this object's memory before the upgrade is answered.
const BACKLOG_BYTES: u32 = PAGE_BYTES;

/// How long a reconnected watcher waits while others are sent what they missed. Then it is told to
/// reconnect.
const TURN_DEADLINE: Duration = Duration::from_secs(5);

/// What a socket keeps while the object sleeps.
#[derive(Serialize, Deserialize)]
struct Watcher {
    /// The sequence number of the last row that was sent.
    seq: u64,
    /// Its backlog limit is reached: the socket is about to be closed.
    #[serde(default)]
    has_enough: bool,
}

/// Locks that let one read of D1 run at a time.
#[derive(Default)]
pub struct Turns {
    /// Sending new rows, so that they stay in order.
    news: Mutex<()>,
    /// Sending a watcher what it missed: each page is in memory several times.
    missed: Mutex<()>,
}

/// The feed, while it handles an event of the runtime.
pub struct ContentFeed<'a> {
    pub user: &'a str,
    pub state: &'a Instance,
    pub env: &'a Env,
    pub turns: &'a Turns,
}

impl ContentFeed<'_> {
    /// Handles a poke: there is a new row. Answers [`NOBODY`] if there are no sockets.
    pub async fn poked(&self) -> Result<String> {
        // A socket that is still joining counts.
        if open_sockets(self.state).is_empty() {
            return Ok(NOBODY.to_owned());
        }
        self.catch_up().await.map(|()| String::new()).map_err(failure)
    }

    /// Sends every watcher its new rows.
    async fn catch_up(&self) -> std::result::Result<(), ApiError> {
        let _turn = self.turns.news.lock().await;
        let store = Store::new(self.env)?;
        let behind = self.watchers().iter().map(|(_, watcher)| watcher.seq).min();
        let Some(mut from) = behind else { return Ok(()) };
        loop {
            let read = store.content_after(self.user, from, PAGE_BYTES);
            let page = with_deadline(D1_DEADLINE, read).await?;
            let Some(last) = page.rows.last() else { return Ok(()) };
            // A watcher that is further behind has joined meanwhile and gets a turn of its own, or it
            // cannot be sent to. It must not hold up the others.
            let up_to_here = |(_, watcher): &(WebSocket, Watcher)| watcher.seq >= from;
            for (socket, mut watcher) in self.watchers().into_iter().filter(up_to_here) {
                if show(&socket, &mut watcher, &page.rows).is_some() {
                    keep(&socket, &watcher);
                }
            }
            from = last.seq;
            if !page.is_more {
                return Ok(());
            }
        }
    }

    /// Accepts a watcher. It gets the rows after `after`, or only new rows without it.
    pub async fn watch(&self, request: &Request) -> Result<Response> {
        let url = request.inner().url();
        let (after, follows) = (query::value(&url, "after"), query::value(&url, "follows"));
        let seq = match self.place(after.as_deref()).await {
            Ok(seq) => seq,
            Err(error) => return refused(&error),
        };
        let accepted = match accept_of_user(self.state, request)? {
            Ok(accepted) => accepted,
            Err(error) => return refused(&error),
        };
        match self.join(&accepted.socket, seq, (after.is_some(), follows.is_some())).await {
            Ok(()) => admit(self.state, accepted, request).await,
            Err(error) => {
                socket::close(self.state, &accepted.socket, 1011, "try again")?;
                refused(&error)
            }
        }
    }

    /// Where a watcher begins: at the row that it has, or now.
    async fn place(&self, after: Option<&str>) -> std::result::Result<u64, ApiError> {
        let store = Store::new(self.env)?;
        let Some(after) = after else { return with_deadline(D1_DEADLINE, store.last_seq()).await };
        let unknown = || ApiError::validation(vec![Issue::new("after", "is not the id of a row")]);
        with_deadline(D1_DEADLINE, store.seq_of(after, self.user)).await?.ok_or_else(unknown)
    }

    /// Makes an open socket a watcher.
    async fn join(
        &self,
        socket: &WebSocket,
        seq: u64,
        (comes_back, follows): (bool, bool),
    ) -> std::result::Result<(), ApiError> {
        // Follow first, where rows are made public: public rows from now on poke this object, and earlier ones are read below.
        if follows {
            with_deadline(FEED_DEADLINE, follow(self.env, self.user)).await?;
        }
        let mut watcher = Watcher { seq, has_enough: false };
        if comes_back && !self.catch_up_alone(socket, &mut watcher).await? {
            watcher.has_enough = true;
            keep(socket, &watcher);
            return close_soon(self.state).await;
        }
        keep(socket, &watcher);
        self.catch_up().await
    }

    /// Sends a reconnected watcher what it has missed, without holding up the others. `false`: there is
    /// more than can be sent at once.
    async fn catch_up_alone(
        &self,
        socket: &WebSocket,
        watcher: &mut Watcher,
    ) -> std::result::Result<bool, ApiError> {
        let turn = async { Ok(self.turns.missed.lock().await) };
        let Ok(_turn) = with_deadline(TURN_DEADLINE, turn).await else { return Ok(false) };
        let store = Store::new(self.env)?;
        let mut left = BACKLOG_BYTES;
        loop {
            let read = store.content_after(self.user, watcher.seq, left);
            let page = with_deadline(D1_DEADLINE, read).await?;
            let Some(sent) = show(socket, watcher, &page.rows) else { return Ok(true) };
            if !page.is_more {
                return Ok(true);
            }
            left = left.saturating_sub(sent);
            if left == 0 {
                return Ok(false);
            }
        }
    }

    /// The watchers that can be sent to. One whose socket is closing reconnects with the last row it has.
    fn watchers(&self) -> Vec<(WebSocket, Watcher)> {
        let of = |socket: WebSocket| kept::<Watcher>(&socket).map(|watcher| (socket, watcher));
        let joined = open_sockets(self.state).into_iter().filter_map(of);
        joined.filter(|(_, watcher)| !watcher.has_enough).collect()
    }
}

/// Sends a watcher its rows of the page, and returns how many bytes. `None`: it cannot be sent to any more.
fn show(socket: &WebSocket, watcher: &mut Watcher, rows: &[Placed]) -> Option<u32> {
    let (from, mut bytes) = (watcher.seq, 0);
    for Placed { seq, content } in rows.iter().filter(|row| row.seq > from) {
        let frame = content_frame(content);
        socket.send_with_str(&frame).ok()?;
        bytes += frame.len() as u32;
        watcher.seq = *seq;
    }
    Some(bytes)
}

fn keep(socket: &WebSocket, watcher: &Watcher) {
    if let Err(error) = socket::keep(socket, watcher) {
        log("feed", error);
    }
}

/// The failure of a message.
pub fn failure(error: ApiError) -> Error {
    Error::RustError(error.to_string())
}

/// The answer to a watcher that got nothing.
pub fn refused(error: &ApiError) -> Result<Response> {
    Ok(Response::from_bytes(error.body().into_bytes())?.with_status(error.status()))
}
