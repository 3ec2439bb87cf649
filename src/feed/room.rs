//! The Durable Object of a feed: it passes frames on.

use super::content::{ContentFeed, Turns, refused};
use super::overlap::Overlap;
use super::public::{Joined, PublicFeed};
use crate::domain::list::{LARGEST_LIMIT, TaskList};
use crate::domain::task::Task;
use crate::domain::task::frame::task_frame;
use crate::domain::time::{HOUR, Millis};
use crate::error::ApiError;
use crate::object::name::ObjectName;
use crate::object::socket::{Accepted, accept, accept_of_user, broadcast, closed, heard};
use crate::object::watcher::LIVE_PATH;
use crate::platform::log;
use crate::store::Store;
use crate::url::query;
use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use worker::{
    DurableObject, Env, Error, Request, Response, Result, State, WebSocket,
    WebSocketIncomingMessage, durable_object,
};

/// How much longer ago than a watcher says a change may be that it has not seen: a room that D1 has
/// failed keeps its frame until D1 is back, and others overtake it.
const SPARE: Millis = HOUR;

#[durable_object]
pub struct FeedRoom {
    state: State,
    env: Env,
    /// Lives as long as the readings that it is about.
    overlap: AssertUnwindSafe<RefCell<Overlap>>,
    /// Of a content feed.
    turns: AssertUnwindSafe<Turns>,
    /// Of the feed of public rows.
    joined: AssertUnwindSafe<Joined>,
}

impl DurableObject for FeedRoom {
    fn new(state: State, env: Env) -> Self {
        Self {
            state,
            env,
            overlap: AssertUnwindSafe(RefCell::default()),
            turns: AssertUnwindSafe(Turns::default()),
            joined: AssertUnwindSafe(Joined::default()),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let is_watch = request.path() == LIVE_PATH;
        match self.feed() {
            Some(ObjectName::Content(user)) => {
                let feed = self.content(&user);
                return if is_watch { feed.watch(&request).await } else { feed.poked().await };
            }
            Some(ObjectName::PublicContent) => return self.public().fetch(&mut request).await,
            _ if is_watch => return self.watch(&request).await,
            _ => {}
        }
        let frame = request.text().await?;
        let url = request.inner().url();
        let version = query::value(&url, "version").and_then(|version| version.parse().ok());
        if let (Some(task_id), Some(version)) = (query::value(&url, "task"), version) {
            self.overlap.borrow_mut().published(&task_id, version);
        }
        broadcast(&self.state, &frame);
        Response::empty()
    }

    async fn alarm(&self) -> Result<Response> {
        match self.feed() {
            Some(ObjectName::PublicContent) => self.public().alarm().await?,
            Some(ObjectName::Content(user)) => self.content(&user).close_full(),
            _ => {}
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
        closed(&socket, code, &reason)
    }

    async fn websocket_error(&self, _socket: WebSocket, error: Error) -> Result<()> {
        log("socket", error);
        Ok(())
    }
}

impl FeedRoom {
    /// Accepts a watcher and shows it what is there. In this order: a room publishes after D1 has
    /// its task, so whatever D1 does not show yet will be published to a socket that is open.
    async fn watch(&self, request: &Request) -> Result<Response> {
        let since = query::value(&request.inner().url(), "since");
        let accepted = match self.feed() {
            Some(ObjectName::UserTasks(_)) => accept_of_user(&self.state)?,
            _ => Ok(accept(&self.state)?),
        };
        let accepted = match accepted {
            Ok(accepted) => accepted,
            Err(error) => return refused(&error),
        };
        let reading = self.overlap.borrow_mut().begin();
        let tasks = self.tasks(since.and_then(|since| since.parse().ok())).await;
        let sent = tasks.map(|tasks| self.greet(&accepted, reading, &tasks));
        self.overlap.borrow_mut().end(reading);
        match sent {
            Ok(sent) => {
                sent?;
                accepted.response(request)
            }
            Err(error) => {
                accepted.socket.close(Some(1011), Some("try again"))?;
                refused(&error)
            }
        }
    }

    /// Sends what is there, oldest first.
    fn greet(&self, accepted: &Accepted, reading: u64, tasks: &[Task]) -> Result<()> {
        let overlap = self.overlap.borrow();
        // What the provider never took has no id to be known by.
        let known = tasks.iter().rev().filter(|task| task.task_id.is_some());
        for task in known.filter(|task| overlap.is_news(reading, task.id(), task.version)) {
            accepted.socket.send_with_str(task_frame(task))?;
        }
        Ok(())
    }

    /// What the feed shows, newest first: a page of a user's tasks, and of the older ones those that
    /// have changed since then.
    async fn tasks(&self, since: Option<Millis>) -> std::result::Result<Vec<Task>, ApiError> {
        let store = Store::new(&self.env)?;
        match self.feed() {
            Some(ObjectName::UserTasks(user_id)) => {
                let mut tasks = store.list(&user_id, &TaskList::newest(LARGEST_LIMIT)).await?;
                if let (Some(since), Some(last)) = (since, tasks.last()) {
                    let older = store.changed(&user_id, &last.key, since - SPARE).await?;
                    tasks.extend(older);
                }
                Ok(tasks)
            }
            Some(ObjectName::BatchTasks(batch_id)) => store.by_batch(&batch_id).await,
            _ => Err(ApiError::not_found()),
        }
    }

    fn content<'a>(&'a self, user: &'a str) -> ContentFeed<'a> {
        ContentFeed { user, state: &self.state, env: &self.env, turns: &self.turns }
    }

    fn public(&self) -> PublicFeed<'_> {
        PublicFeed { state: &self.state, env: &self.env, joined: &self.joined }
    }

    fn feed(&self) -> Option<ObjectName> {
        ObjectName::of_feed(&self.state.id().name()?)
    }
}
