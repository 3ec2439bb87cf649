//! The Durable Object of a feed: a snapshot for each new watcher, then the published frames.

use super::client::{ERASED_PATH, WORD};
use super::content::{ContentFeed, Turns, failure, refused};
use super::full::{close_full, close_soon, mark};
use super::keeper::{Desk, Keeper};
use super::newest::Newest;
use super::overlap::Overlap;
use super::pool::BudgetPool;
use super::public::{Joined, PublicFeed};
use crate::domain::list::LARGEST_LIMIT;
use crate::domain::time::{HOUR, Millis};
use crate::error::ApiError;
use crate::object::address::{ASK_PATH, target};
use crate::object::alarm::{admit, see_to_sockets};
use crate::object::instance::Instance;
use crate::object::name::ObjectName;
use crate::object::socket::{accept, accept_of_user, broadcast, close, closed, failed, heard};
use crate::object::watcher::LIVE_PATH;
use crate::platform::fault;
use crate::store::Store;
use crate::store::row::Shown;
use crate::url::query;
use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use worker::{
    DurableObject, Env, Error, Request, Response, Result, State, WebSocket,
    WebSocketIncomingMessage, durable_object,
};

/// Margin before a watcher's `since`. While D1 fails, a room publishes late, and its change can be
/// older than others that the watcher has seen.
const SPARE: Millis = HOUR;

/// What waits in a socket that nobody reads from yet is in this object's memory. Whoever has missed more
/// than this is told so: it has the list to read.
const BACKLOG_BYTES: usize = 8 * 1024 * 1024;

#[durable_object]
pub struct FeedRoom {
    state: Instance,
    env: Env,
    /// What has been shown, of the latest tasks.
    newest: AssertUnwindSafe<RefCell<Newest>>,
    /// In memory only: a snapshot is not read across hibernation.
    overlap: AssertUnwindSafe<RefCell<Overlap>>,
    /// Of a content feed.
    turns: AssertUnwindSafe<Turns>,
    /// Of the feed of public rows.
    joined: AssertUnwindSafe<Joined>,
    /// Of a user's book.
    desk: AssertUnwindSafe<Desk>,
}

impl DurableObject for FeedRoom {
    fn new(state: State, env: Env) -> Self {
        crate::panics::log_them();
        Self {
            state: Instance::new(state),
            env,
            newest: AssertUnwindSafe(RefCell::default()),
            overlap: AssertUnwindSafe(RefCell::default()),
            turns: AssertUnwindSafe(Turns::default()),
            joined: AssertUnwindSafe(Joined::default()),
            desk: AssertUnwindSafe(Desk::default()),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        if request.path() != LIVE_PATH {
            let url = request.inner().url();
            let text = request.text().await?;
            return Response::ok(self.answer(target(&url), text).await?);
        }
        match self.feed() {
            Some(ObjectName::Content(user)) => self.content(&user).watch(&request).await,
            _ => self.watch(&request).await,
        }
    }

    async fn alarm(&self) -> Result<Response> {
        match self.feed() {
            Some(ObjectName::PublicContent) => self.public().alarm().await?,
            Some(ObjectName::Pool) => {}
            _ => {
                close_full(&self.state);
                see_to_sockets(&self.state).await?;
            }
        }
        Response::empty()
    }

    async fn websocket_message(
        &self,
        socket: WebSocket,
        message: WebSocketIncomingMessage,
    ) -> Result<()> {
        heard(&socket, &message)
    }

    async fn websocket_close(
        &self,
        socket: WebSocket,
        code: usize,
        reason: String,
        _was_clean: bool,
    ) -> Result<()> {
        closed(&self.state, &socket, code, &reason)
    }

    async fn websocket_error(&self, _socket: WebSocket, error: Error) -> Result<()> {
        failed(&self.state, &error);
        Ok(())
    }
}

#[wasm_bindgen]
impl FeedRoom {
    /// A message of our Worker's or a room's, and the answer.
    pub async fn message(
        &self,
        target: String,
        text: String,
    ) -> std::result::Result<String, JsValue> {
        AssertUnwindSafe(async { Ok(self.answer(&target, text).await?) }).await
    }
}

impl FeedRoom {
    async fn answer(&self, target: &str, text: String) -> Result<String> {
        let path = target.split('?').next().unwrap_or_default();
        match self.feed() {
            Some(ObjectName::Content(_)) if path == ERASED_PATH => {
                broadcast(&self.state, &text, || None);
                Ok(String::new())
            }
            Some(ObjectName::Content(user)) => self.content(&user).poked().await,
            Some(ObjectName::PublicContent) => self.public().answer(path, text).await,
            Some(ObjectName::Pool) => {
                BudgetPool { state: &self.state, env: &self.env }.answer(&text)
            }
            Some(ObjectName::UserTasks(user)) if path == ASK_PATH => {
                let answer = self.keeper(&user).ask(&text).await.map_err(failure)?;
                Ok(serde_json::to_string(&answer)?)
            }
            _ => self.publish(target, &text).await,
        }
    }

    /// Shows a frame to all who watch.
    async fn publish(&self, target: &str, frame: &str) -> Result<String> {
        self.enter(target).await?;
        let version = query::value(target, "version").and_then(|version| version.parse().ok());
        if let (Some(task_id), Some(version)) = (query::value(target, "task"), version) {
            // Another publication of the task has overtaken this one.
            if !self.newest.borrow().may_show(&task_id, version) {
                return Ok(String::new());
            }
            self.newest.borrow_mut().shown(&task_id, version);
            self.overlap.borrow_mut().published(&task_id, version);
        }
        // A feed has no guests.
        broadcast(&self.state, frame, || None);
        Ok(String::new())
    }

    /// Enters what a publication says of its start. Where that fails, its room publishes it again.
    async fn enter(&self, target: &str) -> Result<()> {
        let (Some(ObjectName::UserTasks(user)), Some(word)) =
            (self.feed(), query::value(target, WORD))
        else {
            return Ok(());
        };
        let heard = self.keeper(&user).hear(serde_json::from_str(&word)?).await;
        heard.map_err(failure)
    }

    /// Accepts a watcher, then sends it a snapshot from D1. A room publishes only after D1 has its task,
    /// so what the snapshot lacks is published to the socket, which is open by then.
    async fn watch(&self, request: &Request) -> Result<Response> {
        let since = query::value(&request.inner().url(), "since");
        let since = since.and_then(|since| since.parse().ok());
        let accepted = match self.feed() {
            Some(ObjectName::UserTasks(_)) => accept_of_user(&self.state, request)?,
            _ => Ok(accept(&self.state, request)?),
        };
        let accepted = match accepted {
            Ok(accepted) => accepted,
            Err(error) => return refused(&error),
        };
        let reading = self.overlap.borrow_mut().begin();
        let shown = self.show(&accepted.socket, reading, since).await;
        self.overlap.borrow_mut().end(reading);
        match shown {
            Ok(()) => admit(&self.state, accepted, request).await,
            Err(error) => {
                close(&self.state, &accepted.socket, 1011, "try again")?;
                refused(&error)
            }
        }
    }

    /// Sends what the feed shows, oldest first: all of a batch; of a user's tasks the newest page, and of
    /// the older ones those that have changed since then. These are sent page by page: there is no end
    /// to how many there may be.
    async fn show(
        &self,
        socket: &WebSocket,
        reading: u64,
        since: Option<Millis>,
    ) -> std::result::Result<(), ApiError> {
        let store = Store::new(&self.env)?;
        let user_id = match self.feed() {
            Some(ObjectName::UserTasks(user_id)) => user_id,
            Some(ObjectName::BatchTasks(batch_id)) => {
                let tasks = store.batch_shown(&batch_id).await?;
                return self.send(socket, reading, tasks.into_iter().rev()).map(drop);
            }
            _ => return Err(ApiError::not_found()),
        };
        let newest = store.newest_shown(&user_id, LARGEST_LIMIT).await?;
        if let (Some(since), Some(last)) = (since, newest.last()) {
            let mut older = store.changed(&user_id, &last.key, since - SPARE);
            let mut bytes = 0;
            while let Some(page) = older.next().await? {
                bytes += self.send(socket, reading, page.into_iter())?;
                if bytes > BACKLOG_BYTES {
                    mark(socket)?;
                    return close_soon(&self.state).await;
                }
            }
        }
        self.send(socket, reading, newest.into_iter().rev())?;
        self.keeper(&user_id).show(socket)
    }

    /// Sends what is still news of these tasks: how many bytes.
    fn send(
        &self,
        socket: &WebSocket,
        reading: u64,
        tasks: impl Iterator<Item = Shown>,
    ) -> std::result::Result<usize, ApiError> {
        let (overlap, mut newest) = (self.overlap.borrow(), self.newest.borrow_mut());
        let mut bytes = 0;
        for Shown { task_id, version, frame, .. } in tasks {
            // What the provider never took has no id to be known by.
            let Some(id) = task_id else { continue };
            if newest.is_erased(&id) || !overlap.is_news(reading, &id, version) {
                continue;
            }
            socket.send_with_str(&frame).map_err(|error| fault("socket", error))?;
            newest.shown(&id, version);
            bytes += frame.len();
        }
        Ok(bytes)
    }

    fn content<'a>(&'a self, user: &'a str) -> ContentFeed<'a> {
        ContentFeed { user, state: &self.state, env: &self.env, turns: &self.turns }
    }

    fn keeper<'a>(&'a self, user: &'a str) -> Keeper<'a> {
        let answer = RefCell::default();
        Keeper { user, state: &self.state, env: &self.env, desk: &self.desk, answer }
    }

    fn public(&self) -> PublicFeed<'_> {
        PublicFeed { state: &self.state, env: &self.env, joined: &self.joined }
    }

    fn feed(&self) -> Option<ObjectName> {
        ObjectName::of_feed(&self.state.id().name()?)
    }
}
