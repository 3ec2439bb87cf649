//! The Durable Object: glue between the runtime's events and what [`crate::domain`] decides.

use super::protocol::{Answer, Ask, LIVE_PATH};
use super::storage::{load, save};
use crate::domain::apply::{Input, apply};
use crate::domain::frame::{first_frame, task_frame};
use crate::domain::report::Report;
use crate::domain::room::{RoomState, Verdict};
use crate::domain::schedule::{LONGEST_LOOK, due, next_alarm};
use crate::domain::task::Task;
use crate::domain::time::Millis;
use crate::error::ApiError;
use crate::platform::{config, note, now, report};
use crate::provider::mynth::client::Client;
use crate::request::query;
use crate::store::d1::Store;
use futures_util::future::{Either, select};
use std::pin::pin;
use std::time::Duration;
use worker::{
    Delay, DurableObject, Env, Error, Request, Response, ResponseBuilder, Result, State, WebSocket,
    WebSocketIncomingMessage, WebSocketPair, WebSocketRequestResponsePair, durable_object,
};

/// How long an answer waits for D1. The state is stored by then; the alarm does the rest.
const D1_PATIENCE: Duration = Duration::from_secs(2);

/// Longest message a watcher may send: `ping` needs four bytes, and nothing else is listened to.
const MESSAGE_LIMIT: usize = 4096;

/// The protocol that the socket of a browser is answered with.
const PROTOCOL: &str = "taskwire";

#[durable_object]
pub struct TaskRoom {
    state: State,
    env: Env,
}

impl DurableObject for TaskRoom {
    fn new(state: State, env: Env) -> Self {
        Self { state, env }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        if request.path() == LIVE_PATH {
            let url = request.inner().url();
            let field = |name| query::value(&url, name).unwrap_or_default();
            return self.watch(&field("task"), &field("user"), field("version").parse().ok()).await;
        }
        let answer = match serde_json::from_str(&request.text().await?)? {
            Ask::Attach { task } => self.attach(*task).await?,
            Ask::Ingest { delivery, report } => self.ingest(delivery, report).await?,
            Ask::Read { task_id, user_id } => match self.owned(&task_id, &user_id).await? {
                Some(task) => Answer::Task { task: Box::new(task) },
                None => Answer::NotFound,
            },
        };
        Response::from_json(&answer)
    }

    async fn alarm(&self) -> Result<Response> {
        if due(&self.load()?, now()).adopt {
            self.adopt().await?;
        }
        if due(&self.load()?, now()).look {
            self.look().await?;
        }
        if due(&self.load()?, now()).give_up {
            self.take(Input::GiveUp)?;
        }
        if due(&self.load()?, now()).flush {
            self.flush(true).await?;
        }
        let room = self.load()?;
        if due(&room, now()).clean {
            self.state.storage().delete_all().await?;
        } else {
            self.arm(next_alarm(&room, now())).await?;
        }
        Response::empty()
    }

    async fn websocket_message(
        &self,
        socket: WebSocket,
        message: WebSocketIncomingMessage,
    ) -> Result<()> {
        let length = match message {
            WebSocketIncomingMessage::String(text) => text.len(),
            WebSocketIncomingMessage::Binary(bytes) => bytes.len(),
        };
        if length > MESSAGE_LIMIT {
            socket.close(Some(1009), Some("message too big"))?;
        }
        Ok(())
    }

    async fn websocket_close(
        &self,
        socket: WebSocket,
        code: usize,
        reason: String,
        _was_clean: bool,
    ) -> Result<()> {
        // A close that is not answered leaves the browser waiting, and some codes may not be sent.
        let answered = match code {
            1005 | 1006 | 1015 => socket.close::<&str>(None, None),
            code => socket.close(Some(code as u16), Some(reason)),
        };
        // The other side may be gone already.
        answered.or(Ok(()))
    }

    async fn websocket_error(&self, _socket: WebSocket, error: Error) -> Result<()> {
        note("socket", error);
        Ok(())
    }
}

impl TaskRoom {
    fn load(&self) -> Result<RoomState> {
        load(&self.state.storage())
    }

    /// Reads, decides, stores, shows: with nothing in between. What is sent waits in the runtime
    /// until what was stored is durable.
    fn take(&self, input: Input) -> Result<(RoomState, Verdict)> {
        let before = self.load()?;
        let (after, verdict) = apply(&before, input, now());
        if after != before {
            save(&self.state.storage(), &after)?;
        }
        let version = |room: &RoomState| room.task.as_ref().map(|task| task.version);
        if version(&after) != version(&before) {
            self.show(&after);
        }
        Ok((after, verdict))
    }

    fn show(&self, room: &RoomState) {
        let Some(task) = &room.task else { return };
        let frame = task_frame(task);
        for socket in self.state.get_websockets() {
            // A socket that is closing cannot be sent to, and the others must not suffer for it.
            if let Err(error) = socket.send_with_str(&frame) {
                note("socket", error);
            }
        }
    }

    async fn attach(&self, task: Task) -> Result<Answer> {
        let (room, verdict) = self.take(Input::Attach(Box::new(task)))?;
        if verdict == Verdict::Attached {
            self.arm(next_alarm(&room, now())).await?;
            // That the rows have the task's id is stored along with its next change, or by the first
            // alarm: most tasks are over by then, and the write is saved.
            self.flush(false).await?;
        }
        Ok(Answer::Done { verdict, task: self.load()?.task.map(Box::new) })
    }

    async fn ingest(&self, delivery: String, report: Report) -> Result<Answer> {
        let (room, verdict) = self.take(Input::Report { delivery: Some(delivery), report })?;
        match verdict {
            Verdict::Applied => {
                // A task that had ended without the provider may have no alarm but the clean-up's.
                self.arm_by(now() + LONGEST_LOOK).await?;
                self.flush(true).await?;
            }
            Verdict::Kept => self.arm(next_alarm(&room, now())).await?,
            _ => {}
        }
        Ok(Answer::Done { verdict, task: None })
    }

    /// Writes to D1 what it lacks, and stores that it has it if `note_it`. If D1 fails or takes too
    /// long, the alarm does it again.
    async fn flush(&self, note_it: bool) -> Result<()> {
        let Some(task) = self.load()?.task else { return Ok(()) };
        let write = pin!(self.mirror(&task));
        let patience = pin!(Delay::from(D1_PATIENCE));
        let outcome = match select(write, patience).await {
            Either::Left((written, _)) => written,
            Either::Right(_) => Err(ApiError::unavailable()),
        };
        match outcome {
            Ok(()) if note_it => {
                self.take(Input::Flushed(task.version))?;
            }
            Ok(()) => {}
            Err(_) => {
                let (room, _) = self.take(Input::FlushFailed)?;
                self.arm(next_alarm(&room, now())).await?;
            }
        }
        Ok(())
    }

    async fn mirror(&self, task: &Task) -> std::result::Result<(), ApiError> {
        Store::new(&self.env)?.mirror(task).await
    }

    /// Asks the provider. A webhook may come in meanwhile, and then its word stands.
    async fn look(&self) -> Result<()> {
        let Some(task) = self.load()?.task else { return Ok(()) };
        let client = Client::new(&config(&self.env));
        let told = match client {
            Ok(client) => client.look(&task.task_id).await,
            Err(error) => Err(error),
        };
        self.take(match told {
            Ok(report) => Input::Report { delivery: None, report },
            Err(error) => {
                note("look", error);
                Input::LookFailed
            }
        })?;
        Ok(())
    }

    /// Looks for the rows of a task whose events came, and whose start did not get to the end.
    async fn adopt(&self) -> Result<()> {
        let early = self.load()?.early;
        let Some(report) = early.first().map(|early| &early.report) else { return Ok(()) };
        let row_ids = early.iter().map(|early| &early.report.row_ids).find(|ids| !ids.is_empty());
        let found = self.find(&report.task_id, row_ids.map_or(&[], Vec::as_slice)).await;
        self.take(match found {
            Ok(Some(task)) => Input::Attach(Box::new(task)),
            Ok(None) | Err(_) => Input::AdoptFailed,
        })?;
        Ok(())
    }

    async fn find(
        &self,
        task_id: &str,
        row_ids: &[String],
    ) -> std::result::Result<Option<Task>, ApiError> {
        let store = Store::new(&self.env)?;
        let found = match store.by_provider_id(task_id).await? {
            None if !row_ids.is_empty() => store.by_row_ids(row_ids, task_id).await?,
            found => found,
        };
        Ok(found.map(|task| Task { task_id: task_id.to_owned(), ..task }))
    }

    /// The task, if it is this user's. A room that was cleaned, or that never heard of a task
    /// which D1 knows, finds it there; one that is not over takes it up again.
    async fn owned(&self, task_id: &str, user_id: &str) -> Result<Option<Task>> {
        let mut task = self.load()?.task;
        if task.is_none() {
            let found = self.find(task_id, &[]).await;
            let found = found.map_err(|error| Error::RustError(error.to_string()))?;
            task = match found {
                Some(found) if !found.is_final() && found.user_id == user_id => {
                    let (room, verdict) = self.take(Input::Attach(Box::new(found)))?;
                    if verdict == Verdict::Attached {
                        self.arm(next_alarm(&room, now())).await?;
                    }
                    room.task
                }
                found => found,
            };
        }
        Ok(task.filter(|task| task.user_id == user_id))
    }

    async fn watch(&self, task_id: &str, user_id: &str, version: Option<u64>) -> Result<Response> {
        let Some(task) = self.owned(task_id, user_id).await? else {
            return Ok(Response::empty()?.with_status(404));
        };
        let pair = WebSocketPair::new()?;
        // Answered by the runtime: a heartbeat does not wake the object.
        let heartbeat = WebSocketRequestResponsePair::new("ping", "pong")?;
        self.state.set_websocket_auto_response(&heartbeat);
        self.state.accept_web_socket(&pair.server);
        pair.server.send_with_str(first_frame(&task, version))?;
        let response = ResponseBuilder::new().with_status(101).with_websocket(pair.client);
        Ok(response.with_header("sec-websocket-protocol", PROTOCOL)?.empty())
    }

    /// Makes sure that the alarm fires at `latest`, and leaves one that is set earlier alone: to move
    /// it is a write.
    async fn arm_by(&self, latest: Millis) -> Result<()> {
        match self.state.storage().get_alarm().await? {
            Some(at) if at <= latest => Ok(()),
            _ => self.arm(latest).await,
        }
    }

    async fn arm(&self, at: Millis) -> Result<()> {
        let alarm = self.state.storage().set_alarm((at - now()).max(0)).await;
        if let Err(error) = &alarm {
            report("alarm", error);
        }
        alarm
    }
}
