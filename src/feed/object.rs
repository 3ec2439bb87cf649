//! The Durable Object of a feed: it passes frames on.

use super::client::LIVE_PATH;
use super::name::Feed;
use crate::domain::frame::task_frame;
use crate::domain::task::Task;
use crate::error::ApiError;
use crate::platform::note;
use crate::request::list::ListQuery;
use crate::socket::{accept, broadcast, closed, heard};
use crate::store::d1::Store;
use worker::{
    DurableObject, Env, Error, Request, Response, Result, State, WebSocket,
    WebSocketIncomingMessage, durable_object,
};

#[durable_object]
pub struct FeedRoom {
    state: State,
    env: Env,
}

impl DurableObject for FeedRoom {
    fn new(state: State, env: Env) -> Self {
        Self { state, env }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        if request.path() == LIVE_PATH {
            return self.watch().await;
        }
        broadcast(&self.state, &request.text().await?);
        Response::empty()
    }

    async fn alarm(&self) -> Result<Response> {
        // A feed sets none.
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
        note("socket", error);
        Ok(())
    }
}

impl FeedRoom {
    /// Accepts a watcher and shows it what is there. In this order: a room publishes after D1 has
    /// its task, so whatever D1 does not show yet will be published to a socket that is open.
    async fn watch(&self) -> Result<Response> {
        let accepted = accept(&self.state)?;
        match self.tasks().await {
            Ok(tasks) => {
                // What the provider never took has no id to be known by.
                for task in tasks.iter().rev().filter(|task| !task.task_id.is_empty()) {
                    accepted.socket.send_with_str(task_frame(task))?;
                }
                accepted.response()
            }
            Err(error) => {
                accepted.socket.close(Some(1011), Some("try again"))?;
                Ok(Response::from_bytes(error.body().into_bytes())?.with_status(error.status()))
            }
        }
    }

    /// What the feed shows, newest first.
    async fn tasks(&self) -> std::result::Result<Vec<Task>, ApiError> {
        let name = self.state.id().name().unwrap_or_default();
        let store = Store::new(&self.env)?;
        match Feed::parse(&name) {
            Some(Feed::Tasks { user_id }) => store.list(&user_id, &ListQuery::whole_page()).await,
            Some(Feed::Batch { batch_id }) => store.by_batch(&batch_id).await,
            None => Err(ApiError::not_found()),
        }
    }
}
