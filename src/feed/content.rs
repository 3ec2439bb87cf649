//! The content feed of one user: every row that he may see, once and in the order of arrival.
//!
//! The feed keeps nothing but how far each socket has come, and D1 says in what order rows came in.
//! Whoever has a new row says only that there is one; what is sent is read from there. So a row that
//! was told of late is not skipped, and one that was told of twice is not sent twice.

use super::client::{FEED_DEADLINE, NOBODY, follow};
use crate::domain::channel::frame::content_frame;
use crate::domain::list::PAGE_BYTES;
use crate::error::{ApiError, Issue};
use crate::object::socket::{OPEN, accept_of_user};
use crate::platform::{fault, log, with_deadline};
use crate::store::content::Placed;
use crate::store::{D1_DEADLINE, Store};
use crate::url::query;
use futures_util::lock::Mutex;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use worker::{Env, Request, Response, Result, State, WebSocket};

/// How much a watcher who comes back is sent on one socket: what nobody reads yet is in this object's
/// memory. It gets a row that is larger, too.
const BACKLOG_BYTES: u32 = PAGE_BYTES;

/// How long a watcher who comes back waits until those who came before it have been sent what they
/// missed. Then it is told to come again.
const TURN_DEADLINE: Duration = Duration::from_secs(5);

/// When the socket is closed of a watcher that has got so much. Not at once: a close before the upgrade
/// is answered would not reach it.
const ENOUGH: Duration = Duration::from_millis(250);

/// What a socket keeps while the object sleeps.
#[derive(Serialize, Deserialize)]
struct Watcher {
    /// The last row that it has been shown.
    seq: u64,
    /// It gets no more on this socket.
    #[serde(default)]
    has_enough: bool,
}

/// Who reads goes on before the next may.
#[derive(Default)]
pub struct Turns {
    /// Of those that send new rows: they go in order.
    news: Mutex<()>,
    /// Of those that send a watcher what it has missed: a page of it is in memory several times over.
    missed: Mutex<()>,
}

/// The feed, while it handles an event of the runtime.
pub struct ContentFeed<'a> {
    pub user: &'a str,
    pub state: &'a State,
    pub env: &'a Env,
    pub turns: &'a Turns,
}

impl ContentFeed<'_> {
    /// There is a new row. The answer says so if nobody watches.
    pub async fn poked(&self) -> Result<Response> {
        // A socket that is still joining is one, too.
        if self.sockets().next().is_none() {
            return Response::ok(NOBODY);
        }
        match self.catch_up().await {
            Ok(()) => Response::empty(),
            Err(error) => refused(&error),
        }
    }

    /// Sends every watcher what has come in since it was sent something. One at a time, so that rows
    /// stay in order.
    async fn catch_up(&self) -> std::result::Result<(), ApiError> {
        let _turn = self.turns.news.lock().await;
        let store = Store::new(self.env)?;
        let behind = self.watchers().iter().map(|(_, watcher)| watcher.seq).min();
        let Some(mut from) = behind else { return Ok(()) };
        loop {
            let read = store.content_after(self.user, from, PAGE_BYTES);
            let page = with_deadline(D1_DEADLINE, read).await?;
            let Some(last) = page.rows.last() else { return Ok(()) };
            // Who is further back has joined meanwhile, and misses what is before this page: it waits
            // for a turn of its own. Or it does not take its rows, and must not keep the others waiting.
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

    /// Accepts a watcher. It is sent what came in after the row that it names, or from now on.
    pub async fn watch(&self, request: &Request) -> Result<Response> {
        let after = query::value(&request.inner().url(), "after");
        let seq = match self.place(after.as_deref()).await {
            Ok(seq) => seq,
            Err(error) => return refused(&error),
        };
        let accepted = match accept_of_user(self.state)? {
            Ok(accepted) => accepted,
            Err(error) => return refused(&error),
        };
        match self.join(&accepted.socket, seq, after.is_some()).await {
            Ok(()) => accepted.response(request),
            Err(error) => {
                accepted.socket.close(Some(1011), Some("try again"))?;
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
        comes_back: bool,
    ) -> std::result::Result<(), ApiError> {
        // In this order: what is public and comes from here on is told to this object, which has a
        // socket; what came before is read below.
        with_deadline(FEED_DEADLINE, follow(self.env, self.user)).await?;
        let mut watcher = Watcher { seq, has_enough: false };
        if comes_back && !self.catch_up_alone(socket, &mut watcher).await? {
            watcher.has_enough = true;
            keep(socket, &watcher);
            return self.close_soon().await;
        }
        keep(socket, &watcher);
        self.catch_up().await
    }

    /// Sends a watcher who comes back after long what it has missed, by itself: the others go on
    /// meanwhile. False: there is more than can be sent at once.
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

    /// Closes what has got enough: whoever it is comes back with the last row of that, and gets the
    /// next.
    pub fn close_full(&self) {
        for (socket, _) in self.of_watchers().filter(|(_, watcher)| watcher.has_enough) {
            if let Err(error) = socket.close(Some(1013), Some("there is more")) {
                log("feed", error);
            }
        }
    }

    /// Sets the alarm that closes what has got enough, unless it is set: every full socket would move
    /// it away from the others.
    async fn close_soon(&self) -> std::result::Result<(), ApiError> {
        let storage = self.state.storage();
        let set = async {
            match storage.get_alarm().await? {
                Some(_) => Ok(()),
                None => storage.set_alarm(ENOUGH).await,
            }
        };
        set.await.map_err(|error: worker::Error| fault("alarm", error))
    }

    /// The sockets that can be sent to. One that is closing has no more rows coming: whoever it was
    /// comes back with the last row it has.
    fn watchers(&self) -> Vec<(WebSocket, Watcher)> {
        self.of_watchers().filter(|(_, watcher)| !watcher.has_enough).collect()
    }

    fn of_watchers(&self) -> impl Iterator<Item = (WebSocket, Watcher)> {
        self.sockets().filter_map(|socket| {
            let watcher = socket.deserialize_attachment::<Watcher>().ok().flatten()?;
            Some((socket, watcher))
        })
    }

    fn sockets(&self) -> impl Iterator<Item = WebSocket> {
        let is_open = |socket: &WebSocket| socket.as_ref().ready_state() == OPEN;
        self.state.get_websockets().into_iter().filter(is_open)
    }
}

/// Sends a watcher what there is for it: how many bytes. None: it cannot be sent to any more.
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
    if let Err(error) = socket.serialize_attachment(watcher) {
        log("feed", error);
    }
}

/// The answer to a watcher or a room that got nothing.
pub fn refused(error: &ApiError) -> Result<Response> {
    Ok(Response::from_bytes(error.body().into_bytes())?.with_status(error.status()))
}
