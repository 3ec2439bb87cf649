//! What a start reaches outside of itself.

use crate::domain::channel::state::Channel;
use crate::domain::claim::{Claim, Claimed};
use crate::domain::task::{Task, TaskError};
use crate::domain::time::Millis;
use crate::error::ApiError;
use crate::provider::calls::Calls;
use crate::provider::registry::Registry;
use std::time::Duration;

/// The rows in D1. Whatever fails may have been done all the same.
#[expect(async_fn_in_trait, reason = "a Worker has one thread: nothing needs these to be Send")]
pub trait Rows {
    /// What an idempotency key stands for.
    async fn claimed(&self, user: &str, key: &str) -> Result<Option<Claimed>, ApiError>;

    /// Makes the rows of tasks that are about to be started, all or none. A claim that is taken fails
    /// it.
    async fn insert(&self, tasks: &[&Task], claim: Option<&Claim>) -> Result<(), ApiError>;

    /// Takes back what an insert without an answer may have written: the rows fail, and the key is free
    /// again.
    async fn withdraw(
        &self,
        tasks: &[&Task],
        claim: Option<&Claim>,
        reason: &TaskError,
        now: Millis,
    ) -> Result<(), ApiError>;

    /// Says in the rows of a start that was refused why it was.
    async fn refuse(&self, task: &Task, reason: &TaskError, now: Millis) -> Result<(), ApiError>;

    /// Fails the rows of a start that the provider does not have.
    async fn give_up(&self, task: &Task, reason: &TaskError, now: Millis) -> Result<(), ApiError>;

    /// Brings the rows of a task up to its version. The version of rows that are ahead and nobody's.
    async fn mirror(&self, task: &Task) -> Result<Option<u64>, ApiError>;

    /// What was started under a claim, in the order it was asked for.
    async fn started_under(&self, user: &str, started: &str) -> Result<Vec<Task>, ApiError>;

    /// Claims an idempotency key, and nothing else. Fails where it is taken.
    async fn claim(&self, user: &str, claim: &Claim, at: Millis) -> Result<(), ApiError>;

    /// What a claimed key stands for from now on. `None`: nothing, it is free again.
    async fn resolve_claim(
        &self,
        user: &str,
        claim: &Claim,
        stands_for: Option<&str>,
    ) -> Result<(), ApiError>;

    /// Makes the row of a channel.
    async fn insert_channel(&self, channel: &Channel) -> Result<(), ApiError>;
}

/// The rooms of tasks and channels.
#[expect(async_fn_in_trait, reason = "a Worker has one thread: nothing needs these to be Send")]
pub trait Rooms {
    /// Hands a room its task. The task as it is then: an early webhook may have ended it.
    async fn attach(&self, task: Task) -> Result<Task, ApiError>;

    /// The task as its room has it, if it is this user's.
    async fn read(&self, task_id: &str, user: &str) -> Result<Option<Task>, ApiError>;

    /// Makes sure that a task which is under way is taken care of.
    async fn wake(&self, task: &Task) -> Result<(), ApiError>;

    /// Hands a room its channel.
    async fn attach_channel(&self, channel: Channel) -> Result<(), ApiError>;

    /// The channel as its room has it, if this user may see it.
    async fn read_channel(&self, channel_id: &str, user: &str)
    -> Result<Option<Channel>, ApiError>;
}

/// Time, and the log.
#[expect(async_fn_in_trait, reason = "a Worker has one thread: nothing needs these to be Send")]
pub trait Clock {
    fn now(&self) -> Millis;

    async fn pause(&self, pause: Duration);

    /// Runs `work` with a deadline. Fails with `unavailable` when that has passed.
    async fn with_deadline<T>(
        &self,
        deadline: Duration,
        work: impl Future<Output = Result<T, ApiError>>,
    ) -> Result<T, ApiError>;

    /// One line of the log: something that should not have happened.
    fn log_error(&self, what: &str, detail: &str);
}

/// All of it, and the providers that there are.
pub struct Ports<'a, R, C, O, T> {
    pub providers: Registry,
    pub rows: &'a R,
    pub calls: &'a C,
    pub rooms: &'a O,
    pub clock: &'a T,
}

impl<R: Rows, C: Calls, O: Rooms, T: Clock> Ports<'_, R, C, O, T> {
    pub(super) fn now(&self) -> Millis {
        self.clock.now()
    }
}
