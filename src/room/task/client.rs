//! The Worker's client for a task's room.

use super::protocol::{Answer, Ask};
use crate::domain::delivery::arrival::Arrival;
use crate::domain::id::TaskKey;
use crate::domain::outbox::state::Event;
use crate::domain::task::Task;
use crate::domain::task::erase::Rows;
use crate::domain::task::progress::Progress;
use crate::domain::task::report::Report;
use crate::domain::task::seen::Seen;
use crate::domain::verdict::Verdict;
use crate::error::{ApiError, Code};
use crate::object::address::Address;
use crate::object::name::ObjectName;
use crate::object::watcher::Watcher;
use crate::platform::fault;
use worker::{Env, Response};

/// The room of one task. Only for a verified task id, since a message creates the object.
pub struct TaskClient {
    address: Address,
    task_id: String,
}

impl TaskClient {
    /// The room of this task.
    ///
    /// # Errors
    ///
    /// `not_configured` without the binding.
    pub fn of(env: &Env, task_id: &str) -> Result<Self, ApiError> {
        let address = Address::of(env, &ObjectName::Task(task_id.to_owned()))?;
        Ok(Self { address, task_id: task_id.to_owned() })
    }

    /// Attaches the task and returns its current state: an early webhook may have completed it.
    ///
    /// # Errors
    ///
    /// `unavailable` if the object cannot be reached, `internal_error` if its answer cannot be
    /// read. Also `internal_error` if another task has this id.
    pub async fn attach(&self, task: Task) -> Result<Task, ApiError> {
        let ask = Ask::Attach { task: Box::new(task) };
        match (self.ask(&ask).await?, ask) {
            (Answer::Done { task: Some(task), verdict, .. }, _) if verdict != Verdict::Conflict => {
                Ok(*task)
            }
            // Whoever started it gets it as it was.
            (Answer::Done { verdict: Verdict::Erased, .. }, Ask::Attach { task }) => Ok(*task),
            _ => Err(fault("attach", "another task has this id")),
        }
    }

    /// Sends a verified report, with what is to be logged of its webhook. An answer means that it is stored; its
    /// second part, that it is logged.
    ///
    /// # Errors
    ///
    /// `unavailable` if the object cannot be reached, `internal_error` if its answer cannot be
    /// read.
    pub async fn ingest(
        &self,
        delivery: String,
        report: Report,
        arrival: Option<Arrival>,
    ) -> Result<(Verdict, bool), ApiError> {
        let (report, arrival) = (Box::new(report), arrival.map(Box::new));
        match self.ask(&Ask::Ingest { delivery, report, arrival }).await? {
            Answer::Done { verdict, is_logged, .. } => Ok((verdict, is_logged)),
            _ => Err(fault("ingest", "an answer to another question")),
        }
    }

    /// Makes sure that a task under way has a room with an alarm.
    ///
    /// # Errors
    ///
    /// `unavailable` if the object cannot be reached, `internal_error` if its answer cannot be
    /// read.
    pub async fn wake(&self, task: &Task) -> Result<(), ApiError> {
        self.ask(&Ask::Wake { task: Box::new(task.clone()) }).await.map(drop)
    }

    /// The current task, if it is this user's.
    ///
    /// # Errors
    ///
    /// `unavailable` if the object cannot be reached, `internal_error` if its answer cannot be
    /// read.
    pub async fn read(&self, user_id: &str) -> Result<Option<Task>, ApiError> {
        let (task_id, user_id) = (self.task_id.clone(), user_id.to_owned());
        match self.ask(&Ask::Read { task_id, user_id }).await? {
            Answer::Task { task } => Ok(Some(*task)),
            Answer::NotFound => Ok(None),
            _ => Err(fault("read", "an answer to another question")),
        }
    }

    /// Tells the watchers how far the task of this key has come.
    ///
    /// # Errors
    ///
    /// `unavailable` if the object cannot be reached.
    pub async fn progress(&self, key: TaskKey, progress: Progress) -> Result<(), ApiError> {
        self.ask(&Ask::Progress { key, progress }).await.map(drop)
    }

    /// Tells the provider to cancel the task of this user, and returns it as it is then.
    ///
    /// # Errors
    ///
    /// `not_cancelable` if the provider does not, `not_found` if the task is not this user's; `unavailable` if
    /// the provider or the object cannot be reached.
    pub async fn cancel(&self, user_id: &str) -> Result<Task, ApiError> {
        let (task_id, user_id) = (self.task_id.clone(), user_id.to_owned());
        match self.ask(&Ask::Cancel { task_id, user_id }).await? {
            Answer::Task { task } => Ok(*task),
            Answer::NotFound => Err(ApiError::not_found()),
            Answer::NotCancelable => {
                let message = "The provider does not cancel this task, or not any more.";
                Err(ApiError::new(Code::NotCancelable, message))
            }
            _ => Err(ApiError::unavailable()),
        }
    }

    /// What the room knows of the task. It changes nothing.
    ///
    /// # Errors
    ///
    /// `unavailable` if the object cannot be reached, `internal_error` if its answer cannot be
    /// read.
    pub async fn look(&self) -> Result<Seen, ApiError> {
        match self.ask(&Ask::Look).await? {
            Answer::Seen { seen } => Ok(*seen),
            _ => Err(fault("look", "an answer to another question")),
        }
    }

    /// Asks the provider now what has become of the task, and returns it as it is then.
    ///
    /// # Errors
    ///
    /// `not_found` if it was erased; `provider_unavailable` if the provider does not say; `unavailable` if the
    /// object cannot be reached.
    pub async fn reconcile(&self, task: Task) -> Result<Task, ApiError> {
        match self.ask(&Ask::Reconcile { task: Box::new(task) }).await? {
            Answer::Task { task } => Ok(*task),
            Answer::NotFound => Err(ApiError::not_found()),
            _ => {
                let message = "The provider does not say what has become of this task.";
                Err(ApiError::new(Code::ProviderUnavailable, message))
            }
        }
    }

    /// Sends an event of the task again: how it stands then. `None`: the task was erased.
    ///
    /// # Errors
    ///
    /// `unavailable` if the object cannot be reached, `internal_error` if its answer cannot be
    /// read.
    pub async fn resend(&self, task: Task, event: Event) -> Result<Option<Event>, ApiError> {
        let (task, event) = (Box::new(task), Box::new(event));
        match self.ask(&Ask::Resend { task, event }).await? {
            Answer::Event { event } => Ok(Some(*event)),
            Answer::NotFound => Ok(None),
            _ => Err(fault("resend", "an answer to another question")),
        }
    }

    /// Erases the task. The caller has checked whose it is. `false`: its rows stay in D1 for a while.
    ///
    /// # Errors
    ///
    /// `unavailable` if the object cannot be reached, `internal_error` if its answer cannot be
    /// read.
    pub async fn erase(&self, rows: Rows) -> Result<bool, ApiError> {
        match self.ask(&Ask::Erase { rows: Box::new(rows) }).await? {
            Answer::Erased { is_gone } => Ok(is_gone),
            _ => Err(fault("erase", "an answer to another question")),
        }
    }

    /// Opens a socket on the task: a 101, or a 404 if it is not this user's.
    ///
    /// # Errors
    ///
    /// `unavailable` if the object cannot be reached.
    pub async fn watch(&self, watcher: &Watcher) -> Result<Response, ApiError> {
        self.address.upgrade(&watcher.path(&[("task", &self.task_id)]), watcher.offers).await
    }

    async fn ask(&self, ask: &Ask) -> Result<Answer, ApiError> {
        self.address.ask(ask).await
    }
}
