//! The Durable Object of a feed: a snapshot for each new watcher, then the published frames.

use super::content;
use super::overlap::Overlap;
use crate::domain::list::{LARGEST_LIMIT, TaskList};
use crate::domain::task::Task;
use crate::domain::task::frame::task_frame;
use crate::domain::time::{HOUR, Millis};
use crate::error::ApiError;
use crate::object::name::ObjectName;
use crate::object::socket::{Accepted, accept, broadcast, closed, heard};
use crate::object::watcher::LIVE_PATH;
use crate::platform::log;
use crate::store::Store;
use crate::url::query;
use futures_util::lock::Mutex;
use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use worker::{
    DurableObject, Env, Error, Request, Response, Result, State, WebSocket,
    WebSocketIncomingMessage, durable_object,
};

/// Margin before a watcher's `since`. While D1 fails, a room publishes late, and its change can be
/// older than others that the watcher has seen.
const SPARE: Millis = HOUR;

#[durable_object]
pub struct FeedRoom {
    state: State,
    env: Env,
    /// In memory only: a snapshot is not read across hibernation.
    overlap: AssertUnwindSafe<RefCell<Overlap>>,
    /// Serializes sending content, so that rows stay in order.
    turn: AssertUnwindSafe<Mutex<()>>,
}

impl DurableObject for FeedRoom {
    fn new(state: State, env: Env) -> Self {
        Self {
            state,
            env,
            overlap: AssertUnwindSafe(RefCell::default()),
            turn: AssertUnwindSafe(Mutex::default()),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let is_watch = request.path() == LIVE_PATH;
        if self.feed() == Some(ObjectName::Content) {
            return match is_watch {
                true => content::watch(&self.state, &self.env, &self.turn, &request).await,
                false => match content::catch_up(&self.state, &self.env, &self.turn).await {
                    Ok(()) => Response::empty(),
                    Err(error) => content::refused(&error),
                },
            };
        }
        if is_watch {
            return self.watch(&request).await;
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
        content::close_full(&self.state);
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
    /// Accepts a watcher, then sends it a snapshot from D1. A room publishes only after D1 has its task,
    /// so what the snapshot lacks is published to the socket, which is open by then.
    async fn watch(&self, request: &Request) -> Result<Response> {
        let since = query::value(&request.inner().url(), "since");
        let accepted = accept(&self.state)?;
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
                content::refused(&error)
            }
        }
    }

    /// Sends the snapshot, oldest task first.
    fn greet(&self, accepted: &Accepted, reading: u64, tasks: &[Task]) -> Result<()> {
        let overlap = self.overlap.borrow();
        // A task that the provider never accepted has no id for clients.
        let known = tasks.iter().rev().filter(|task| task.task_id.is_some());
        for task in known.filter(|task| overlap.is_news(reading, task.id(), task.version)) {
            accepted.socket.send_with_str(task_frame(task))?;
        }
        Ok(())
    }

    /// The snapshot, newest first: a batch's tasks, or a page of a user's tasks and the older ones that
    /// have changed since `since`.
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

    fn feed(&self) -> Option<ObjectName> {
        ObjectName::of_feed(&self.state.id().name()?)
    }
}
