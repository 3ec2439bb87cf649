//! The Durable Object: glue between the runtime's events and what [`crate::domain`] decides.

mod rows;

use super::protocol::{Answer, Ask, LIVE_PATH};
use super::storage::{load, save};
use crate::channel::channel_of;
use crate::channel::room::ChannelObject;
use crate::domain::apply::{Input, apply};
use crate::domain::frame::{first_frame, task_frame};
use crate::domain::report::Report;
use crate::domain::room::{RoomState, Verdict};
use crate::domain::schedule::{LONGEST_LOOK, due, next_alarm};
use crate::domain::task::Task;
use crate::domain::time::Millis;
use crate::error::ApiError;
use crate::feed::client::publish;
use crate::platform::{config, note, now, report, within};
use crate::provider::mynth::client::Client;
use crate::request::query;
use crate::socket::{accept, broadcast, closed, heard};
use crate::store::d1::Store;
use std::time::Duration;
use worker::{
    DurableObject, Env, Error, Request, Response, Result, State, WebSocket,
    WebSocketIncomingMessage, durable_object,
};

/// How long an answer waits for D1. The state is stored by then; the alarm does the rest.
pub const D1_PATIENCE: Duration = Duration::from_secs(2);

/// How long it waits for the feeds then.
pub const FEED_PATIENCE: Duration = Duration::from_secs(1);

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
        if let Some(channel) = self.channel() {
            return channel.fetch(request).await;
        }
        if request.path() == LIVE_PATH {
            let url = request.inner().url();
            let field = |name| query::value(&url, name).unwrap_or_default();
            let Some(task) = self.owned(&field("task"), &field("user")).await? else {
                return Ok(Response::empty()?.with_status(404));
            };
            let accepted = accept(&self.state)?;
            let frame = first_frame(&task, field("version").parse().ok());
            accepted.socket.send_with_str(frame)?;
            return accepted.response(&request);
        }
        let answer = match serde_json::from_str(&request.text().await?)? {
            Ask::Attach { task } => self.attach(*task).await?,
            Ask::Ingest { delivery, report } => self.ingest(delivery, report).await?,
            Ask::Wake { task } => self.wake(*task).await?,
            Ask::Read { task_id, user_id } => match self.owned(&task_id, &user_id).await? {
                Some(task) => Answer::Task { task: Box::new(task) },
                None => Answer::NotFound,
            },
        };
        Response::from_json(&answer)
    }

    async fn alarm(&self) -> Result<Response> {
        if let Some(channel) = self.channel() {
            return channel.alarm().await;
        }
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

impl TaskRoom {
    /// The channel whose object this is, where it is no task's.
    fn channel(&self) -> Option<ChannelObject<'_>> {
        let name = self.state.id().name()?;
        let channel_id = channel_of(&name)?.to_owned();
        Some(ChannelObject { channel_id, state: &self.state, env: &self.env })
    }

    fn load(&self) -> Result<RoomState> {
        load(&self.state.storage())
    }

    /// Reads, decides, stores, shows: with nothing in between. What is sent waits in the runtime
    /// until what was stored is durable.
    fn take(&self, input: Input) -> Result<(RoomState, Verdict)> {
        let before = self.load()?;
        let shown = match (&before.task, &input) {
            (Some(task), _) => Some(task.version),
            // A task that comes back from its rows was shown as they have it.
            (None, Input::Attach(task)) => Some(task.version),
            (None, _) => None,
        };
        let (after, verdict) = apply(&before, input, now());
        if after != before {
            save(&self.state.storage(), &after)?;
        }
        if let Some(task) = after.task.as_ref().filter(|task| Some(task.version) != shown) {
            broadcast(&self.state, &task_frame(task));
        }
        Ok((after, verdict))
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

    /// Takes a task up again that has no room, or whose room has no alarm.
    async fn wake(&self, task: Task) -> Result<Answer> {
        let (room, verdict) = self.take(Input::Attach(Box::new(task)))?;
        match verdict {
            Verdict::Attached => self.arm(next_alarm(&room, now())).await?,
            _ => self.arm_by(now() + LONGEST_LOOK).await?,
        }
        Ok(Answer::Done { verdict, task: None })
    }

    async fn ingest(&self, delivery: String, report: Report) -> Result<Answer> {
        let (room, verdict) =
            self.take(Input::Report { delivery: Some(delivery), report: Box::new(report) })?;
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

    /// Brings D1 and the feeds up to date, and stores that they are if `note_it`. What fails or takes
    /// too long, the alarm does again.
    async fn flush(&self, note_it: bool) -> Result<()> {
        let Some(mut task) = self.load()?.task else { return Ok(()) };
        let mut mirrored = within(D1_PATIENCE, self.mirror(&task)).await;
        if let Ok(Some(version)) = mirrored {
            if let Some(newer) = self.take(Input::LeftBehind(version))?.0.task {
                task = newer;
            }
            mirrored = within(D1_PATIENCE, self.mirror(&task)).await;
        }
        // After D1: a watcher of a feed reads that first, and hears what comes later.
        // It may have changed meanwhile, and feeds are shown what is newest.
        let newest = self.load()?.task.unwrap_or_else(|| task.clone());
        let published = within(FEED_PATIENCE, publish(&self.env, &newest)).await;
        match mirrored.and_then(|left| published.map(|()| left)) {
            Ok(None) if note_it => {
                self.take(Input::Flushed(task.version))?;
            }
            Ok(None) => {}
            Ok(Some(_)) | Err(_) => {
                let (room, _) = self.take(Input::FlushFailed)?;
                self.arm(next_alarm(&room, now())).await?;
            }
        }
        Ok(())
    }

    async fn mirror(&self, task: &Task) -> std::result::Result<Option<u64>, ApiError> {
        Store::new(&self.env)?.mirror(task).await
    }

    /// Asks the provider. A webhook may come in meanwhile, and then its word stands.
    async fn look(&self) -> Result<()> {
        let Some(task) = self.load()?.task else { return Ok(()) };
        let client = Client::new(&config(&self.env));
        let told = match client {
            Ok(client) => client.look(&task.task_id, &task.kind).await,
            Err(error) => Err(error),
        };
        self.take(match told {
            Ok(report) => Input::Report { delivery: None, report: Box::new(report) },
            Err(error) => {
                note("look", error);
                Input::LookFailed
            }
        })?;
        Ok(())
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
        alarm.inspect_err(|error| report("alarm", error))
    }
}
