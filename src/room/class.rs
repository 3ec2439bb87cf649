//! The class of all rooms: it dispatches the runtime's events to the task's or the channel's room.

use super::channel::room::ChannelRoom;
use super::task::room::TaskRoom as Tasks;
use super::webhook::Handled;
use crate::domain::task::progress::Shown;
use crate::object::alarm::see_to_sockets;
use crate::object::instance::Instance;
use crate::object::name::ObjectName;
use crate::object::socket::{closed, failed, heard};
use crate::object::watcher::LIVE_PATH;
use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use worker::{
    DurableObject, Env, Error, Request, Response, Result, State, WebSocket,
    WebSocketIncomingMessage, durable_object,
};

#[durable_object]
pub struct TaskRoom {
    state: Instance,
    env: Env,
    /// What a task's watchers have seen of its progress.
    shown: AssertUnwindSafe<RefCell<Shown>>,
}

impl DurableObject for TaskRoom {
    fn new(state: State, env: Env) -> Self {
        crate::panics::log_them();
        Self { state: Instance::new(state), env, shown: AssertUnwindSafe(RefCell::default()) }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        if request.path() != LIVE_PATH {
            return Response::ok(self.answer(&request.text().await?).await?);
        }
        match self.name() {
            ObjectName::Channel(id) => self.channel(&id).watch(&request).await,
            _ => self.task().watch(&request).await,
        }
    }

    async fn alarm(&self) -> Result<Response> {
        #[cfg(feature = "panics")]
        crate::panics::on_purpose::in_alarm();
        match self.name() {
            ObjectName::Channel(id) => self.channel(&id).alarm().await?,
            _ => self.task().alarm().await?,
        }
        see_to_sockets(&self.state).await?;
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
impl TaskRoom {
    /// A message of our Worker's, and the answer.
    pub async fn message(
        &self,
        _target: String,
        text: String,
    ) -> std::result::Result<String, JsValue> {
        AssertUnwindSafe(async { Ok(self.answer(&text).await?) }).await
    }
}

impl TaskRoom {
    async fn answer(&self, text: &str) -> Result<String> {
        match self.name() {
            ObjectName::Channel(id) => self.channel(&id).answer(text).await,
            _ => self.task().answer(text).await,
        }
    }

    fn name(&self) -> ObjectName {
        ObjectName::of_room(&self.state.id().name().unwrap_or_default())
    }

    fn task(&self) -> Tasks<'_> {
        Tasks {
            state: &self.state,
            env: &self.env,
            shown: &self.shown,
            webhook: Handled::default(),
        }
    }

    fn channel<'a>(&'a self, channel_id: &'a str) -> ChannelRoom<'a> {
        ChannelRoom { channel_id, state: &self.state, env: &self.env, webhook: Handled::default() }
    }
}
