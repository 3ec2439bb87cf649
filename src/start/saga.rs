//! Starting tasks: rows first, then the provider, then the rooms. After a failure between two steps,
//! the rows have the error, or a webhook or the sweep finds them.

use super::earlier::{Earlier, earlier, wait_for_first};
use super::lost::find_lost;
use super::money::{Entered, too_late};
use super::ports::{Clock, Ports, Rooms, Rows, SIDE_BY_SIDE};
use crate::domain::claim::{Claim, Claimed};
use crate::domain::task::start_request::StartRequest;
use crate::domain::task::{START_LOST, Task, TaskError};
use crate::domain::time::Millis;
use crate::error::{ApiError, Code};
use crate::provider::call::{Order, Started};
use crate::provider::calls::{self, Calls};
use futures_util::future::join_all;
use std::time::Duration;

/// Deadline for the search for a lost start while its caller waits. The sweep searches again.
const SEARCH_DEADLINE: Duration = Duration::from_secs(3);

/// One task to be started.
pub struct Job {
    /// The pending task, without a provider's id.
    pub task: Task,
    pub request: StartRequest,
    /// The webhook URL for this one task, without a registered webhook.
    pub webhook_url: Option<String>,
}

/// How the start of one task ended.
pub type StartOutcome = Result<Task, ApiError>;

/// How all starts ended. `earlier` is what the idempotency key already stood for.
#[derive(Debug)]
pub struct Done {
    pub outcomes: Vec<StartOutcome>,
    pub earlier: Option<String>,
}

impl<R: Rows, C: Calls, O: Rooms, T: Clock> Ports<'_, R, C, O, T> {
    /// Starts all tasks, or returns what the same idempotency key has started before.
    ///
    /// # Errors
    ///
    /// Nothing was started: the rows could not be inserted, or the key stands for another request.
    pub async fn start(&self, jobs: Vec<Job>, claim: Option<Claim>) -> Result<Done, ApiError> {
        let user = jobs.first().map(|job| job.task.user_id.clone()).unwrap_or_default();
        if let Some(done) = self.done_before(&user, claim.as_ref()).await? {
            return Ok(done);
        }
        let until = match self.entered(&user, &jobs, claim.as_ref()).await? {
            Ok(until) => until,
            Err(done) => return Ok(done),
        };
        let tasks: Vec<&Task> = jobs.iter().map(|job| &job.task).collect();
        let keys = || tasks.iter().map(|task| task.key.clone()).collect();
        let inserted = self.rows.insert(&tasks, claim.as_ref()).await;
        let inserted = inserted.and(if self.now() < until { Ok(()) } else { Err(too_late()) });
        if let Err(error) = inserted {
            let done = self.not_inserted(&user, &tasks, claim.as_ref(), error).await;
            self.take_back(&user, keys()).await;
            return done;
        }
        let mut outcomes = Vec::new();
        for some in jobs.chunks(SIDE_BY_SIDE) {
            outcomes.extend(join_all(some.iter().map(|job| self.begin(job))).await);
        }
        let refused = tasks
            .iter()
            .zip(&outcomes)
            .filter(|(_, outcome)| outcome.as_ref().is_err_and(is_refused));
        let refused = refused.map(|(task, _)| task.key.clone()).collect();
        self.settle_refusals(&tasks, &outcomes, claim.as_ref()).await;
        self.take_back(&user, refused).await;
        Ok(Done { outcomes, earlier: None })
    }

    /// Enters the starts in the user's book: until when they may be made. Or what the first request with
    /// the same idempotency key has started: it is waited for, and the repeat enters nothing.
    async fn entered(
        &self,
        user: &str,
        jobs: &[Job],
        claim: Option<&Claim>,
    ) -> Result<Result<Millis, Done>, ApiError> {
        let starts = self.priced(jobs.iter().map(|job| (&job.task.key, &job.request))).await?;
        let since = self.now();
        loop {
            let key = claim.map(|claim| claim.key.clone());
            let entered = self.enter(user, starts.clone(), key, false).await;
            if let Ok(Entered::Until(until)) = entered {
                return Ok(Ok(until));
            }
            // It may have been started meanwhile, by what has used up the limit.
            if let Some(done) = self.done_before(user, claim).await? {
                return Ok(Err(done));
            }
            entered?;
            wait_for_first(self, since).await?;
        }
    }

    async fn done_before(
        &self,
        user: &str,
        claim: Option<&Claim>,
    ) -> Result<Option<Done>, ApiError> {
        match claim {
            Some(claim) => self.started_before(user, claim).await,
            None => Ok(None),
        }
    }

    /// Handles a failed insert. If another request has claimed the key at the same time, that is the start.
    /// Otherwise D1's answer may be lost and the rows exist, so they are withdrawn: they must not stay
    /// pending.
    async fn not_inserted(
        &self,
        user: &str,
        tasks: &[&Task],
        claim: Option<&Claim>,
        error: ApiError,
    ) -> Result<Done, ApiError> {
        if let Some(claim) = claim {
            let claimed = self.rows.claimed(user, &claim.key).await?;
            if claimed.is_none_or(|claimed| claimed.stands_for != claim.stands_for)
                && let Some(done) = self.started_before(user, claim).await?
            {
                return Ok(done);
            }
        }
        let withdrawal = self.rows.undo(tasks, claim, None);
        let _ = self.clock.with_deadline(SEARCH_DEADLINE, withdrawal).await;
        Err(error)
    }

    async fn begin(&self, job: &Job) -> StartOutcome {
        match self.ask(job).await {
            Ok(Started { id, access, links, estimated_cost }) => {
                let estimate = self.estimate(&id, estimated_cost);
                self.attach(Task { access, links, estimate, ..job.task.clone().named(id) }).await
            }
            Err(error) => {
                // After a provisional error the provider may have the task anyway. It is searched for,
                // since a second call could be a second paid task.
                if reason(&error).is_provisional() {
                    let until = self.now() + SEARCH_DEADLINE.as_millis() as Millis;
                    let search = find_lost(self, &job.task, until);
                    let found = self.clock.with_deadline(SEARCH_DEADLINE, search).await;
                    if let Ok(Some(task)) = found {
                        return Ok(task);
                    }
                    self.fail(&job.task, &error).await;
                }
                Err(error)
            }
        }
    }

    async fn ask(&self, job: &Job) -> Result<Started, ApiError> {
        let provider = self.providers.of(&job.task)?;
        let order = Order {
            request: &job.request,
            user_id: &job.task.user_id,
            key: &job.task.key,
            webhook_url: job.webhook_url.as_deref(),
        };
        calls::start(self.calls, provider, &order).await
    }

    /// Attaches the task to its room. If the room cannot be reached, the row gets the provider's id: the
    /// next reader, the webhook or the sweep then wakes the room.
    pub(super) async fn attach(&self, task: Task) -> StartOutcome {
        match self.rooms.attach(task.clone()).await {
            Ok(task) => Ok(task),
            Err(_) => {
                let mut task = Task { version: 1, ..task };
                if let Some(version) = self.rows.mirror(&task).await? {
                    task.version = version + 1;
                    self.rows.mirror(&task).await?;
                }
                Ok(task)
            }
        }
    }

    /// Where everything was clearly refused, nothing was spent and no row stays: only the idempotency key
    /// remembers it. The rows of a batch of which some was started say why the rest was not.
    async fn settle_refusals(
        &self,
        tasks: &[&Task],
        outcomes: &[StartOutcome],
        claim: Option<&Claim>,
    ) {
        let errors: Vec<(&Task, &ApiError)> = tasks
            .iter()
            .zip(outcomes)
            .filter_map(|(task, outcome)| Some((*task, outcome.as_ref().err()?)))
            .filter(|(_, error)| is_refused(error))
            .collect();
        if errors.len() < tasks.len() {
            for (task, error) in errors {
                self.fail(task, error).await;
            }
            return;
        }
        let reasons: Vec<TaskError> = errors.iter().map(|(_, error)| reason(error)).collect();
        let stands_for = claim.map(|claim| claim.refused(&reasons));
        for _ in 0..2 {
            if self.rows.undo(tasks, claim, stands_for.as_deref()).await.is_ok() {
                return;
            }
        }
        self.clock.log_error("start", "the rows of a refused start stay until the sweep");
    }

    /// Fails the rows with the reason. They only stay pending if D1 is unavailable, until the sweep.
    async fn fail(&self, task: &Task, error: &ApiError) {
        let reason = reason(error);
        for _ in 0..2 {
            if self.rows.refuse(task, &reason, self.now()).await.is_ok() {
                return;
            }
        }
        self.clock.log_error("start", &format!("rows of {} stay pending", task.key));
    }

    async fn started_before(&self, user: &str, claim: &Claim) -> Result<Option<Done>, ApiError> {
        earlier(self, user, claim, async |claimed: &Claimed| {
            if let Some((id, errors)) = claimed.refusals() {
                let outcomes = errors.into_iter().map(|error| Err(again(&error))).collect();
                return Ok(Earlier::Ended(Done { outcomes, earlier: Some(id) }));
            }
            let tasks = self.rows.started_under(user, &claimed.stands_for).await?;
            if tasks.is_empty() {
                return Ok(Earlier::None);
            }
            if !tasks.iter().all(|task| task.task_id.is_some() || task.error.is_some()) {
                return Ok(Earlier::UnderWay);
            }
            let mut outcomes = Vec::new();
            for task in tasks {
                outcomes.push(self.current(task).await);
            }
            Ok(Earlier::Ended(Done { outcomes, earlier: Some(claimed.stands_for.clone()) }))
        })
        .await
    }

    /// The current state of a task that was started before, or the error of its start.
    async fn current(&self, task: Task) -> StartOutcome {
        match (&task.task_id, &task.error) {
            (None, Some(error)) => Err(again(error)),
            _ => {
                let seen = self.rooms.read(task.id(), &task.user_id).await?;
                Ok(seen.unwrap_or(task))
            }
        }
    }
}

/// The error of a start that failed before, as it is repeated.
fn again(error: &TaskError) -> ApiError {
    let code = match Code::from_word(&error.code) {
        Some(code) => code,
        // It is unknown whether the provider has the task: see `lost`.
        None if error.code == START_LOST => Code::ProviderTimeout,
        None => Code::ProviderRefused,
    };
    ApiError::new(code, error.message.clone())
}

/// Whether the provider has said no, and bills nothing. A task that it has started and that neither its
/// room nor D1 could be told of is not refused: the sweep finds it.
fn is_refused(error: &ApiError) -> bool {
    let is_ours = matches!(error.code, Code::Unavailable | Code::Internal);
    !is_ours && !reason(error).is_provisional()
}

fn reason(error: &ApiError) -> TaskError {
    TaskError::new(error.code.as_str(), &error.message)
}
