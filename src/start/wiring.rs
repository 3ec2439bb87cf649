//! The ports of a start in the Worker: D1, the network, the rooms, the runtime's clock.

use super::ports::{Clock, Ports, Rooms, Rows};
use crate::domain::channel::intent::Intent;
use crate::domain::channel::state::{Channel, ChannelState};
use crate::domain::claim::{Claim, Claimed};
use crate::domain::id::TaskKey;
use crate::domain::task::{Task, TaskError};
use crate::domain::time::Millis;
use crate::domain::usage::apply::{Answer, Wanted};
use crate::domain::usage::word::Word;
use crate::error::ApiError;
use crate::feed::books;
use crate::platform::{log_error, now, with_deadline};
use crate::provider::http::Http;
use crate::provider::registry::PROVIDERS;
use crate::room::channel::client::ChannelClient;
use crate::room::task::client::TaskClient;
use crate::store::Logged;
use crate::store::Store;
use std::collections::BTreeSet;
use std::time::Duration;
use worker::{Delay, Env};

/// Runs `work` with the ports of this deployment.
///
/// # Errors
///
/// Those of `work`; `not_configured` without D1.
pub async fn with_ports<T>(
    env: &Env,
    work: impl AsyncFnOnce(Ports<'_, Store, Http<'_>, RoomClients<'_>, Runtime>) -> Result<T, ApiError>,
) -> Result<T, ApiError> {
    let rows = Store::new(env)?;
    let (calls, rooms) = (Http { env }, RoomClients { env });
    let clock = &Runtime;
    let (rows, calls, rooms) = (&rows, &calls, &rooms);
    work(Ports { providers: PROVIDERS, rows, calls, rooms, clock, money: None }).await
}

/// The rooms of this deployment.
pub struct RoomClients<'a> {
    env: &'a Env,
}

/// The runtime's clock and log.
pub struct Runtime;

impl Rows for Store {
    async fn claimed(&self, user: &str, key: &str) -> Result<Option<Claimed>, ApiError> {
        self.idempotency_key(user, key).await
    }

    async fn insert(&self, tasks: &[&Task], claim: Option<&Claim>) -> Result<(), ApiError> {
        self.insert_tasks(tasks, claim).await
    }

    async fn undo(
        &self,
        tasks: &[&Task],
        claim: Option<&Claim>,
        stands_for: Option<&str>,
    ) -> Result<(), ApiError> {
        self.undo_tasks(tasks, claim, stands_for).await
    }

    async fn refuse(&self, task: &Task, reason: &TaskError, now: Millis) -> Result<(), ApiError> {
        self.refuse_task(task, reason, now).await
    }

    async fn give_up(&self, task: &Task, reason: &TaskError, now: Millis) -> Result<(), ApiError> {
        self.give_up_start(task, reason, now).await
    }

    async fn mirror(&self, task: &Task) -> Result<Option<u64>, ApiError> {
        match self.mirror_task(task, &Logged::default(), now()).await? {
            true => Ok(None),
            false => self.attach_task(task).await,
        }
    }

    async fn known_ids(&self, ids: &[&str]) -> Result<BTreeSet<String>, ApiError> {
        self.known_provider_ids(ids).await
    }

    async fn started_under(&self, user: &str, started: &str) -> Result<Vec<Task>, ApiError> {
        self.tasks_started_under(user, started).await
    }

    async fn intend(
        &self,
        intent: &Intent,
        claim: Option<&Claim>,
        at: Millis,
    ) -> Result<(), ApiError> {
        self.insert_intent(intent, claim, at).await
    }

    async fn withdraw_intent(
        &self,
        intent: &Intent,
        claim: Option<&Claim>,
    ) -> Result<(), ApiError> {
        Store::withdraw_intent(self, intent, claim).await
    }

    async fn resolve_claim(
        &self,
        user: &str,
        claim: &Claim,
        stands_for: &str,
    ) -> Result<(), ApiError> {
        self.resolve_key(user, claim, stands_for).await
    }

    async fn insert_channel(&self, channel: &Channel) -> Result<(), ApiError> {
        let state = ChannelState { channel: Some(channel.clone()), ..ChannelState::default() };
        self.mirror_channel(&state, &Logged::default(), now()).await
    }
}

impl Rooms for RoomClients<'_> {
    async fn attach(&self, task: Task) -> Result<Task, ApiError> {
        TaskClient::of(self.env, task.id())?.attach(task).await
    }

    async fn read(&self, task_id: &str, user: &str) -> Result<Option<Task>, ApiError> {
        TaskClient::of(self.env, task_id)?.read(user).await
    }

    async fn wake(&self, task: &Task) -> Result<(), ApiError> {
        TaskClient::of(self.env, task.id())?.wake(task).await
    }

    async fn reserve(&self, user: &str, wanted: Wanted) -> Result<Answer, ApiError> {
        books::reserve(self.env, user, wanted).await
    }

    async fn release(&self, user: &str, starts: Vec<TaskKey>) -> Result<(), ApiError> {
        books::release(self.env, user, starts).await
    }

    async fn tell(&self, user: &str, words: Vec<Word>) -> Result<(), ApiError> {
        books::tell(self.env, user, words).await
    }

    async fn attach_channel(&self, channel: Channel) -> Result<(), ApiError> {
        ChannelClient::of(self.env, &channel.channel_id)?.attach(channel).await.map(drop)
    }

    async fn read_channel(
        &self,
        channel_id: &str,
        user: &str,
    ) -> Result<Option<Channel>, ApiError> {
        let seen = ChannelClient::of(self.env, channel_id)?.read(user).await?;
        Ok(seen.map(|(channel, _)| channel))
    }
}

impl Clock for Runtime {
    fn now(&self) -> Millis {
        now()
    }

    async fn pause(&self, pause: Duration) {
        Delay::from(pause).await;
    }

    async fn with_deadline<T>(
        &self,
        deadline: Duration,
        work: impl Future<Output = Result<T, ApiError>>,
    ) -> Result<T, ApiError> {
        with_deadline(deadline, work).await
    }

    fn log_error(&self, what: &str, detail: &str) {
        log_error(what, detail);
    }
}
