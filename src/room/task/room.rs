//! The room of one task: connects the runtime's events to [`crate::domain::task`].

use super::lines::{log_cost, log_end};
use super::protocol::{Answer, Ask};
use crate::domain::delivery::record::How;
use crate::domain::id::TaskKey;
use crate::domain::task::apply::{Decision, Input, Stage, Work, apply};
use crate::domain::task::erase::Erased;
use crate::domain::task::events::with_events;
use crate::domain::task::frame::{
    erased_frame, first_frame, guest_frame, progress_frame, task_frame,
};
use crate::domain::task::progress::{Progress, Shown};
use crate::domain::task::report::Report;
use crate::domain::task::settled::settled;
use crate::domain::task::state::RoomState;
use crate::domain::task::{Status, Task};
use crate::domain::time::{DAY, Millis};
use crate::domain::usage::word::unreadable_cost;
use crate::domain::verdict::Verdict;
use crate::error::ApiError;
use crate::feed::books::tell;
use crate::feed::client::{FEED_DEADLINE, publish, publish_erased};
use crate::log::What;
use crate::object::actor::Actor;
use crate::object::alarm::admit;
use crate::object::instance::Instance;
use crate::object::socket::{accept, broadcast, hang_up};
use crate::object::together::send_all;
use crate::outbox::send::roads;
use crate::platform::{log, log_behind, now, with_deadline};
use crate::provider::calls::poll;
use crate::provider::http::Http;
use crate::provider::registry::PROVIDERS;
use crate::room::webhook::{Handled, logged_with, note_logged};
use crate::store::{D1_DEADLINE, Store};
use crate::url::query;
use std::cell::RefCell;
use worker::{Env, Request, Response, Result};

/// One task's room, while it handles an event of the runtime.
pub struct TaskRoom<'a> {
    pub state: &'a Instance,
    pub env: &'a Env,
    pub shown: &'a RefCell<Shown>,
    /// The webhook that it handles.
    pub webhook: Handled,
}

impl Actor for TaskRoom<'_> {
    type State = RoomState;
    type Input = Input;
    type Work = Work;

    fn object(&self) -> &Instance {
        self.state
    }

    fn apply(&self, state: &RoomState, input: Input, now: Millis) -> Decision {
        let (event, how) = match &input {
            Input::GiveUp => (Some(What::GaveUp), How::Timeout),
            Input::Report { delivery: None, .. } => (Some(What::SettledByPolling), How::Polled),
            _ => (None, How::Webhook),
        };
        let has_failed = input == Input::FlushFailed;
        if input == Input::EventsDue {
            self.state.nudge();
        }
        if let Input::Report { report, .. } = &input
            && let Some(cost) = unreadable_cost(report.cost.as_deref())
        {
            log_cost(report, cost);
        }
        let decision = apply(state, input, now);
        let decision = with_events(state, decision, || roads(self.env), now);
        if let (true, Some(task)) = (has_failed && state.is_behind(now - DAY), &state.task) {
            log_behind(&task.provider, task.task_id.as_deref());
        }
        if let (Some(event), Verdict::Applied) = (event, decision.verdict) {
            log_end(event, &decision.state);
        }
        let heard_at = self.webhook.heard_at().unwrap_or(now);
        let ended = settled(state, &decision.state, how, heard_at, now);
        self.webhook.judge(decision.verdict, ended, now);
        decision
    }

    fn frame(&self, state: &RoomState) -> Option<String> {
        shown(state, task_frame)
    }

    fn guest_frame(&self, state: &RoomState) -> Option<String> {
        shown(state, guest_frame)
    }

    async fn work(&self, work: Work) -> Result<Option<Input>> {
        match work {
            Work::Adopt => self.adopt().await.map(Some),
            Work::Poll => self.poll().await,
            Work::Flush { note } => self.flush(note).await,
            Work::Delete => self.delete().await,
            Work::Send => send_all(self.state, self).await.map(|()| None),
            Work::Settle => self.settle().await,
        }
    }
}

impl TaskRoom<'_> {
    /// Answers a message of our Worker's.
    pub async fn answer(&self, text: &str) -> Result<String> {
        let answer = match serde_json::from_str(text)? {
            Ask::Attach { task } => {
                let verdict = self.handle(Input::Attach(known(task))).await?;
                let task = self.load()?.task.clone().map(Box::new);
                Answer::Done { verdict, task, is_logged: false }
            }
            Ask::Erase { rows } => {
                self.handle(Input::Erase(rows)).await?;
                let state = self.load()?;
                let is_gone = state.erased.as_ref().is_none_or(Erased::is_gone);
                Answer::Erased { is_gone }
            }
            Ask::Wake { task } => {
                let verdict = self.handle(Input::Wake(known(task))).await?;
                Answer::Done { verdict, task: None, is_logged: false }
            }
            Ask::Ingest { delivery, report, arrival } => {
                let is_to_log = arrival.is_some();
                self.webhook.hear(arrival.map(|arrival| *arrival));
                let input = Input::Report { delivery: Some(delivery), report };
                let verdict = self.handle(input).await?;
                let is_logged = is_to_log && !self.webhook.is_open();
                Answer::Done { verdict, task: None, is_logged }
            }
            Ask::Progress { key, progress } => {
                self.show_progress(&*self.load()?, Some(&key), &progress);
                Answer::Done { verdict: Verdict::Noted, task: None, is_logged: false }
            }
            Ask::Cancel { task_id, user_id } => self.cancel(&task_id, &user_id).await?,
            Ask::Look => Answer::Seen { seen: Box::new(self.load()?.seen()) },
            Ask::Reconcile { task } => self.reconcile(task).await?,
            Ask::Resend { task, event } => self.resend(task, *event).await?,
            Ask::Read { task_id, user_id } => match self.owned(&task_id, &user_id).await? {
                Some(task) => Answer::Task { task: Box::new(task) },
                None => Answer::NotFound,
            },
        };
        Ok(serde_json::to_string(&answer)?)
    }

    pub async fn alarm(&self) -> Result<()> {
        self.handle(Input::Alarm(Stage::Adopt)).await.map(drop)
    }

    pub async fn watch(&self, request: &Request) -> Result<Response> {
        let url = request.inner().url();
        let field = |name| query::value(&url, name).unwrap_or_default();
        let Some(task) = self.owned(&field("task"), &field("user")).await? else {
            return Ok(Response::empty()?.with_status(404));
        };
        let accepted = accept(self.state, request)?;
        let frame = first_frame(&task, field("version").parse().ok(), accepted.is_guest());
        accepted.socket.send_with_str(frame)?;
        if let (Status::Pending, Some(progress)) = (task.status, self.shown.borrow().last()) {
            accepted.socket.send_with_str(progress_frame(task.id(), progress))?;
        }
        admit(self.state, accepted, request).await
    }

    /// Brings D1 and then the feeds up to date. The alarm retries what fails or times out.
    async fn flush(&self, note: bool) -> Result<Option<Input>> {
        let Some(task) = &self.load()?.task else { return Ok(None) };
        let mirrored = with_deadline(D1_DEADLINE, self.mirror(task, note)).await;
        if let Ok(Some(version)) = mirrored {
            return Ok(Some(Input::LeftBehind(version)));
        }
        // After D1: a feed's new watcher reads D1, and then gets what is published.
        // The task may have changed meanwhile, and the feeds get the newest state. If it was erased,
        // they have been told that.
        let Some(newest) = &self.load()?.task else { return Ok(None) };
        let published = with_deadline(FEED_DEADLINE, publish(self.env, newest)).await;
        Ok(match mirrored.and(published) {
            Ok(()) => note.then_some(Input::Flushed(task.version)),
            Err(_) => Some(Input::FlushFailed),
        })
    }

    async fn delete(&self) -> Result<Option<Input>> {
        hang_up(self.state)?;
        let Some(erased) = self.load()?.erased.clone() else { return Ok(None) };
        if let Some((user_id, word)) = erased.notice() {
            let telling = tell(self.env, user_id, vec![word]);
            if with_deadline(FEED_DEADLINE, telling).await.is_err() {
                return Ok(Some(Input::DeleteFailed));
            }
        }
        let Some(left) = erased.left else { return Ok(None) };
        let deletion = async { Store::new(self.env)?.delete_task(&left.rows).await };
        let deleted = with_deadline(D1_DEADLINE, deletion).await;
        // After D1: a feed's new watcher reads D1.
        let told = with_deadline(FEED_DEADLINE, publish_erased(self.env, &left.rows)).await;
        Ok(Some(match deleted.and(told) {
            Ok(()) => Input::Deleted,
            Err(_) => Input::DeleteFailed,
        }))
    }

    /// Tells the owner's book how an erased task ended.
    async fn settle(&self) -> Result<Option<Input>> {
        let Some(owed) = self.load()?.erased.as_ref().and_then(|erased| erased.owed.clone()) else {
            return Ok(None);
        };
        let word = owed.last_word();
        let telling = tell(self.env, &owed.user_id, vec![word.clone()]);
        Ok(Some(match with_deadline(FEED_DEADLINE, telling).await {
            Ok(()) => Input::Settled(word),
            Err(_) => Input::SettleFailed,
        }))
    }

    async fn mirror(&self, task: &Task, note: bool) -> std::result::Result<Option<u64>, ApiError> {
        // The first alarm of a task under way repeats what its start has nearly always done.
        if note && task.version == 1 {
            return Store::new(self.env)?.attach_task(task).await;
        }
        let now = now();
        let logged = logged_with(self.env, &self.webhook, now);
        let store = Store::new(self.env)?;
        let is_written = store.mirror_task(task, &logged, now).await?;
        note_logged(self.env, &self.webhook);
        if is_written { Ok(None) } else { store.attach_task(task).await }
    }

    /// Polls the provider. If a webhook comes in meanwhile, its report stands.
    async fn poll(&self) -> Result<Option<Input>> {
        let Some(task) = &self.load()?.task else { return Ok(None) };
        Ok(Some(match self.ask_provider(task).await? {
            Ok(report) => Input::Report { delivery: None, report: Box::new(report) },
            Err(error) => {
                log("poll", error);
                Input::PollFailed
            }
        }))
    }

    /// What the provider says of the task.
    pub(super) async fn ask_provider(
        &self,
        task: &Task,
    ) -> Result<std::result::Result<Report, ApiError>> {
        let told = match PROVIDERS.of(task) {
            Ok(provider) => poll(&Http { env: self.env }, provider, &task.into()).await,
            Err(error) => Err(error),
        };
        if let Some(progress) = told.as_ref().ok().and_then(|report| report.progress.as_ref()) {
            self.show_progress(&*self.load()?, None, progress);
        }
        Ok(told)
    }
}

impl TaskRoom<'_> {
    /// Shows how far the task has come, if it is under way and this is news. Nothing is stored.
    fn show_progress(&self, state: &RoomState, key: Option<&TaskKey>, progress: &Progress) {
        let Some(task) = &state.task else { return };
        let is_its = task.status == Status::Pending && key.is_none_or(|key| *key == task.key);
        if is_its && self.shown.borrow_mut().admits(progress, now()) {
            let frame = progress_frame(task.id(), progress);
            broadcast(self.state, &frame, || Some(frame.clone()));
        }
    }
}

/// The frame of the task, or of its end. Without its rows, an erased task was shown to be so.
fn shown(state: &RoomState, frame: impl Fn(&Task) -> String) -> Option<String> {
    let left = state.erased.as_ref().and_then(|erased| erased.left.as_ref());
    let erased = left.map(|left| erased_frame(&left.rows.task_id));
    erased.or_else(|| state.task.as_ref().map(frame))
}

/// The task with the patience and the pace of its kind, which rows do not hold.
pub(super) fn known(task: impl Into<Box<Task>>) -> Box<Task> {
    let mut task = task.into();
    task.patience = PROVIDERS.patience(&task).or(task.patience);
    task.pace = PROVIDERS.pace(&task);
    task
}
